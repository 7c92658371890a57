import LaminarCases
import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarText
import LaminarTypes
import Testing

/// Hands every row through; a checkpoint is the number of rows seen.
private final class EchoPipeline: RunnablePipeline {
    var onRejectedRow: (RejectedRow) -> Void = { _ in }
    let interface = PipelineInterface(name: "echo", sources: [], sinks: [], stateTables: [], fingerprint: "")
    var onOutput: (Int, BatchView) -> Void = { _, _ in }
    var counters = OperatorCounters()
    var status: PipelineStatus { PipelineStatus(sources: [], stages: []) }
    var rows: UInt8 = 0
    let log: Log

    final class Log {
        var checkpoints: [[UInt8]] = []
        var restores: [[UInt8]] = []
        var ends = 0
        var batchSizes: [Int] = []
    }

    init(log: Log) {
        self.log = log
    }

    func push(source: Int, _ batch: BatchView) {
        rows += UInt8(batch.rowCount)
        log.batchSizes.append(batch.rowCount)
        onOutput(0, batch)
    }

    func advanceWatermark(source: Int, to watermark: Int64) {}

    var clock = ProcessingClock.system
    var nextTimer: Int64? { nil }

    func advanceClock() {}

    func push(source: Int, partition: Int, _ batch: BatchView) { push(source: source, batch) }

    func finish() { log.ends += 1 }

    func snapshot() -> [UInt8] {
        log.checkpoints.append([rows])
        return [rows]
    }

    func restore(_ checkpoint: [UInt8]) {
        log.restores.append(checkpoint)
        rows = checkpoint.first ?? 0
    }
}

@Suite struct `A case is driven` {
    private let log = EchoPipeline.Log()

    private func outcome(
        _ text: String, _ configuration: CaseConfiguration = CaseConfiguration(batching: .all),
        presentation: SinkPlan.Presentation = .init()
    ) throws -> CaseVerdict {
        let testCase = try TestCase(json: JSONValue(parsing: text))
        let fields = [Field("x", .integer), Field("s", .text)]
        let source = SourcePlan(
            definition: SourceDefinition(name: "t", columns: fields, visible: []), columns: [0, 1], fields: fields,
            watermark: nil, changelog: .updating)
        let sink = SinkPlan(
            definition: SinkDefinition(name: "r", kind: .query, connector: nil, span: .none), input: .source(0),
            fields: fields, changelog: .updating, presentation: presentation)
        let plan = PipelinePlan(name: "p", sources: [source], stages: [], sinks: [sink])
        let log = log
        let driver = CaseDriver(testCase, plan: plan) { () throws(CaseError) in EchoPipeline(log: log) }
        return CaseVerdict(of: testCase, driver.run(configuration))
    }

    private func text(rows: String, expect: String, more: String = "") -> String {
        """
        {"id":"a","query":"q","inputs":{"t":[\(rows)]},\(more)
         "expect":{"columns":[{"name":"x","type":"integer"},{"name":"s","type":"text"}],\(expect)}}
        """
    }

    private let insertTwo = """
        {"seq":1,"op":"+I","row":["1","a"]},{"seq":2,"op":"+I","row":[null,"b"]}
        """

    @Test func `with its cells as typed values and back`() throws {
        #expect(try outcome(text(rows: insertTwo, expect: #""rows":[[null,"b"],["1","a"]]"#)) == .passed)
        #expect(log.batchSizes == [2])
        #expect(log.ends == 1)
    }

    @Test func `without an end of input where it stays open`() throws {
        let open = text(rows: insertTwo, expect: #""rows":[[null,"b"],["1","a"]]"#, more: #""end_of_input":false,"#)
        #expect(try outcome(open) == .passed)
        #expect(log.ends == 0)
    }

    @Test func `and fails when a row differs`() throws {
        let verdict = try outcome(text(rows: insertTwo, expect: #""rows":[[null,"b"],["2","a"]]"#))
        #expect(verdict == .failed("missing ('2', 'a'), unexpected ('1', 'a') (2 expected, 2 came out)"))
    }

    @Test func `through a restart with its state`() throws {
        let restart = CaseConfiguration(batching: .all, restore: .at(1))
        #expect(try outcome(text(rows: insertTwo, expect: #""rows":[[null,"b"],["1","a"]]"#), restart) == .passed)
        #expect(log.checkpoints == [[1]])
        #expect(log.restores == [[1]])
        #expect(log.batchSizes == [1, 1])
    }

    private let insertAndDelete = """
        {"seq":1,"op":"+I","row":["1","a"],"step":0},{"seq":2,"op":"+I","row":["2","b"],"step":0},
        {"seq":3,"op":"-D","row":["1","a"],"step":1}
        """

    @Test func `and its retractions taken off the table`() throws {
        #expect(try outcome(text(rows: insertAndDelete, expect: #""rows":[["2","b"]]"#)) == .passed)
    }

    @Test func `and fails when an append-only query takes a row back`() throws {
        let verdict = try outcome(text(rows: insertAndDelete, expect: #""rows":[["2","b"]],"mode":"append""#))
        #expect(verdict == .failed("an append-only query took back ('1', 'a')"))
    }

    @Test func `and its steps compared one by one`() throws {
        let steps = #""mode":"delta_steps","steps":[{"step":0,"delta":[[1,["1","a"]],[1,["2","b"]]]},"#
        #expect(
            try outcome(text(rows: insertAndDelete, expect: steps + #"{"step":1,"delta":[[-1,["1","a"]]]}]"#))
                == .passed)
        let wrong = try outcome(text(rows: insertAndDelete, expect: steps + #"{"step":1,"delta":[]}]"#))
        #expect(wrong == .failed("step 1: unexpected ('-1', '1', 'a')"))
    }

    @Test func `and its result ordered and cut`() throws {
        let descending = SinkPlan.Presentation(
            ordering: [.init(column: 0, isDescending: true, nullsFirst: true)], limit: 1)
        #expect(
            try outcome(
                text(rows: insertTwo, expect: #""rows":[[null,"b"]],"ordered":true"#), presentation: descending)
                == .passed)
        let both = SinkPlan.Presentation(ordering: [.init(column: 0, isDescending: false, nullsFirst: false)])
        let wrong = text(rows: insertTwo, expect: #""rows":[[null,"b"],["1","a"]],"ordered":true"#)
        #expect(try outcome(wrong, presentation: both) == .failed("the order differs from row 1 on"))
    }

    @Test func `and a cell that is no value of its column is an error`() throws {
        let bad = text(rows: #"{"seq":1,"op":"+I","row":["x","a"]}"#, expect: #""rows":[]"#)
        guard case .failed(let cause) = try outcome(bad) else {
            Issue.record("it did not fail")
            return
        }
        #expect(cause.hasPrefix("error 22P02: column \"x\" of \"t\""))
    }

    @Test func `and an expected error passes by its class alone`() throws {
        let expecting = #"{"id":"a","query":"q","error":{"sqlstate":"22012"}}"#
        let testCase = try TestCase(json: JSONValue(parsing: expecting))
        #expect(CaseVerdict(of: testCase, .error(sqlState: "22003", message: "")) == .passed)
        #expect(CaseVerdict(of: testCase, .error(sqlState: "42601", message: "m")) == .failed("expected error 22012, got 42601: m"))
        #expect(CaseVerdict(of: testCase, .error(sqlState: "0A000", message: "m")) == .unsupported("m"))
        #expect(CaseVerdict(of: testCase, .output(.init(changes: [], rows: []))) == .failed("expected error 22012, got 0 rows"))
    }
}

@Suite struct `A worker process` {
    private let entry = CaseFile.Entry(line: 1, text: "x", id: "a", features: [])

    private func verdict(_ script: String, configurations: Int = 1) -> [CaseVerdict] {
        let supervisor = CaseSupervisor(
            executable: "/bin/sh", arguments: ["-c", script], configurations: configurations, timeoutMilliseconds: 300)
        return supervisor.run(entry).map(\.verdict)
    }

    @Test func `answers a line per configuration`() {
        let script = #"read x; echo '["passed","",{}]'; echo '["failed","why",{}]'"#
        #expect(verdict(script, configurations: 2) == [.passed, .failed("why")])
    }

    @Test func `may crash without ending the run`() {
        let script = #"read x; echo '["passed","",{}]'; echo 'Fatal error: boom' >&2; kill -ILL $$"#
        let crash = CaseVerdict.crashed("the process was ended by signal 4: Fatal error: boom")
        #expect(verdict(script, configurations: 3) == [.passed, crash, crash])
    }

    @Test func `is stopped when it takes too long`() {
        #expect(verdict("read x; sleep 60") == [.timedOut("no result within 0 s")])
    }

    @Test func `is started anew after a crash`() {
        let supervisor = CaseSupervisor(
            executable: "/bin/sh",
            arguments: ["-c", #"read x; [ "$x" = bad ] && exit 3; echo '["passed","",{}]'"#], configurations: 1)
        var bad = entry
        bad.text = "bad"
        #expect(supervisor.run(bad).map(\.verdict) == [.crashed("the process ended with exit code 3")])
        #expect(supervisor.run(entry).map(\.verdict) == [.passed])
    }
}
