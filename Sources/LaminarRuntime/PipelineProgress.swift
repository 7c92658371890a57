import LaminarColumns
public import LaminarState

/// Where a running pipeline stands apart from its operators: what every snapshot starts with.
public struct PipelineProgress: Sendable {
    /// Whether rows may come: the pipeline has begun and not finished.
    @usableFromInline var isOpen = false
    /// Whether the rows that are there from the start have come out.
    private var hasBegun = false
    /// Whether all inputs have ended.
    public private(set) var hasFinished = false
    public var rowsIn: Int64 = 0
    public var rowsOut: Int64 = 0
    /// The latest time that the clock has shown; it does not go back, not over a restart either.
    public private(set) var now = Int64.min
    /// The watermark of each source, as far as it is driven from outside or travels with batches.
    public var watermarks: [WatermarkTracker]

    private let timing: [SourceTiming]
    /// Sources of which nothing comes any more, though they have not ended.
    private var stopped: Set<Int> = []

    public init(sources: Int) {
        watermarks = Array(repeating: WatermarkTracker(), count: sources)
        timing = []
    }

    /// Of sources whose watermarks have parts, or depend on the clock or on one another.
    public init(sources timing: [SourceTiming]) {
        watermarks = timing.map { WatermarkTracker($0) }
        self.timing = timing
    }

    // MARK: Beginning and end

    /// Begins whatever a host does; true if it is the first time.
    ///
    /// - Throws: 55000 behind the end of all inputs.
    @inlinable public mutating func begin() throws(PipelineError) -> Bool {
        if _fastPath(isOpen) { return false }
        return try open()
    }

    @usableFromInline mutating func open() throws(PipelineError) -> Bool {
        if hasFinished {
            throw PipelineError(
                sqlState: "55000", message: "the pipeline has finished: after the end of its input nothing can be pushed")
        }
        isOpen = true
        defer { hasBegun = true }
        return !hasBegun
    }

    /// Ends all inputs.
    public mutating func finish() {
        hasFinished = true
        isOpen = false
    }

    // MARK: Sources

    /// Says which partition of a source the next rows or the next watermark come from.
    public mutating func select(_ partition: Int, of source: Int) throws(PipelineError) {
        guard watermarks.indices.contains(source), watermarks[source].select(partition) else {
            throw PipelineError(
                sqlState: "22023", message: "source \(source) has no partition \(partition)")
        }
    }

    /// What comes next is of partition 0 again.
    public mutating func deselect(_ source: Int) { _ = watermarks[source].select(0) }

    /// Raises the watermark of the selected partition; true if that raises the source's.
    public mutating func advanceSelected(_ source: Int, to watermark: Int64) -> Bool {
        watermarks[source].advanceSelected(to: watermark)
    }

    /// Makes it so many partitions of a source at least, for sources whose host says how many there are.
    public mutating func open(partitions: Int, ofSource source: Int) throws(PipelineError) {
        guard watermarks.indices.contains(source), (1...WatermarkTracker.mostPartitions).contains(partitions),
            watermarks[source].open(partitions)
        else {
            throw PipelineError(sqlState: "22023", message: "source \(source) cannot have \(partitions) partitions")
        }
    }

    /// Rows of a source have come.
    ///
    /// - Throws: 55000 for a source that its alignment group has paused.
    public mutating func arrive(_ source: Int) throws(PipelineError) {
        guard timing.indices.contains(source) else { return }
        if let alignment = timing[source].alignment {
            watermarks[source].align(driftLimit(of: source, alignment), drops: alignment.policy == .drop)
            if alignment.policy == .pause, watermarks[source].isAhead {
                throw PipelineError(
                    sqlState: "55000",
                    message: "the source is paused: it is further ahead of alignment group "
                        + "\"\(alignment.group)\" than max_drift allows", source: source)
            }
        }
        watermarks[source].arrive(at: now, timing[source])
    }

    /// The latest watermark that a source may have beside the others of its group.
    ///
    /// The others are those that have begun, have not ended and are not idle; without them there is no limit.
    private func driftLimit(of source: Int, _ alignment: SourceAlignment) -> Int64 {
        var least = Int64.max
        for other in timing.indices where other != source && timing[other].alignment?.group == alignment.group {
            let tracker = watermarks[other]
            if tracker.watermark == noWatermark || tracker.watermark == endOfInput || tracker.isIdle { continue }
            if !stopped.contains(other) { least = min(least, tracker.watermark) }
        }
        return least == .max ? .max : saturatingAdd(least, alignment.maxDrift)
    }

    /// Nothing more comes of a source whose query has failed, so nobody waits for it.
    public mutating func stop(_ source: Int) { stopped.insert(source) }

    /// Whether rows of the source are refused until the others of its alignment group have come up.
    public func isPaused(_ source: Int) -> Bool { isAhead(source) && timing[source].alignment?.policy == .pause }

    private func isAhead(_ source: Int) -> Bool {
        guard timing.indices.contains(source), let alignment = timing[source].alignment else { return false }
        let watermark = watermarks[source].watermark
        return watermark != endOfInput && watermark > driftLimit(of: source, alignment)
    }

    // MARK: Processing time

    /// Finds partitions and sources that are idle, and what they no longer hold back, and sources that follow the clock:
    /// the watermarks that rise, by source.
    ///
    /// A source that is idle as a whole follows the least watermark of those that are not.
    public mutating func settle() -> [(source: Int, watermark: Int64)] {
        var risen: [(source: Int, watermark: Int64)] = []
        for source in timing.indices where timing[source].followsClock && watermarks[source].raise(to: now) {
            risen.append((source, now))
        }
        if timing.allSatisfy({ $0.idleTimeout == nil }) { return risen }
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

    /// When the next partition becomes idle, or a watermark is to follow the clock, in microseconds since the epoch.
    public var nextExpiry: Int64? {
        timing.indices.compactMap { source in
            if timing[source].followsClock, now != .min, watermarks[source].watermark != endOfInput {
                return saturatingAdd(now, Self.clockStep)
            }
            return timing[source].idleTimeout.flatMap { watermarks[source].nextExpiry($0) }
        }.min()
    }

    /// How often a watermark follows the clock while nothing comes in, in microseconds.
    private static let clockStep: Int64 = 100_000

    /// What time it is, in microseconds since the epoch.
    public mutating func read(_ clock: ProcessingClock) -> Int64 {
        now = max(now, clock.now())
        return now
    }

    // MARK: Status

    /// How the sources stand.
    ///
    /// - Parameter seen: what rows have raised each source's watermark to, where operators keep account of that themselves.
    public func status(of interface: PipelineInterface, seen: [Int64]) -> [SourceStatus] {
        watermarks.indices.map { source in
            let tracker = watermarks[source]
            let watermark = max(tracker.watermark, seen[source])
            return SourceStatus(
                name: interface.sources[source].name, watermark: watermark,
                partitions: tracker.partitions.count == 1 ? [watermark] : tracker.partitions,
                idlePartitions: tracker.idlePartitions, futureRows: tracker.futureRows,
                refusedWatermarks: tracker.refusedWatermarks, rowsAhead: tracker.rowsAhead, isAhead: isAhead(source),
                isPaused: isPaused(source))
        }
    }

    /// Which of several sources holds the others back: the one with the least watermark, where they differ.
    public func waited(among sources: [Int]) -> Int? {
        let waiting = sources.filter { !watermarks[$0].isIdle }
        guard let least = waiting.min(by: { watermarks[$0].watermark < watermarks[$1].watermark }),
            waiting.contains(where: { watermarks[$0].watermark > watermarks[least].watermark })
        else { return nil }
        return least
    }

    // MARK: State

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
        isOpen = hasBegun && !hasFinished
        stopped = []
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
            if let source { watermarks[index].adopt(written[source]) }
        }
    }
}
