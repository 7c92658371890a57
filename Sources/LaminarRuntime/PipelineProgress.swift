import LaminarColumns
public import LaminarState

/// Where a running pipeline stands apart from its operators: what every snapshot starts with.
public struct PipelineProgress: Sendable {
    /// Whether the rows that are there from the start have come out.
    public var hasBegun = false
    /// Whether all inputs have ended.
    public var hasFinished = false
    public var rowsIn: Int64 = 0
    public var rowsOut: Int64 = 0
    /// The latest time that the clock has shown; it does not go back, not over a restart either.
    public private(set) var now = Int64.min
    /// The watermark of each source, as far as it is driven from outside or travels with batches.
    public var watermarks: [WatermarkTracker]

    private let timing: [SourceTiming]

    public init(sources: Int) {
        watermarks = Array(repeating: WatermarkTracker(), count: sources)
        timing = []
    }

    /// Of sources whose watermarks have parts, or depend on the clock.
    public init(sources timing: [SourceTiming]) {
        watermarks = timing.map { WatermarkTracker($0) }
        self.timing = timing
    }

    /// Says which partition of a source the next rows come from; 0 unless it is said.
    public mutating func select(_ partition: Int, of source: Int) throws(PipelineError) {
        guard watermarks.indices.contains(source), watermarks[source].select(partition) else {
            throw PipelineError(
                sqlState: "22023", message: "source \(source) has no partition \(partition)")
        }
    }

    /// Rows of a source have come.
    public mutating func arrive(_ source: Int) {
        if timing.indices.contains(source) { watermarks[source].arrive(at: now, timing[source]) }
    }

    /// Finds partitions and sources that are idle, and what they no longer hold back: the watermarks that rise, by source.
    ///
    /// A source that is idle as a whole follows the least watermark of those that are not.
    public mutating func settle() -> [(source: Int, watermark: Int64)] {
        if timing.allSatisfy({ $0.idleTimeout == nil }) { return [] }
        var risen: [(source: Int, watermark: Int64)] = []
        for source in timing.indices {
            guard let timeout = timing[source].idleTimeout, watermarks[source].expire(at: now, timeout) else { continue }
            risen.append((source, watermarks[source].watermark))
        }
        let active = watermarks.filter { !$0.isIdle }.map(\.watermark)
        guard let least = active.min(), least != endOfInput else { return risen }
        for source in watermarks.indices where watermarks[source].isIdle && watermarks[source].raise(to: least) {
            risen.append((source, least))
        }
        return risen
    }

    /// When the next partition becomes idle, in microseconds since the epoch.
    public var nextExpiry: Int64? {
        timing.indices.compactMap { source in
            timing[source].idleTimeout.flatMap { watermarks[source].nextExpiry($0) }
        }.min()
    }

    /// What time it is, in microseconds since the epoch.
    public mutating func read(_ clock: ProcessingClock) -> Int64 {
        now = max(now, clock.now())
        return now
    }

    public func encode(to writer: inout StateWriter) {
        writer.write(hasBegun)
        writer.write(hasFinished)
        writer.write(rowsIn)
        writer.write(rowsOut)
        writer.write(now)
        for tracker in watermarks { tracker.encode(to: &writer) }
    }

    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        hasBegun = try reader.readBool()
        hasFinished = try reader.readBool()
        rowsIn = try reader.readInteger(Int64.self)
        rowsOut = try reader.readInteger(Int64.self)
        now = try reader.readInteger(Int64.self)
        guard let migration = reader.migration else {
            for index in watermarks.indices { try watermarks[index].restore(from: &reader) }
            return
        }
        var written = migration.oldPartitions.map { WatermarkTracker(partitions: $0) }
        for index in written.indices { try written[index].restore(from: &reader) }
        for (index, source) in migration.sources.enumerated() {
            if let source { watermarks[index] = written[source] }
        }
    }
}
