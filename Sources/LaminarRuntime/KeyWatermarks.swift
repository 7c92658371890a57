import LaminarColumns
import LaminarState
import LaminarTypes

/// Which rows have a watermark of their own, and what it is.
public struct WatermarkKey: Sendable, Equatable {
    /// The columns whose values have a watermark each.
    public var columns: [Int]
    /// How far behind the source's watermark that of a key is at most, in microseconds.
    public var idle: Int64
    /// What lies between a row's time and what it raises its key's watermark to, in microseconds.
    public var delay: Int64

    public init(columns: [Int], idle: Int64, delay: Int64) {
        self.columns = columns
        self.idle = idle
        self.delay = delay
    }
}

/// The watermarks of keys: the greatest candidate of a key's rows so far, and at least the source's watermark less the
/// time after which a key is idle.
///
/// A key has a number while it is remembered; one that is no further than what the source gives every key need not be.
final class KeyWatermarks {
    private let key: WatermarkKey
    private var table: PartitionTable
    /// By key: what its rows have raised its watermark to, and which of all raises that was.
    private var marks: [Int64] = []
    private var raisedAt: [Int64] = []
    private var raises: Int64 = 0
    private var countKept = 0
    /// What the source's watermark gives every key.
    private(set) var floor = noWatermark

    init(types: [PhysicalType], key: WatermarkKey) {
        self.key = key
        table = PartitionTable(types: types, columns: key.columns)
    }

    /// The number of a row's key.
    func number(of batch: BatchView, _ row: Int) -> Int {
        let number = table.index(of: batch, row)
        if number == marks.count {
            marks.append(noWatermark)
            raisedAt.append(0)
        }
        return number
    }

    func watermark(of number: Int) -> Int64 { max(marks[number], floor) }

    /// Raises a key's watermark by a row's time; true if it rose.
    func raise(_ number: Int, by time: Int64) -> Bool {
        // Rows do not end an input.
        let candidate = min(saturatingSubtract(time, key.delay), endOfInput &- 1)
        if candidate <= watermark(of: number) { return false }
        marks[number] = candidate
        raisedAt[number] = raises
        raises &+= 1
        return true
    }

    /// Raises every key's watermark by the source's.
    func raiseFloor(by watermark: Int64) {
        floor = max(floor, watermark == endOfInput ? endOfInput : saturatingSubtract(watermark, key.idle))
    }

    // MARK: Memory and state

    /// The keys that are ahead of what the source gives them, in the order in which they came to be.
    private var kept: [Int] {
        marks.indices.filter { marks[$0] > floor }.sorted { raisedAt[$0] < raisedAt[$1] }
    }

    /// Whether most keys may be forgotten.
    var shouldForget: Bool { marks.count > 256 && marks.count > 2 * countKept }

    /// Forgets what need not be remembered; keys get new numbers.
    func forget() {
        let kept = kept
        table.keep(kept)
        marks = kept.map { marks[$0] }
        raisedAt = kept.map { raisedAt[$0] }
        countKept = kept.count
    }

    func clear() {
        table.clear()
        marks = []
        raisedAt = []
        raises = 0
        countKept = 0
        floor = noWatermark
    }

    func encode(to writer: inout StateWriter) {
        let kept = kept
        writer.write(floor)
        table.encode(kept, to: &writer)
        for number in kept { writer.write(marks[number]) }
    }

    /// Replaces all watermarks by what `encode` wrote. After an error there are none.
    func restore(from reader: inout StateReader) throws(StateError) {
        clear()
        let floor = try reader.readInteger(Int64.self)
        try table.decode(from: &reader)
        var marks: [Int64] = []
        do throws(StateError) {
            for _ in 0..<table.count { marks.append(try reader.readInteger(Int64.self)) }
        } catch {
            clear()
            throw error
        }
        self.floor = floor
        self.marks = marks
        raisedAt = marks.indices.map { Int64($0) }
        raises = Int64(marks.count)
        countKept = marks.count
    }
}
