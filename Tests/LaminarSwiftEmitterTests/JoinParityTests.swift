import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

/// Every kind of join, generated and interpreted, over the same changes: the same rows in the same order, the same state.
@Suite struct JoinParityTests {
    /// A row of one of the sources of joins.sql, added or taken back.
    struct Event {
        var source: Int
        var row: [Value]
        var weight: Int64
    }

    private static func interpreted(_ policies: RowPolicies = RowPolicies()) throws -> InterpretedPipeline {
        let golden = try #require(Golden.all.first { $0.name == "SQL/joins.sql" })
        let compilation = try golden.compiled()
        let plan = try #require(compilation.plan)
        return try InterpretedPipeline(plan, file: compilation.file, policies: plan.sources.map { _ in policies })
    }

    /// Orders, items and customers with NULLs and equal rows; customers are also taken back, now and then some who never came.
    private static func events(_ count: Int, seed: UInt64) -> [Event] {
        var numbers = ParityNumbers(state: seed)
        func number(_ bound: Int64) -> Int64 { Int64.random(in: 0..<bound, using: &numbers) }
        func name() -> Value {
            let index = number(7)
            return index == 6 ? .null : .text(index % 2 == 0 ? "N\(index)" : "a name longer than twelve bytes, \(index)")
        }
        var present: [[Value]] = []
        return (0..<count).map { index in
            switch number(5) {
            case 0, 1:
                return Event(
                    source: 0, row: [.integer(Int64(index)), name(), number(6) == 5 ? .null : .integer(number(5)), .integer(number(40))],
                    weight: 1)
            case 2:
                return Event(
                    source: 1,
                    row: [.integer(number(6)), .text("item \(number(3)) with a long description"), number(4) == 0 ? .null : .decimal(Decimal(unscaled: Int128(number(999)), scale: 2))],
                    weight: 1)
            default:
                if !present.isEmpty, number(2) == 0 {
                    let row = present.remove(at: Int(number(Int64(present.count))))
                    return Event(source: 2, row: row, weight: -1)
                }
                let row: [Value] = [
                    name(), number(3) == 0 ? .null : .text("city \(number(2))"), number(4) == 0 ? .null : .integer(number(5)),
                    number(2) == 0 ? .null : .interval(Interval(months: 0, days: Int32(number(2)), microseconds: 86_400_000_000)),
                ]
                if number(8) == 0 { return Event(source: 2, row: row, weight: -1) }
                present.append(row)
                return Event(source: 2, row: row, weight: number(6) == 0 ? 2 : 1)
            }
        }
    }

    /// Some customers are taken back who never were there.
    private static let skipping = RowPolicies(evaluationError: .skip)

    @Test(arguments: [1, 7, 250], [UInt64(3), 4])
    func `both give the same rows and state`(batch: Int, seed: UInt64) throws {
        let events = Self.events(250, seed: seed)
        let compiled = try outcome(of: [JoinsPipeline(policies: Self.skipping)], events, batch: batch)
        let interpreted = try outcome(of: [try Self.interpreted(Self.skipping)], events, batch: batch)
        #expect(difference(compiled, interpreted) == nil)
        #expect(compiled.snapshot == interpreted.snapshot)
        #expect(compiled.rows.allSatisfy { $0.count > 3 })
        // Of two append-only inputs nothing is taken back.
        #expect(compiled.rows[0].allSatisfy { $0.hasPrefix("1 ") })
        // Nor of what looks up the customers there are.
        #expect(compiled.rows[9].count > 20 && compiled.rows[9].allSatisfy { !$0.hasPrefix("-") })
    }

    @Test(arguments: [UInt64(5), 6, 7])
    func `each goes on from the other's snapshot`(seed: UInt64) throws {
        let events = Self.events(240, seed: seed)
        // Row by row, since the aggregate that a query joins with gives out its changes by the batch.
        let whole = try outcome(of: [JoinsPipeline(policies: Self.skipping)], events, batch: 1)
        let there = try outcome(of: [JoinsPipeline(policies: Self.skipping), try Self.interpreted(Self.skipping), JoinsPipeline(policies: Self.skipping)], events, batch: 1)
        let back = try outcome(of: [try Self.interpreted(Self.skipping), JoinsPipeline(policies: Self.skipping), try Self.interpreted(Self.skipping)], events, batch: 1)
        #expect(difference(there, whole) == nil)
        #expect(difference(back, whole) == nil)
        #expect(there.snapshot == back.snapshot)
    }

    @Test func `a condition that fails stops its query alone, in both at the same place`() throws {
        // Ten times the rating is out of range.
        let customer: [Value] = [.text("N0"), .null, .integer(.max), .null]
        let order: [Value] = [.integer(1), .text("N0"), .null, .integer(5)]
        let events = [Event(source: 2, row: customer, weight: 1), Event(source: 0, row: order, weight: 1)]
        var places: [String?] = []
        for pipeline in [JoinsPipeline(), try Self.interpreted()] as [any RunnablePipeline] {
            let outcome = try outcome(of: [pipeline], events, batch: 1)
            #expect(outcome.error == nil)
            #expect(outcome.rows[2].count == 3)
            let error = #expect(throws: PipelineError.self) { try pipeline.finish() }
            #expect(error?.sqlState == "22003")
            places.append(error?.place)
        }
        #expect(places == ["SQL/joins.sql:11:100", "SQL/joins.sql:11:100"])
    }

    private struct Outcome {
        var rows: [[String]] = []
        var snapshot: [UInt8] = []
        var error: String?
    }

    /// The first row in which two outcomes differ.
    private func difference(_ a: Outcome, _ b: Outcome) -> String? {
        for (sink, rows) in zip(a.rows, b.rows).enumerated() {
            for (index, pair) in zip(rows.0, rows.1).enumerated() where pair.0 != pair.1 {
                return "row \(index) of sink \(sink): \(pair.0), not \(pair.1)"
            }
            if rows.0.count != rows.1.count { return "sink \(sink): \(rows.0.count), not \(rows.1.count) rows" }
        }
        return nil
    }

    /// Pushes the events in equal shares through the pipelines, each restored from the one before, in batches of at most
    /// so many rows of one source.
    private func outcome(
        of pipelines: [any RunnablePipeline], _ events: [Event], batch size: Int
    ) throws -> Outcome {
        var outcome = Outcome(rows: pipelines[0].interface.sinks.map { _ in [] })
        let share = events.count / pipelines.count
        for (index, pipeline) in pipelines.enumerated() {
            if index > 0 { try pipeline.restore(pipelines[index - 1].snapshot()) }
            pipeline.onOutput = { sink, view in
                let columns = pipeline.interface.sinks[sink].columns
                for row in 0..<view.rowCount {
                    let cells = columns.indices.map { column in
                        "\(view.columns[column].dynamicValue(row, type: columns[column].physicalType.anyType))"
                    }
                    outcome.rows[sink].append("\(view.weights?[row] ?? 1) \(cells.joined(separator: " "))")
                }
            }
            do throws(PipelineError) {
                var at = index * share
                while at < (index + 1) * share {
                    var end = at + 1
                    while end < min(at + size, (index + 1) * share), events[end].source == events[at].source { end += 1 }
                    let batch = ColumnBatch(types: pipeline.interface.sources[events[at].source].columns.map(\.physicalType))
                    for event in events[at..<end] {
                        batch.append(event.row)
                        if event.weight != 1 { batch.weights()[batch.rowCount - 1] = event.weight }
                    }
                    let source = events[at].source
                    try batch.withView { (view) throws(PipelineError) in try pipeline.push(source: source, view) }
                    at = end
                }
            } catch {
                outcome.error = "\(error.sqlState) at \(error.place ?? "?")"
            }
        }
        outcome.snapshot = pipelines[pipelines.count - 1].snapshot()
        return outcome
    }
}

extension PhysicalType {
    /// A SQL type of this layout.
    fileprivate var anyType: SQLType {
        switch self {
        case .bool: .boolean
        case .int16: .smallint
        case .int32: .integer
        case .int64: .bigint
        case .uint64: .unsignedBigint
        case .float: .real
        case .double: .double
        case .decimal: .decimal(nil)
        case .string: .text
        case .interval: .interval
        case .uuid: .uuid
        }
    }
}
