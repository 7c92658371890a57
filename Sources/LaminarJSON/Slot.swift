import LaminarFormats
import LaminarKernels
import LaminarTypes

/// A key of the records: what to do with its value, and what is expected behind it.
struct Slot: BitwiseCopyable {
    enum Action: UInt8, BitwiseCopyable {
        case end, skip, int64, int32, text, double, timestamp
        /// Whatever is read out of line.
        case other

        init(_ kind: ScalarKind) {
            switch kind {
            case .int64: self = .int64
            case .int32: self = .int32
            case .text: self = .text
            case .double: self = .double
            case .timestamp, .timestamptz: self = .timestamp
            default: self = .other
            }
        }
    }

    var edge = Edge()
    /// Where the values of the column lie; unused without a column.
    var values: UnsafeMutableRawPointer = UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
    /// The column's bitmap once it has one.
    var validity: UnsafeMutablePointer<UInt64>?
    /// The digits that the last integer here had.
    var predictedDigits = 4
    /// The date that the last timestamp here had.
    var predictedDate = DatePrediction()
    /// The column of the batch, or -1.
    var column = -1
    var target = ScalarTarget(.bigint).unsafelyUnwrapped
    var stamp: UInt32 = 0
    var action = Action.skip
    var isNullable = true
    /// The first byte that the value had when an edge to it was learned.
    var firstByte: UInt8 = 0

    static func stride(of kind: ScalarKind) -> Int {
        switch kind {
        case .boolean: 1
        case .int16: 2
        case .int32, .float, .date: 4
        case .int64, .uint64, .double, .time, .timestamp, .timestamptz, .operation: 8
        case .text, .varchar, .char, .bytea, .json, .nested, .interval, .uuid: 16
        case .numeric, .decimal: 32
        }
    }
}

/// The bytes that are expected behind a value, up to the next one.
struct Edge: BitwiseCopyable {
    /// The first and last eight bytes (or the same fewer ones twice), and what lies between in longer ones.
    private var first: UInt64 = 0
    private var last: UInt64 = ~0
    private var mask: UInt64 = ~0
    private var second: UInt64 = 0
    private var secondLast: UInt64 = 0
    private var lastOffset = 0
    var length = 0
    /// The slot that the bytes lead to; not meant before `learn`.
    var next: UnsafeMutablePointer<Slot> = UnsafeMutablePointer(bitPattern: 16).unsafelyUnwrapped

    /// Longer ones are looked up each time.
    static let maximumLength = 32

    init() {}

    /// True if the bytes at `p` are the expected ones; never before `learn`, since no word equals both 0 and ~0.
    @inline(__always) func matches(_ p: UnsafeRawPointer) -> Bool {
        let difference = ((loadWord(p) ^ first) & mask) | ((loadWord(p, lastOffset) ^ last) & mask)
        if difference != 0 { return false }
        if _fastPath(length <= 16) { return true }
        return (loadWord(p, 8) ^ second) | (loadWord(p, length &- 16) ^ secondLast) == 0
    }

    /// Writes the expected bytes, of which there are `length`.
    func copyBytes(to memory: UnsafeMutableRawPointer) {
        if length < 8 {
            for i in 0..<length {
                memory.storeBytes(of: UInt8(truncatingIfNeeded: first >> UInt64(i * 8)), toByteOffset: i, as: UInt8.self)
            }
            return
        }
        func store(_ word: UInt64, at offset: Int) {
            memory.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
        }
        store(first, at: 0)
        if length > 16 {
            store(second, at: 8)
            store(secondLast, at: length - 16)
        }
        store(last, at: lastOffset)
    }

    mutating func learn(_ p: UnsafeRawPointer, count: Int, next: UnsafeMutablePointer<Slot>) {
        self.next = next
        length = count
        guard count > 0, count <= Self.maximumLength else {
            first = 0
            last = ~0
            mask = ~0
            lastOffset = 0
            length = 0
            return
        }
        mask = count >= 8 ? ~0 : (1 << UInt64(count * 8)) - 1
        lastOffset = max(count - 8, 0)
        first = loadWord(p)
        last = loadWord(p, lastOffset)
        if count > 16 {
            second = loadWord(p, 8)
            secondLast = loadWord(p, count - 16)
        }
    }
}

/// From the raw bytes of a key to its slot: open addressing over copies of the keys.
struct KeyTable: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var bytes: UnsafePointer<UInt8>
        var count: Int
        var slot: Int
        var ends: Ends
    }

    /// The first and the last eight bytes of a key, zeroes behind a shorter one.
    private struct Ends: BitwiseCopyable {
        var first: UInt64
        var last: UInt64

        /// Seven bytes behind the key must be readable.
        @inline(__always) init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
            let raw = UnsafeRawPointer(bytes)
            first = loadWord(raw)
            last = 0
            if count < 8 {
                first &= (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1
            } else {
                last = loadWord(raw, count &- 8)
            }
        }

        @inline(__always) func hash(_ count: Int) -> Int {
            let mixed = (first ^ (last &* 0x9e37_79b9_7f4a_7c15) ^ UInt64(truncatingIfNeeded: count))
                &* 0xd6e8_feb8_6659_fd93
            return Int(truncatingIfNeeded: mixed &>> 40)
        }
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let mask: Int
    private var arena = Arena()

    /// - Parameter capacity: keys that will be inserted at most.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 4 { size *= 2 }
        mask = size - 1
        entries = .allocate(capacity: size)
        let nothing = arena.allocate(8)
        nothing.initialize(repeating: 0, count: 8)
        entries.initialize(repeating: Entry(bytes: nothing, count: 0, slot: -1, ends: Ends(nothing, 0)), count: size)
    }

    deinit { entries.deallocate() }

    mutating func insert(_ bytes: UnsafePointer<UInt8>?, count: Int, slot: Int) {
        // Eight more bytes, since whole words are read.
        let copy = arena.allocate(count + 8)
        copy.initialize(repeating: 0, count: count + 8)
        if let bytes { copy.update(from: bytes, count: count) }
        let ends = Ends(copy, count)
        var place = ends.hash(count) & mask
        while entries[place].slot >= 0 { place = (place + 1) & mask }
        entries[place] = Entry(bytes: copy, count: count, slot: slot, ends: ends)
    }

    /// The slot of a key, or -1; seven bytes behind the key must be readable.
    func slot(of bytes: UnsafePointer<UInt8>, count: Int) -> Int {
        let ends = Ends(bytes, count)
        var place = ends.hash(count) & mask
        while entries[place].slot >= 0 {
            let entry = entries + place
            if entry.pointee.count == count, entry.pointee.ends.first == ends.first,
                entry.pointee.ends.last == ends.last
            {
                var i = 8
                while i < count &- 8 && entry.pointee.bytes[i] == bytes[i] { i &+= 1 }
                if i >= count &- 8 { return entry.pointee.slot }
            }
            place = (place + 1) & mask
        }
        return -1
    }
}
