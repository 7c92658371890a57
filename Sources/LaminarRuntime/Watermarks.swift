public import LaminarColumns
public import LaminarState

/// How a source's watermark is made, beyond what each row raises it to.
public struct SourceTiming: Sendable, Equatable {
    /// Parts of the input with a watermark each; the source's is the least of theirs.
    public var partitions: Int
    /// Microseconds of processing time without rows after which a partition no longer holds the watermark back.
    public var idleTimeout: Int64?
    /// A row further than so many microseconds ahead of the clock does not raise the watermark.
    public var maxFuture: Int64?
    /// What lies between a row's time and what it raises the watermark to, in microseconds.
    public var delay: Int64

    public init(partitions: Int = 1, idleTimeout: Int64? = nil, maxFuture: Int64? = nil, delay: Int64 = 0) {
        self.partitions = partitions
        self.idleTimeout = idleTimeout
        self.maxFuture = maxFuture
        self.delay = delay
    }

    var isPlain: Bool { partitions == 1 && idleTimeout == nil && maxFuture == nil }
}

/// The watermark of one source: the greatest candidate of the rows so far, the least over its partitions. It never goes
/// back.
public struct WatermarkTracker: Sendable, Equatable {
    @usableFromInline var value: Int64
    @usableFromInline var parts: [Partition] = []
    private var selected = 0
    private var limit = Int64.max
    /// Watermarks from outside that would have gone back.
    public private(set) var refusedWatermarks: Int64 = 0
    /// Rows too far ahead of the clock to raise the watermark.
    public private(set) var futureRows: Int64 = 0

    @usableFromInline struct Partition: Sendable, Equatable, BitwiseCopyable {
        @usableFromInline var watermark = noWatermark
        /// The processing time of its last rows; nil until the clock has been read.
        @usableFromInline var lastActive: Int64?
        @usableFromInline var isIdle = false
    }

    public init() { value = noWatermark }

    /// A source whose watermark has parts, or depends on the clock.
    public init(_ timing: SourceTiming) {
        value = noWatermark
        if !timing.isPlain { parts = Array(repeating: Partition(), count: timing.partitions) }
    }

    /// As one of a source with so many partitions wrote it; 0: of a plain one.
    init(partitions: Int) {
        value = noWatermark
        parts = Array(repeating: Partition(), count: partitions)
    }

    @inlinable public var watermark: Int64 { value }

    /// Whether every partition is idle, so that the source does not hold others back.
    public var isIdle: Bool { !parts.isEmpty && parts.allSatisfy(\.isIdle) }
    /// How many partitions are idle.
    public var idlePartitions: Int { parts.count(where: \.isIdle) }

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
        parts[selected].watermark = max(parts[selected].watermark, min(candidate, endOfInput &- 1))
        return settle()
    }

    /// Raises it from outside, up to `endOfInput`; true if it rose. One that would go back is refused and counted.
    public mutating func advance(to watermark: Int64) -> Bool {
        if watermark < value { refusedWatermarks &+= 1 }
        for part in parts.indices {
            parts[part].watermark = max(parts[part].watermark, watermark)
            if watermark == endOfInput { parts[part].isIdle = false }
        }
        return raise(to: watermark)
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

    private mutating func settle() -> Bool {
        guard let least = parts.lazy.filter({ !$0.isIdle }).map(\.watermark).min() else { return false }
        return raise(to: least)
    }

    public func encode(to writer: inout StateWriter) {
        writer.write(value)
        writer.write(refusedWatermarks)
        writer.write(futureRows)
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
    public func appendStep(_ watermark: Int64) {
        if let last = steps.last {
            if watermark <= last.watermark { return }
            if last.row == rowCount {
                steps[steps.count - 1].watermark = watermark
                return
            }
        }
        steps.append(WatermarkStep(row: rowCount, watermark: watermark))
    }
}
