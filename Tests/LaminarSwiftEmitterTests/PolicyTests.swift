import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

/// What becomes of rows that a query cannot take, under either executor.
@Suite struct PolicyTests {
    enum Executor: String, CaseIterable {
        case compiled, interpreted

        func pipeline(_ policies: RowPolicies = RowPolicies()) throws -> any RunnablePipeline {
            if self == .compiled { return PoliciesPipeline(policies: policies) }
            let compilation = try #require(try Golden.all.first { $0.name == "SQL/policies.sql" }?.compiled())
            let plan = try #require(compilation.plan)
            return try InterpretedPipeline(
                plan, file: compilation.file, policies: plan.sources.map { _ in policies })
        }

        func failures(of pipeline: any RunnablePipeline) -> [PipelineError] {
            (pipeline as? PoliciesPipeline)?.stopped.map(\.error)
                ?? (pipeline as? InterpretedPipeline)?.failures.map(\.error) ?? []
        }
    }

    private func push(_ rows: [[Value]], to name: String = "readings", weights: [Int64]? = nil, _ pipeline: any RunnablePipeline) throws {
        let source = try #require(pipeline.interface.sources.firstIndex { $0.name == name })
        let batch = ColumnBatch(types: pipeline.interface.sources[source].columns.map(\.physicalType))
        for row in rows { batch.append(row) }
        if let weights {
            let target = batch.weights()
            for (row, weight) in weights.enumerated() { target[row] = weight }
        }
        try batch.withView { try pipeline.push(source: source, $0) }
    }

    /// The rows that came out, by stream.
    private final class Results {
        var rows: [String: [String]] = [:]

        init(_ pipeline: any RunnablePipeline) {
            let interface = pipeline.interface
            pipeline.onOutput = { [unowned self] sink, view in
                let definition = interface.sinks[sink]
                for row in 0..<view.rowCount {
                    let cells = definition.columns.enumerated().map { index, column in
                        let type = SQLType(name: column.type) ?? .text
                        let value = view.columns[index].dynamicValue(row, type: type)
                        return value == .null ? "NULL" : text(of: value, type: type)
                    }
                    rows[definition.name, default: []].append(
                        "\(view.weights?[row] ?? 1) " + cells.joined(separator: " | "))
                }
            }
        }
    }

    private func reading(_ sensor: String, _ value: Int64?, note: String? = nil, at: Int64? = 0) -> [Value] {
        [
            .text(sensor), value.map { .integer($0) } ?? .null, note.map { .text($0) } ?? .null,
            at.map { .timestamp($0) } ?? .null,
        ]
    }

    @Test(arguments: Executor.allCases)
    func `rows that cannot be evaluated, and rows without an event time, are handed out with their place`(
        executor: Executor
    ) throws {
        let pipeline = try executor.pipeline(RowPolicies(evaluationError: .divert, nullEventTime: .divert))
        let results = Results(pipeline)
        var rejected: [RejectedRow] = []
        pipeline.onRejectedRow = { rejected.append($0) }
        try push([reading("a", 1), reading("a", -.max), reading("b", 3, at: nil)], pipeline)
        try pipeline.finish()
        #expect(executor.failures(of: pipeline) == [])
        #expect(rejected.map(\.stage) == ["doubled", "groups"])
        #expect(rejected.map(\.reason) == [.evaluationError, .nullEventTime])
        #expect(rejected.map(\.error?.sqlState) == ["22003", "22004"])
        #expect(rejected.map(\.row) == [1, 2])
        #expect(rejected.map(\.source) == [pipeline.interface.sources.firstIndex { $0.name == "readings" }, 0])
        #expect(rejected.first?.error?.place == "SQL/policies.sql:5:41")
        #expect(rejected.last?.error?.place?.hasPrefix("SQL/policies.sql:8:") == true)
        #expect(results.rows["doubled"] == ["1 a | 2", "1 b | 6"])
        #expect(results.rows["minutes"] == ["1 1970-01-01 00:00:00 | 2"])
        #expect(pipeline.counters.evaluationErrors == 1)
        #expect(pipeline.counters.nullEventTimes == 1)
    }

    @Test func `the rows that are handed out have the type of their source`() throws {
        let pipeline = PoliciesPipeline(policies: RowPolicies(evaluationError: .divert, nullEventTime: .divert))
        var rejected: [PoliciesPipeline.Reading.Rejected] = []
        pipeline.onRejectedReading = { rejected.append($0) }
        // Also of rows that are pushed as structs, one by one or as an array.
        try pipeline.push(PoliciesPipeline.Reading(sensor: "a", value: .min, note: nil, at: 0))
        try pipeline.push([
            PoliciesPipeline.Reading(sensor: "a", value: 1, note: nil, at: 0),
            PoliciesPipeline.Reading(sensor: "b", value: nil, note: "late", at: nil),
        ])
        #expect(rejected.map(\.sensor) == ["a", "b"])
        #expect(rejected.map(\.value) == [.min, nil])
        #expect(rejected.map(\.rejection.error?.sqlState) == ["22003", "22004"])
    }

    @Test(arguments: Executor.allCases)
    func `skipped rows are counted, and handed out to nobody`(executor: Executor) throws {
        let pipeline = try executor.pipeline(RowPolicies(evaluationError: .skip, nullEventTime: .skip))
        pipeline.onRejectedRow = { Issue.record("a skipped row came out: \($0)") }
        try push([reading("a", .min), reading("b", 3, at: nil)], pipeline)
        #expect(pipeline.counters.evaluationErrors == 1)
        #expect(pipeline.counters.nullEventTimes == 1)
    }

    @Test(arguments: Executor.allCases, [1, 3])
    func `a result that does not fit stops its query at the row that made it, and no other`(
        executor: Executor, batch: Int
    ) throws {
        let pipeline = try executor.pipeline()
        let results = Results(pipeline)
        let rows = [reading("a", .max / 2), reading("b", 1), reading("a", .max / 2), reading("a", 2), reading("c", 5)]
        for start in stride(from: 0, to: rows.count, by: batch) {
            try push(Array(rows[start..<min(start + batch, rows.count)]), pipeline)
        }
        let failures = executor.failures(of: pipeline)
        #expect(failures.count == 1)
        #expect(failures.first?.sqlState == "22003")
        #expect(failures.first?.stage == "groups_2")
        #expect(failures.first?.place == "SQL/policies.sql:10:40")
        #expect(failures.first?.row == 3 % batch)
        #expect(results.rows["doubled"]?.count == 5)
        #expect(throws: PipelineError.self) { try pipeline.finish() }
        #expect(results.rows["minutes"] == ["1 1970-01-01 00:00:00 | 5"])
    }

    @Test(arguments: Executor.allCases, [1, 4])
    func `a group may collect as much as the limit says`(executor: Executor, batch: Int) throws {
        let pipeline = try executor.pipeline(RowPolicies(groupMemoryBytes: 400))
        let results = Results(pipeline)
        let note = String(repeating: "n", count: 100)
        let rows = [
            reading("a", 1, note: note), reading("b", 1, note: note), reading("a", 1), reading("a", 1, note: note),
            reading("b", 1, note: note), reading("b", 1, note: note), reading("c", 1, note: note),
        ]
        for start in stride(from: 0, to: rows.count, by: batch) {
            try push(Array(rows[start..<min(start + batch, rows.count)]), pipeline)
        }
        let failures = executor.failures(of: pipeline)
        #expect(failures.count == 1)
        #expect(failures.first?.sqlState == "54000")
        #expect(failures.first?.row == 5 % batch)
        #expect(failures.first?.place == "SQL/policies.sql:12:61")
        #expect(failures.first?.message.hasPrefix("the values collected for a group take more than 400 bytes") == true)
        // The others go on.
        #expect(results.rows["totals"]?.last == "1 c | 1")
    }

    @Test(arguments: Executor.allCases, [1, 9])
    func `the values that MIN keeps of a changelog are limited, each counted once`(executor: Executor, batch: Int) throws {
        func price(_ value: Int64) -> [Value] { [.text("nail"), .integer(value)] }
        // An entry of an integer takes 56 bytes: there is room for three of them, however often they come.
        let rows: [([Value], Int64)] = [
            (price(1), 1), (price(2), 50), (price(3), 1), (price(2), 9), (price(1), -1), (price(4), 1), (price(3), 2),
            (price(5), 1), (price(6), 1),
        ]
        let pipeline = try executor.pipeline(RowPolicies(groupMemoryBytes: 180))
        let results = Results(pipeline)
        for start in stride(from: 0, to: rows.count, by: batch) {
            let part = rows[start..<min(start + batch, rows.count)]
            try push(part.map(\.0), to: "prices", weights: part.map(\.1), pipeline)
        }
        let failures = executor.failures(of: pipeline)
        #expect(failures.map(\.sqlState) == ["54000"])
        #expect(failures.first?.stage == "groups_4")
        #expect(failures.first?.row == 7 % batch)
        if batch == 1 { #expect(results.rows["cheapest"]?.last == "1 nail | 2 | 63") }
    }

    @Test(arguments: Executor.allCases)
    func `what is taken back makes room again`(executor: Executor) throws {
        let pipeline = try executor.pipeline(RowPolicies(groupMemoryBytes: 400))
        let note = String(repeating: "n", count: 100)
        for _ in 0..<2 { try push([reading("a", 1, note: note)], pipeline) }
        let second = try executor.pipeline(RowPolicies(groupMemoryBytes: 400))
        // What a group has collected is part of its state.
        try second.restore(pipeline.snapshot())
        try push([reading("a", 1, note: note)], second)
        #expect(executor.failures(of: second).map(\.sqlState) == ["54000"])
    }

    @Test(arguments: Executor.allCases, [1, 4, 6])
    func `a row that is taken back and was never there follows the policy, and is counted`(
        executor: Executor, batch: Int
    ) throws {
        let rows: [([Value], Int64)] = [
            ([.text("nail"), .integer(5)], 1), ([.text("bolt"), .integer(7)], 1), ([.text("nail"), .integer(5)], -1),
            // What comes behind it does not make up for it, in the same batch either.
            ([.text("nail"), .integer(5)], -1), ([.text("bolt"), .integer(6)], 1), ([.text("nail"), .integer(9)], 1),
        ]
        func run(_ pipeline: any RunnablePipeline) throws {
            for start in stride(from: 0, to: rows.count, by: batch) {
                let part = rows[start..<min(start + batch, rows.count)]
                try push(part.map(\.0), to: "prices", weights: part.map(\.1), pipeline)
            }
        }
        let failing = try executor.pipeline()
        try run(failing)
        let error = try #require(executor.failures(of: failing).first)
        #expect(error.sqlState == "02000")
        #expect(error.stage == "groups_4")
        #expect(error.row == 3 % batch)
        #expect(error.place == "SQL/policies.sql:14:27")

        for policy in [RowPolicy.skip, .divert] {
            let pipeline = try executor.pipeline(RowPolicies(evaluationError: policy))
            let results = Results(pipeline)
            var rejected: [RejectedRow] = []
            pipeline.onRejectedRow = { rejected.append($0) }
            try run(pipeline)
            #expect(pipeline.counters.unmatchedRetractions == 1)
            #expect(rejected.map(\.error?.sqlState) == (policy == .divert ? ["02000"] : []))
            var table: [String: Int] = [:]
            for row in results.rows["cheapest"] ?? [] {
                let parts = row.split(separator: " ", maxSplits: 1)
                table[String(parts[1]), default: 0] += Int(parts[0]) ?? 0
            }
            #expect(table.filter { $0.value != 0 } == ["bolt | 6 | 2": 1, "nail | 9 | 1": 1])
            try push([[.text("nail"), .integer(4)]], to: "prices", weights: [1], pipeline)
            #expect(results.rows["cheapest"]?.last == "1 nail | 4 | 2")
        }
    }

    @Test(arguments: Executor.allCases, [1, 8])
    func `joins and window functions leave out what is taken back and was never there, as the policy says`(
        executor: Executor, batch: Int
    ) throws {
        func offer(_ item: String?, _ price: Int64) -> [Value] { [item.map { .text($0) } ?? .null, .integer(price)] }
        let offers: [([Value], Int64)] = [
            (offer("nail", 5), 2), (offer("nail", 6), -1), (offer("nail", 5), -1), (offer("nail", 5), -2),
            (offer("nail", 6), 1),
        ]
        let stock: [([Value], Int64)] = [
            (offer("bolt", 1), -1), (offer("nail", 1), 1), (offer("nail", 2), 1), (offer("nail", 1), -1),
            (offer("nail", 1), -1), (offer("bolt", 1), 1),
        ]
        func run(_ pipeline: any RunnablePipeline) throws {
            for (name, rows) in [("offers", offers), ("stock", stock)] {
                for start in stride(from: 0, to: rows.count, by: batch) {
                    let part = rows[start..<min(start + batch, rows.count)]
                    try push(part.map(\.0), to: name, weights: part.map(\.1), pipeline)
                }
            }
        }
        let failing = try executor.pipeline()
        try run(failing)
        let failures = executor.failures(of: failing)
        #expect(failures.map(\.sqlState) == ["02000", "02000"])
        #expect(failures.map(\.stage) == ["join", "over"])
        #expect(failures.map(\.row) == [1 % batch, 0])
        #expect(failures.map(\.place) == ["SQL/policies.sql:20:47", "SQL/policies.sql:22:25"])

        for policy in [RowPolicy.skip, .divert] {
            let pipeline = try executor.pipeline(RowPolicies(evaluationError: policy))
            let results = Results(pipeline)
            var rejected: [RejectedRow] = []
            pipeline.onRejectedRow = { rejected.append($0) }
            try run(pipeline)
            // Two rows of offers; two of stock, each in the join and in the window function.
            #expect(pipeline.counters.unmatchedRetractions == 6)
            #expect(rejected.count == (policy == .divert ? 6 : 0))
            #expect(rejected.allSatisfy { $0.error?.sqlState == "02000" && $0.reason == .evaluationError })
            if batch == 8, policy == .divert { #expect(rejected.map(\.row).prefix(2) == [1, 3]) }
            // The counts survive a restart.
            let second = try executor.pipeline(RowPolicies(evaluationError: policy))
            try second.restore(pipeline.snapshot())
            #expect(second.counters.unmatchedRetractions == 6)
            func table(_ name: String) -> [String: Int] {
                var table: [String: Int] = [:]
                for row in results.rows[name] ?? [] {
                    let parts = row.split(separator: " ", maxSplits: 1)
                    table[String(parts[1]), default: 0] += Int(parts[0]) ?? 0
                }
                return table.filter { $0.value != 0 }
            }
            #expect(table("in_stock") == ["nail | 5 | 2": 1, "nail | 6 | 2": 1])
            #expect(table("ranked") == ["bolt | 1 | 1": 1, "nail | 2 | 1": 1])
        }
    }

    @Test(arguments: Executor.allCases)
    func `a restore that fails leaves a pipeline that has seen nothing`(executor: Executor) throws {
        let pipeline = try executor.pipeline()
        try push([reading("a", 1, note: "x"), reading("b", 2, at: 90_000_000)], pipeline)
        let fresh = try executor.pipeline().snapshot()
        let good = pipeline.snapshot()
        // A checksum that holds over bytes that do not: the state of the last operator is cut off.
        var damaged = Array(good.dropLast(12))
        damaged += withUnsafeBytes(of: checksum(of: damaged).littleEndian) { Array($0) }
        for bytes in [damaged, [], Array(good.dropLast(1)), Array("no snapshot at all".utf8)] {
            #expect(throws: StateError.self) { try pipeline.restore(bytes) }
            let isFresh = pipeline.snapshot() == fresh
            #expect(isFresh)
        }
        let results = Results(pipeline)
        try push([reading("a", 5)], pipeline)
        #expect(results.rows["totals"] == ["1 a | 5"])
        try pipeline.restore(good)
        try push([reading("a", 5)], pipeline)
        #expect(results.rows["totals"] == ["1 a | 5", "-1 a | 1", "1 a | 6"])
    }

    /// CRC-32C, bit by bit.
    private func checksum(of bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
        }
        return ~sum
    }
}
