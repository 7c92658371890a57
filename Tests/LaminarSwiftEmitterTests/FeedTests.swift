import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

/// One pipeline over `feeds.sql` under a clock that the test sets, compiled or interpreted.
final class Feeds {
    enum Executor: CaseIterable { case compiled, interpreted }

    let executor: Executor
    let clock = SetClock()
    private(set) var pipeline: any RunnablePipeline
    private var rows: [String] = []

    init(_ executor: Executor) throws {
        self.executor = executor
        pipeline = try Self.make(executor)
        connect()
    }

    private static func make(_ executor: Executor) throws -> any RunnablePipeline {
        if executor == .compiled { return FeedsPipeline() }
        let golden = try #require(Golden.all.first { $0.name == "SQL/feeds.sql" })
        let compilation = try golden.compiled()
        return try InterpretedPipeline(try #require(compilation.plan), file: compilation.file)
    }

    private func connect() {
        pipeline.clock = clock.clock
        pipeline.onOutput = { [unowned self] sink, view in
            let sink = self.pipeline.interface.sinks[sink]
            for row in 0..<view.rowCount {
                let cells = sink.columns.indices.map { view.columns[$0].value(row, as: Int64.self) }
                let time = cells.count > 1 ? "\(cells[0] / second) " : ""
                self.rows.append("\(sink.name) \(time)\(cells[cells.count - 1])")
            }
        }
    }

    func source(_ name: String) throws -> Int {
        try #require(pipeline.interface.sources.firstIndex { $0.name == name })
    }

    /// Pushes rows of these times in seconds.
    func push(_ name: String, _ times: [Int64], partition: Int? = nil) throws {
        let source = try source(name)
        let columns = pipeline.interface.sources[source].columns
        let batch = ColumnBatch(types: columns.map(\.physicalType), capacity: 64)
        for time in times { batch.append(columns.map { $0.name == "at" ? .timestamp(time * second) : .integer(time) }) }
        try batch.withView {
            if let partition { return try pipeline.push(source: source, partition: partition, $0) }
            try pipeline.push(source: source, $0)
        }
    }

    func status(_ name: String) throws -> SourceStatus { pipeline.status.sources[try source(name)] }

    func restart() throws {
        let snapshot = pipeline.snapshot()
        pipeline = try Self.make(executor)
        connect()
        try pipeline.restore(snapshot)
    }

    /// What has come out since the last call.
    func taken() -> [String] {
        defer { rows = [] }
        return rows
    }
}

/// How sources make watermarks, in both executors.
@Suite struct FeedTests {
    @Test(arguments: Feeds.Executor.allCases, [1, 2, 5])
    func `rows too far ahead of the others of their group are dropped and counted`(
        executor: Feeds.Executor, batch: Int
    ) throws {
        let feeds = try Feeds(executor)
        // Nobody is behind before another source has begun.
        try feeds.push("fast", [5])
        try feeds.push("slow", [10])
        let times: [Int64] = [39, 41, 100, 40, 36]
        for start in stride(from: 0, to: times.count, by: batch) {
            try feeds.push("fast", Array(times[start..<min(start + batch, times.count)]))
        }
        #expect(try feeds.status("fast").rowsAhead == 2)
        #expect(try feeds.status("fast").watermark == 40 * second)
        #expect(feeds.taken() == ["fast_counts 0 1", "fast_counts 30 1"])
        #expect(feeds.pipeline.counters.lateRows == 1)
        try feeds.restart()
        #expect(try feeds.status("fast").rowsAhead == 2)
        // The end of the other source lets it go.
        try feeds.pipeline.advanceWatermark(source: try feeds.source("slow"), to: endOfInput)
        try feeds.push("fast", [200])
        #expect(try feeds.status("fast").rowsAhead == 2)
        try feeds.pipeline.finish()
        #expect(feeds.taken() == ["slow_counts 10 1", "fast_counts 40 1", "fast_counts 200 1"])
    }

    @Test(arguments: Feeds.Executor.allCases)
    func `a source too far ahead of its group is paused until the others come up`(executor: Feeds.Executor) throws {
        let feeds = try Feeds(executor)
        try feeds.push("steady", [0])
        try feeds.push("slow", [31])
        let slow = try feeds.source("slow")
        #expect(feeds.pipeline.isPaused(source: slow))
        #expect(try feeds.status("slow").isPaused)
        let error = #expect(throws: PipelineError.self) { try feeds.push("slow", [32]) }
        #expect(error?.sqlState == "55000")
        #expect(error?.message.contains("feeds") == true)
        // Nothing of the batch was taken.
        #expect(feeds.pipeline.counters.rowsIn == 2)
        try feeds.restart()
        #expect(feeds.pipeline.isPaused(source: slow))
        try feeds.push("steady", [1])
        #expect(!feeds.pipeline.isPaused(source: slow))
        try feeds.push("slow", [33])
        #expect(feeds.pipeline.isPaused(source: slow))
        try feeds.pipeline.advanceWatermark(source: try feeds.source("steady"), to: endOfInput)
        #expect(!feeds.pipeline.isPaused(source: slow))
        try feeds.push("slow", [500])
    }

    @Test(arguments: Feeds.Executor.allCases)
    func `a source too far ahead is only warned of where the policy says so`(executor: Feeds.Executor) throws {
        let feeds = try Feeds(executor)
        try feeds.push("slow", [0])
        try feeds.push("steady", [1, 30, 31, 32])
        #expect(try feeds.status("steady").rowsAhead == 2)
        #expect(try feeds.status("steady").isAhead)
        #expect(try !feeds.status("steady").isPaused)
        try feeds.push("steady", [33])
        #expect(feeds.taken() == ["steady_rows 1", "steady_rows 30", "steady_rows 31", "steady_rows 32", "steady_rows 33"])
        #expect(try feeds.status("steady").rowsAhead == 3)
    }

    @Test(arguments: Feeds.Executor.allCases, [false, true])
    func `each file is a partition, which holds the watermark back until it ends`(
        executor: Feeds.Executor, restarts: Bool
    ) throws {
        let feeds = try Feeds(executor)
        let logs = try feeds.source("logs")
        #expect(feeds.pipeline.interface.sources[logs].hasPartitionPerFile)
        try feeds.pipeline.open(partitions: 3, ofSource: logs)
        try feeds.push("logs", [5, 45], partition: 0)
        try feeds.push("logs", [3, 25], partition: 2)
        #expect(feeds.taken() == [])
        if restarts { try feeds.restart() }
        try feeds.push("logs", [12], partition: 1)
        #expect(feeds.taken() == ["log_counts 0 2"])
        try feeds.pipeline.advanceWatermark(source: logs, partition: 1, to: endOfInput)
        #expect(feeds.taken() == ["log_counts 10 1"])
        #expect(try feeds.status("logs").partitions == [45 * second, endOfInput, 25 * second])
        #expect(try feeds.status("logs").watermark == 25 * second)
        try feeds.pipeline.advanceWatermark(source: logs, partition: 2, to: 24 * second)
        #expect(try feeds.status("logs").refusedWatermarks == 1)
        for partition in [0, 2] {
            try feeds.pipeline.advanceWatermark(source: logs, partition: partition, to: endOfInput)
        }
        #expect(feeds.taken() == ["log_counts 20 1", "log_counts 40 1"])
        #expect(feeds.pipeline.counters.lateRows == 0)
    }

    @Test(arguments: Feeds.Executor.allCases)
    func `a partition that is not there is refused, and the next rows are partition 0's`(
        executor: Feeds.Executor
    ) throws {
        let feeds = try Feeds(executor)
        let plain = try feeds.source("plain")
        for refused: () throws -> Void in [
            { try feeds.push("logs", [1], partition: 1) }, { try feeds.push("plain", [1], partition: 1) },
            { try feeds.pipeline.open(partitions: 2, ofSource: plain) },
            { try feeds.pipeline.open(partitions: 0, ofSource: try feeds.source("logs")) },
            { try feeds.pipeline.advanceWatermark(source: plain, partition: 1, to: 0) },
        ] {
            let error = #expect(throws: PipelineError.self) { try refused() }
            #expect(error?.sqlState == "22023")
        }
        try feeds.pipeline.open(partitions: 1, ofSource: plain)
        try feeds.push("logs", [25])
        #expect(try feeds.status("logs").partitions == [25 * second])
    }

    @Test func `partitions are there in the typed interface`() throws {
        let pipeline = FeedsPipeline()
        var counts: [Int64] = []
        pipeline.onLogCounts = { counts.append($0.n) }
        try pipeline.open(partitions: 2, ofSource: 3)
        try pipeline.push([FeedsPipeline.Log(k: nil, at: 25 * second)], partition: 0)
        try pipeline.push([FeedsPipeline.Log(k: nil, at: 3 * second)], partition: 1)
        #expect(counts == [])
        try pipeline.advanceWatermark(logs: 10 * second, partition: 1)
        #expect(counts == [1])
    }

    @Test(arguments: Feeds.Executor.allCases)
    func `a watermark can be processing time`(executor: Feeds.Executor) throws {
        let feeds = try Feeds(executor)
        feeds.clock.now = 8 * second
        try feeds.push("ticks", [1, 9, 12])
        #expect(feeds.taken() == [])
        #expect(feeds.pipeline.nextTimer != nil)
        feeds.clock.now = 10 * second
        try feeds.restart()
        try feeds.pipeline.advanceClock()
        #expect(feeds.taken() == ["tick_counts 0 2"])
        try feeds.push("ticks", [9, 13])
        #expect(feeds.pipeline.counters.lateRows == 1)
        try feeds.pipeline.finish()
        #expect(feeds.taken() == ["tick_counts 10 2"])
        #expect(feeds.pipeline.nextTimer == nil)
    }

    @Test(arguments: Feeds.Executor.allCases)
    func `a watermark from outside that would go back is refused and counted`(executor: Feeds.Executor) throws {
        let feeds = try Feeds(executor)
        let manual = try feeds.source("manual")
        try feeds.push("manual", [5, 99, 6])
        #expect(feeds.taken() == [])
        try feeds.pipeline.advanceWatermark(source: manual, to: 10 * second)
        #expect(feeds.taken() == ["manual_counts 0 2"])
        try feeds.pipeline.advanceWatermark(source: manual, to: 10 * second)
        #expect(try feeds.status("manual").refusedWatermarks == 0)
        try feeds.pipeline.advanceWatermark(source: manual, to: 9 * second)
        #expect(try feeds.status("manual").refusedWatermarks == 1)
        try feeds.push("manual", [8])
        #expect(feeds.pipeline.counters.lateRows == 1)
        // The rows have raised this one.
        try feeds.push("plain", [3, 25])
        #expect(feeds.taken() == ["plain_counts 0 1"])
        let plain = try feeds.source("plain")
        try feeds.pipeline.advanceWatermark(source: plain, to: 5 * second)
        #expect(try feeds.status("plain").refusedWatermarks == 1)
        try feeds.pipeline.advanceWatermark(source: plain, to: 30 * second)
        #expect(feeds.taken() == ["plain_counts 20 1"])
        try feeds.restart()
        #expect(try feeds.status("plain").refusedWatermarks == 1)
    }

    @Test(arguments: Feeds.Executor.allCases)
    func `nothing can be pushed after the end of the input`(executor: Feeds.Executor) throws {
        let feeds = try Feeds(executor)
        try feeds.push("plain", [3])
        let snapshot = feeds.pipeline.snapshot()
        try feeds.pipeline.finish()
        #expect(feeds.taken() == ["plain_counts 0 1"])
        for refused: () throws -> Void in [
            { try feeds.push("plain", [4]) }, { try feeds.push("logs", [4], partition: 0) },
            { try feeds.pipeline.advanceWatermark(source: 0, to: 9) },
        ] {
            let error = #expect(throws: PipelineError.self) { try refused() }
            #expect(error?.sqlState == "55000")
            #expect(error?.message.contains("finished") == true)
        }
        try feeds.pipeline.finish()
        try feeds.pipeline.advanceClock()
        #expect(feeds.taken() == [])
        try feeds.restart()
        #expect(throws: PipelineError.self) { try feeds.push("plain", [4]) }
        // Restored to a time before, it goes on.
        try feeds.pipeline.restore(snapshot)
        try feeds.push("plain", [4])
        try feeds.pipeline.finish()
        #expect(feeds.taken() == ["plain_counts 0 2"])
    }

    @Test func `rows of the typed interface are refused after the end too`() throws {
        let pipeline = FeedsPipeline()
        try pipeline.push(FeedsPipeline.Plain(k: nil, at: 1))
        try pipeline.finish()
        #expect(throws: PipelineError.self) { try pipeline.push(FeedsPipeline.Plain(k: nil, at: 1)) }
        #expect(throws: PipelineError.self) { try pipeline.push([FeedsPipeline.Plain(k: nil, at: 1)]) }
    }

    @Test func `both executors say the same of their sources and stages`() throws {
        var statuses: [PipelineStatus] = []
        for executor in Feeds.Executor.allCases {
            let feeds = try Feeds(executor)
            try feeds.push("slow", [0, 21, 3])
            try feeds.push("fast", [1, 90])
            try feeds.push("manual", [4])
            try feeds.pipeline.advanceWatermark(source: try feeds.source("manual"), to: 20 * second)
            try feeds.push("manual", [5, 6])
            statuses.append(feeds.pipeline.status)
        }
        #expect(statuses[0] == statuses[1])
        let late = statuses[0].stages.filter { $0.counters.lateRows > 0 }
        #expect(late.map { "\($0.name) \($0.counters.lateRows)" }.sorted() == ["manual_counts 2", "slow_counts 1"])
    }
}
