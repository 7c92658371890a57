public import LaminarColumns
public import LaminarState

/// The watermark of one source: the greatest candidate of the rows so far, the least over its partitions. It never goes
/// back.
public struct WatermarkTracker: Sendable, Equatable {
    @usableFromInline var value: Int64
    @usableFromInline var parts: [Partition] = []
    private var selected = 0
    private var limit = Int64.max
    /// What the source's alignment group allows.
    private var driftLimit = Int64.max
    private var dropsRowsAhead = false
    private var opensPartitions: Bool
    /// Watermarks from outside that would have gone back.
    public private(set) var refusedWatermarks: Int64 = 0
    /// Rows too far ahead of the clock to raise the watermark.
    public private(set) var futureRows: Int64 = 0
    /// Rows further ahead of the source's alignment group than is allowed.
    public private(set) var rowsAhead: Int64 = 0

    @usableFromInline struct Partition: Sendable, Equatable, BitwiseCopyable {
        @usableFromInline var watermark = noWatermark
        /// The processing time of its last rows; nil until the clock has been read.
        @usableFromInline var lastActive: Int64?
        @usableFromInline var isIdle = false
    }

    public init() {
        value = noWatermark
        opensPartitions = false
    }

    /// A source whose watermark has parts, or depends on the clock.
    public init(_ timing: SourceTiming) {
        value = noWatermark
        opensPartitions = timing.opensPartitions
        if !timing.isPlain { parts = Array(repeating: Partition(), count: timing.partitions) }
    }

    /// As one of a source with so many partitions wrote it; 0: of a plain one.
    init(partitions: Int) {
        value = noWatermark
        opensPartitions = true
        parts = Array(repeating: Partition(), count: partitions)
    }

    @inlinable public var watermark: Int64 { value }

    /// Whether every partition is idle, so that the source does not hold others back.
    public var isIdle: Bool { !parts.isEmpty && parts.allSatisfy(\.isIdle) }
    /// How many partitions are idle.
    public var idlePartitions: Int { parts.count(where: \.isIdle) }
    /// The watermark of each partition.
    public var partitions: [Int64] { parts.isEmpty ? [value] : parts.map(\.watermark) }
    /// Whether `admits` must be asked of each row.
    @inlinable public var isSelective: Bool { !parts.isEmpty && drops }
    @usableFromInline var drops: Bool { dropsRowsAhead && driftLimit != .max }
    /// Whether the source is further ahead of its alignment group than is allowed.
    var isAhead: Bool { value > driftLimit && value != endOfInput }

    /// Counts in a row's candidate (nil: NULL, which raises nothing); true if the watermark rose.
    ///
    /// A candidate of `endOfInput` (an infinite timestamp) is held one microsecond below it: rows do not end an input.
    @inlinable public mutating func observe(_ candidate: Int64?) -> Bool {
        guard let candidate else { return false }
        if _fastPath(parts.isEmpty) {
            let held = min(candidate, endOfInput &- 1)
            if held <= value { return false }
            value = held
            return true
        }
        return observe(inPartition: candidate)
    }

    @usableFromInline @inline(never) mutating func observe(inPartition candidate: Int64) -> Bool {
        if candidate > limit {
            futureRows &+= 1
            return false
        }
        if candidate > driftLimit { rowsAhead &+= 1 }
        parts[selected].watermark = max(parts[selected].watermark, min(candidate, endOfInput &- 1))
        return settle()
    }

    /// Whether a row with this candidate is processed; one that is not is counted.
    public mutating func admits(_ candidate: Int64?) -> Bool {
        guard dropsRowsAhead, let candidate, candidate > driftLimit else { return true }
        rowsAhead &+= 1
        return false
    }

    /// Raises it from outside, up to `endOfInput`; true if it rose. One that would go back is refused and counted.
    ///
    /// - Parameter seen: what rows have raised the watermark to, where operators keep account of that themselves.
    public mutating func advance(to watermark: Int64, seen: Int64 = noWatermark) -> Bool {
        if watermark < max(value, seen) {
            refusedWatermarks &+= 1
            return false
        }
        for part in parts.indices {
            parts[part].watermark = max(parts[part].watermark, watermark)
            if watermark == endOfInput { parts[part].isIdle = false }
        }
        return raise(to: watermark)
    }

    /// Raises the watermark of the selected partition from outside; true if that raises the source's.
    mutating func advanceSelected(to watermark: Int64) -> Bool {
        if parts.isEmpty { return advance(to: watermark) }
        if watermark < parts[selected].watermark {
            refusedWatermarks &+= 1
            return false
        }
        parts[selected].watermark = watermark
        if watermark == endOfInput { parts[selected].isIdle = false }
        return settle()
    }

    /// Makes it so many partitions at least; false if it has a fixed number of them.
    mutating func open(_ count: Int) -> Bool {
        guard opensPartitions else { return count == max(parts.count, 1) }
        while parts.count < count { parts.append(Partition()) }
        return true
    }

    /// Says how far its alignment group lets it go, in microseconds since the epoch.
    mutating func align(_ limit: Int64, drops: Bool) {
        driftLimit = limit
        dropsRowsAhead = drops
    }

    /// Raises it because nothing holds it back any more; true if it rose.
    mutating func raise(to watermark: Int64) -> Bool {
        if watermark <= value { return false }
        value = watermark
        return true
    }

    /// Says whose rows come next; false if there is no such partition.
    mutating func select(_ partition: Int) -> Bool {
        guard partition >= 0, partition < max(parts.count, 1) else { return false }
        selected = partition
        return true
    }

    /// Rows of the selected partition have come.
    mutating func arrive(at now: Int64, _ timing: SourceTiming) {
        guard !parts.isEmpty else { return }
        parts[selected].isIdle = false
        parts[selected].lastActive = now
        limit = timing.maxFuture.map { saturatingSubtract(saturatingAdd(now, $0), timing.delay) } ?? .max
    }

    /// Finds partitions that have been silent for too long; true if that raises the watermark.
    mutating func expire(at now: Int64, _ timeout: Int64) -> Bool {
        // An input that has ended is not idle.
        for part in parts.indices where !parts[part].isIdle && parts[part].watermark != endOfInput {
            guard let last = parts[part].lastActive else {
                parts[part].lastActive = now
                continue
            }
            if now >= saturatingAdd(last, timeout) { parts[part].isIdle = true }
        }
        return settle()
    }

    /// When the next partition becomes idle.
    func nextExpiry(_ timeout: Int64) -> Int64? {
        parts.filter { !$0.isIdle && $0.watermark != endOfInput }.compactMap(\.lastActive).min().map { saturatingAdd($0, timeout) }
    }

    /// Takes over what another tracker of the same source knows.
    mutating func adopt(_ other: WatermarkTracker) {
        let mine = self
        self = other
        opensPartitions = mine.opensPartitions
    }

    static let mostPartitions = 65_536

    private mutating func settle() -> Bool {
        guard let least = parts.lazy.filter({ !$0.isIdle }).map(\.watermark).min() else { return false }
        return raise(to: least)
    }

    public func encode(to writer: inout StateWriter) {
        writer.write(value)
        writer.write(refusedWatermarks)
        writer.write(futureRows)
        if parts.isEmpty { return }
        writer.write(rowsAhead)
        writer.write(Int64(parts.count))
        for part in parts {
            writer.write(part.watermark)
            writer.write(part.lastActive != nil)
            writer.write(part.lastActive ?? 0)
            writer.write(part.isIdle)
        }
    }

    /// Replaces the state of a tracker of the same source.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        value = try reader.readInteger(Int64.self)
        refusedWatermarks = try reader.readInteger(Int64.self)
        futureRows = try reader.readInteger(Int64.self)
        if parts.isEmpty { return }
        rowsAhead = try reader.readInteger(Int64.self)
        let count = try reader.readInteger(Int64.self)
        guard opensPartitions ? (1...Int64(Self.mostPartitions)).contains(count) : count == parts.count else {
            throw StateError.corrupt("a source has \(count) partitions")
        }
        parts = Array(repeating: Partition(), count: Int(count))
        for index in parts.indices {
            parts[index].watermark = try reader.readInteger(Int64.self)
            let isKnown = try reader.readBool()
            let time = try reader.readInteger(Int64.self)
            parts[index].lastActive = isKnown ? time : nil
            parts[index].isIdle = try reader.readBool()
        }
    }
}

/// The watermark behind several inputs: the least of theirs.
public struct UnionWatermark: Sendable, Equatable {
    public private(set) var inputs: [Int64]

    public init(inputs count: Int) { inputs = Array(repeating: noWatermark, count: count) }

    /// The least of the inputs' watermarks.
    public var watermark: Int64 { inputs.min() ?? endOfInput }

    /// Raises one input's watermark; true if the least of them rose.
    public mutating func advance(_ input: Int, to watermark: Int64) -> Bool {
        if watermark <= inputs[input] { return false }
        let before = self.watermark
        inputs[input] = watermark
        return self.watermark > before
    }
}

extension ColumnBatch {
    /// Records that `watermark` stands behind the rows that are in the batch now, unless an equal one does already.
    ///
    /// Steps behind the same row are one step. The caller sees to it that watermarks do not go back.
    public func appendStep(_ watermark: Int64) { appendStep(watermark, behind: rowCount) }

    /// The same behind the first `row` rows, which may be yet to come.
    func appendStep(_ watermark: Int64, behind row: Int) {
        if let last = steps.last {
            if watermark <= last.watermark { return }
            if last.row == row {
                steps[steps.count - 1].watermark = watermark
                return
            }
        }
        steps.append(WatermarkStep(row: row, watermark: watermark))
    }
}

/// Takes the watermark steps of a batch in turn while its rows are gone through.
struct StepCursor {
    private var next = 0

    /// The next step that stands before a row; nil if there is none left.
    mutating func step(of batch: BatchView, before row: Int) -> Int64? {
        guard next < batch.steps.count, batch.steps[next].row <= row else { return nil }
        defer { next += 1 }
        return batch.steps[next].watermark
    }

    /// The next step of all.
    mutating func step(of batch: BatchView) -> Int64? { step(of: batch, before: .max) }
}

/// The watermark of an operator that hands on what it is given, each once.
struct PassedWatermark {
    private(set) var value = noWatermark

    /// Hands a watermark on behind the first `row` rows of the output; one that is no higher than the last is not.
    mutating func pass(_ watermark: Int64, behind row: Int, _ output: ColumnBatch) {
        if watermark <= value { return }
        value = watermark
        output.appendStep(watermark, behind: row)
    }

    func encode(to writer: inout StateWriter) { writer.write(value) }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        value = try reader.readInteger(Int64.self)
    }
}
