import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

/// What other stream processors got wrong about time, each as a rule of ours, in both executors and for both types.
@Suite struct KnownFailureTests {
    /// An executor and a type of event time.
    struct Setting: CustomTestStringConvertible {
        var executor: Feeds.Executor
        /// `stamp` or `milli`.
        var type: String

        static let all = Feeds.Executor.allCases.flatMap { executor in
            ["stamp", "milli"].map { Setting(executor: executor, type: $0) }
        }

        var testDescription: String { "\(executor), \(type)" }

        func make(_ policies: RowPolicies = RowPolicies()) throws -> any RunnablePipeline {
            if executor == .compiled { return FailuresPipeline(policies: policies) }
            let golden = try #require(Golden.all.first { $0.name == "SQL/failures.sql" })
            let compilation = try golden.compiled()
            return try InterpretedPipeline(
                try #require(compilation.plan), file: compilation.file, policies: [policies, policies])
        }
    }

    private struct Outcome: Equatable {
        /// Each sink's rows, by the name behind the type's, times in seconds.
        var rows: [String: [String]] = [:]
        var counters = OperatorCounters()
        var error: PipelineError?
    }

    private static func outcome(
        _ setting: Setting, _ times: [Int64?], batch size: Int, restartAt: Int? = nil, policies: RowPolicies = RowPolicies()
    ) throws -> Outcome {
        var outcome = Outcome()
        var pipeline = try setting.make(policies)
        func connect() {
            pipeline.onOutput = { [unowned pipeline] sink, view in
                let sink = pipeline.interface.sinks[sink]
                let name = String(sink.name.split(separator: "_").last ?? "")
                for row in 0..<view.rowCount {
                    let cells = sink.columns.indices.map { column -> String in
                        let value = view.columns[column].optional(row, as: Int64.self)
                        let isTime = ["starts", "ts"].contains(sink.columns[column].name)
                        return value.map { "\(isTime ? $0 / (setting.type == "stamp" ? second : 1000) : $0)" } ?? "NULL"
                    }
                    outcome.rows[name, default: []].append(cells.joined(separator: " "))
                }
            }
        }
        connect()
        let source = try #require(pipeline.interface.sources.firstIndex { $0.name == setting.type + "s" })
        let columns = pipeline.interface.sources[source].columns
        do {
            for start in stride(from: 0, to: times.count, by: size) {
                if let restartAt, (start..<start + size).contains(restartAt) {
                    let snapshot = pipeline.snapshot()
                    pipeline = try setting.make(policies)
                    connect()
                    try pipeline.restore(snapshot)
                }
                let batch = ColumnBatch(types: columns.map(\.physicalType), capacity: 64)
                for (index, time) in zip(start..., times[start..<min(start + size, times.count)]) {
                    let value = time.map { setting.type == "stamp" ? Value.timestamp($0 * second) : .integer($0 * 1000) }
                    batch.append(columns.map { $0.name == "k" ? .integer(time == nil ? Int64(index) : 1) : value ?? .null })
                }
                try batch.withView { try pipeline.push(source: source, $0) }
            }
            try pipeline.finish()
        } catch let error as PipelineError {
            outcome.error = error
        }
        outcome.counters = pipeline.counters
        return outcome
    }

    @Test(arguments: Setting.all, [1, 64, 2000])
    func `rows in order are never late, not in their own batch either`(setting: Setting, batch: Int) throws {
        let observed = try Self.outcome(setting, (0..<2000).map { $0 }, batch: batch)
        #expect(observed.counters.lateRows == 0)
        #expect(observed.rows["counts"]?.map { $0.split(separator: " ")[1] } == Array(repeating: "7", count: 285) + ["5"])
    }

    @Test(arguments: Setting.all, 1...6)
    func `a session goes on over the edge of a batch and over a restart`(setting: Setting, cut: Int) throws {
        for restart in [nil, cut - 1] {
            let observed = try Self.outcome(setting, [0, 3, 6, 9, 30, 33], batch: cut, restartAt: restart)
            #expect(observed.rows["sessions"] == ["0 4", "30 2"])
        }
    }

    @Test(arguments: Setting.all) func `a restart anywhere changes neither results nor counts`(setting: Setting) throws {
        var numbers = ParityNumbers(state: 3)
        let times = (0..<60).map { Int64($0) + Int64.random(in: -20...0, using: &numbers) }
        let whole = try Self.outcome(setting, times, batch: 4)
        #expect(whole.counters.lateRows > 0)
        for place in stride(from: 0, to: 60, by: 4) {
            #expect(try Self.outcome(setting, times, batch: 4, restartAt: place) == whole)
        }
    }

    @Test(arguments: Setting.all, [1, 3, 7])
    func `LATE DATA TO delivers every late row`(setting: Setting, batch: Int) throws {
        let observed = try Self.outcome(setting, [1, 12, 5, 13, 2, 25, 14], batch: batch)
        #expect(observed.rows["late"] == ["1 5", "1 2", "1 14"])
        #expect(observed.rows["counts"] == ["0 1", "7 2", "21 1"])
    }

    @Test func `TIMESTAMP and BIGINT have the same windows, sessions and late rows`() throws {
        var numbers = ParityNumbers(state: 11)
        let times = (0..<300).map { Int64($0) / 2 + Int64.random(in: -15...3, using: &numbers) }
        let outcomes = try Setting.all.map { setting in
            var outcome = try Self.outcome(setting, times, batch: 7)
            outcome.rows["stamps"] = nil
            // The stream of all rows is there for one type only.
            outcome.counters.rowsOut = 0
            return outcome
        }
        for other in outcomes.dropFirst() { #expect(other == outcomes[0]) }
        #expect(outcomes[0].rows["late", default: []].count > 0)
    }

    @Test(arguments: Setting.all) func `a NULL event time fails with its row and place, and other queries go on`(
        setting: Setting
    ) throws {
        let observed = try Self.outcome(setting, [1, nil, 30], batch: 3)
        #expect(observed.error?.sqlState == "22004")
        // Compiled code does not yet know the row behind a stage that computes columns.
        if setting.executor == .interpreted { #expect(observed.error?.row == 1) }
        #expect(observed.error?.place?.contains("failures.sql:") == true)
        if setting.type == "stamp" { #expect(observed.rows["stamps"] == ["1", "1", "1"]) }
    }

    @Test(arguments: Setting.all, [1, 3]) func `a NULL event time that is skipped is counted`(
        setting: Setting, batch: Int
    ) throws {
        let observed = try Self.outcome(
            setting, [1, nil, 30], batch: batch, policies: RowPolicies(nullEventTime: .skip))
        #expect(observed.error == nil)
        // By the windows and by the sessions.
        #expect(observed.counters.nullEventTimes == 2)
        #expect(observed.rows["counts"] == ["0 1", "28 1"])
        #expect(observed.rows["sessions"] == ["1 1", "30 1"])
    }

    @Test(arguments: Setting.all) func `the last times that there are close what is before them and nothing else`(
        setting: Setting
    ) throws {
        // The years 9999 and 294246.
        let observed = try Self.outcome(setting, [1, 253_402_300_799, 9_223_371_331_200, 5], batch: 2)
        #expect(observed.error == nil)
        #expect(observed.rows["counts", default: []].count == 3)
        #expect(observed.rows["late"] == ["1 5"])
    }
}
