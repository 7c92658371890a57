import LaminarColumns
package import LaminarPlan
package import LaminarRuntime
import LaminarState
import LaminarTypes

/// Why a case did not come to a result: an SQLSTATE and a message.
package struct CaseError: Error, Equatable, Sendable {
    package var sqlState: String
    package var message: String

    package init(_ sqlState: String, _ message: String) {
        self.sqlState = sqlState
        self.message = message
    }

    package static func unsupported(_ what: String) -> CaseError { CaseError("0A000", "\(what) is not supported yet") }
}

/// Brings the rows of a case to a pipeline and collects what comes out.
package struct CaseDriver {
    private let testCase: TestCase
    private let plan: PipelinePlan
    private let makePipeline: () throws(CaseError) -> any RunnablePipeline
    /// The position of the sink whose rows are the result.
    private let sink: Int
    private let collector: Collector
    /// Looks at the changelog while the case runs.
    package var observer: Observer?
    /// Reads the number of the row that is pushed, in milliseconds.
    private let clock = SetClock()

    package struct Observer {
        /// After a batch: how many rows of the case have been pushed, and all that has come out, hidden columns included.
        package var pushed: (_ rows: Int, _ changes: [CaseObservation.Change]) -> Void
        /// After the last row, or the end of the input.
        package var ended: (_ changes: [CaseObservation.Change], _ counters: OperatorCounters) -> Void

        package init(
            pushed: @escaping (Int, [CaseObservation.Change]) -> Void,
            ended: @escaping ([CaseObservation.Change], OperatorCounters) -> Void
        ) {
            self.pushed = pushed
            self.ended = ended
        }
    }

    /// - Parameters:
    ///   - sink: the position of the sink to look at; nil: the one that the case names, else the last.
    ///   - makePipeline: makes a pipeline of `plan` that has seen nothing.
    package init(
        _ testCase: TestCase, plan: PipelinePlan, sink observed: Int? = nil,
        makePipeline: @escaping () throws(CaseError) -> any RunnablePipeline
    ) {
        self.testCase = testCase
        self.plan = plan
        self.makePipeline = makePipeline
        let named = testCase.sink.flatMap { sink in
            plan.sinks.lastIndex { $0.definition.name.lowercased() == sink.name.lowercased() }
        }
        sink = observed ?? named ?? plan.sinks.count - 1
        collector = Collector(fields: plan.sinks.last == nil ? [] : plan.sinks[sink].fields)
    }

    package func run(_ configuration: CaseConfiguration) -> CaseObservation {
        do throws(CaseError) {
            return .output(try output(configuration))
        } catch {
            return .error(sqlState: error.sqlState, message: error.message)
        }
    }

    private func output(_ configuration: CaseConfiguration) throws(CaseError) -> CaseObservation.Output {
        guard sink >= 0 else { throw CaseError("42000", "the query has no result") }
        try checkSnapshots()
        let sources = try sourcesByTable()
        collector.removeAll()
        var steps: [[CaseObservation.Change]] = []
        var stepStart = 0
        var pipeline = try newPipeline()
        var daysPassed: Int64 = 0
        for action in inputSchedule(of: testCase, configuration) {
            switch action {
            case .push(let table, let rows):
                // A table that the query does not read takes its rows without effect.
                if let source = sources[table] ?? nil {
                    let batch = try batch(of: rows, source)
                    clock.now = Int64(testCase.inputs[rows.lowerBound].sequence) * 1000 + daysPassed * Self.day
                    try running { () throws(PipelineError) in
                        try batch.withView { (view) throws(PipelineError) in try pipeline.push(source: source, view) }
                    }
                }
                observer?.pushed(rows.upperBound, collector.changes)
            case .passTime:
                daysPassed += 1
                clock.now += Self.day
                try running { () throws(PipelineError) in try pipeline.advanceClock() }
            case .restart:
                let checkpoint = pipeline.snapshot()
                pipeline = try newPipeline()
                do throws(StateError) {
                    try pipeline.restore(checkpoint)
                } catch {
                    throw CaseError("XX000", "restoring a checkpoint: \(error)")
                }
            case .endStep:
                steps.append(consolidated(collector.changes[stepStart...].map(visible)))
                stepStart = collector.changes.count
            }
        }
        if testCase.endsInput { try running { () throws(PipelineError) in try pipeline.finish() } }
        observer?.ended(collector.changes, pipeline.counters)
        return try presented(steps: steps)
    }

    /// Microseconds.
    private static let day: Int64 = 86_400_000_000

    private func newPipeline() throws(CaseError) -> any RunnablePipeline {
        let pipeline = try makePipeline()
        pipeline.clock = clock.clock
        let collector = collector
        let result = sink
        pipeline.onOutput = { sink, batch in
            if sink == result { collector.collect(batch) }
        }
        return pipeline
    }

    private func running(_ body: () throws(PipelineError) -> Void) throws(CaseError) {
        do throws(PipelineError) {
            try body()
        } catch {
            throw CaseError(error.sqlState, error.description)
        }
    }

    /// The source of each table of the case; nil where the query does not read it.
    private func sourcesByTable() throws(CaseError) -> [String: Int?] {
        var sources: [String: Int?] = [:]
        for row in testCase.inputs where sources[row.table] == nil {
            let index =
                plan.sources.firstIndex { $0.definition.name == row.table }
                ?? plan.sources.firstIndex { $0.definition.name == row.table.lowercased() }
            sources.updateValue(index, forKey: row.table)
        }
        return sources
    }

    /// Refuses a view that is created after rows of a source with a watermark: the plan has all views from the start.
    private func checkSnapshots() throws(CaseError) {
        guard plan.sources.contains(where: { $0.watermark != nil }), let first = testCase.inputs.first else { return }
        for view in testCase.views where view.createdAfter >= first.sequence {
            throw .unsupported("a view that is created after rows under a watermark")
        }
    }

    private func batch(of rows: Range<Int>, _ source: Int) throws(CaseError) -> ColumnBatch {
        let plan = plan.sources[source]
        let batch = ColumnBatch(types: plan.fields.map(\.type.physical), capacity: rows.count)
        batch.reserve(rows.count)
        for row in testCase.inputs[rows] {
            guard row.cells.count == plan.definition.columns.count else {
                throw CaseError(
                    "42601",
                    "a row of \"\(row.table)\" has \(row.cells.count) cells for \(plan.definition.columns.count) columns")
            }
            for (column, position) in plan.columns.enumerated() {
                let value = try value(row.cells[position], plan.fields[column], row.table)
                guard batch.set(value, column, batch.rowCount) else {
                    throw .unsupported("an input column of type \(plan.fields[column].type)")
                }
            }
            let weight = row.operation.weight
            if weight != 1 { batch.weights()[batch.rowCount] = weight }
            batch.rowCount += 1
        }
        return batch
    }

    private func value(_ cell: String?, _ field: Field, _ table: String) throws(CaseError) -> Value {
        guard let cell else { return .null }
        do throws(ValueParseError) {
            let value = try parse(cell, as: field.type)
            // Arrays, rows and maps lie encoded in columns.
            return encodedNested(value, field.type) ?? value
        } catch {
            throw CaseError(error.sqlState, "column \"\(field.name)\" of \"\(table)\": \(error)")
        }
    }

    /// Without the columns that only serve the ordering.
    private func visible(_ change: CaseObservation.Change) -> CaseObservation.Change {
        let hidden = plan.sinks[sink].presentation.hiddenColumns
        return hidden == 0
            ? change : CaseObservation.Change(weight: change.weight, row: Array(change.row.dropLast(hidden)))
    }

    private func presented(steps: [[CaseObservation.Change]]) throws(CaseError) -> CaseObservation.Output {
        let presentation = plan.sinks[sink].presentation
        let key = testCase.sink.flatMap { sink in
            sink.primaryKey.isEmpty
                ? nil : sink.primaryKey.compactMap { name in sink.columns.firstIndex { $0.name == name } }
        }
        var rows: [[String?]]
        do throws(ChangelogError) {
            rows = try materialised(collector.changes, key: key)
        } catch {
            throw CaseError("XX000", error.description)
        }
        if !presentation.ordering.isEmpty {
            rows = rows.map { ($0, collector.values[$0] ?? []) }.sorted { precedes($0.1, $1.1) }.map(\.0)
        }
        let start = Int(clamping: max(0, presentation.offset))
        rows = Array(rows.dropFirst(start).prefix(presentation.limit.map { Int(clamping: max(0, $0)) } ?? Int.max))
        let width = plan.sinks[sink].fields.count - presentation.hiddenColumns
        return CaseObservation.Output(
            changes: collector.changes.map(visible), steps: steps, rows: rows.map { Array($0.prefix(width)) },
            orderingColumns: presentation.ordering.map(\.column).filter { $0 < width })
    }

    private func precedes(_ a: [Value], _ b: [Value]) -> Bool {
        for ordering in plan.sinks[sink].presentation.ordering {
            guard ordering.column < a.count, ordering.column < b.count else { continue }
            let x = a[ordering.column]
            let y = b[ordering.column]
            switch (x, y) {
            case (.null, .null): continue
            case (.null, _): return ordering.nullsFirst
            case (_, .null): return !ordering.nullsFirst
            default:
                let order = x.compare(y, as: plan.sinks[sink].fields[ordering.column].type)
                if order != 0 { return ordering.isDescending ? order > 0 : order < 0 }
            }
        }
        return false
    }
}

/// Keeps what comes out of the sink that is the result.
private final class Collector {
    private let fields: [Field]
    private(set) var changes: [CaseObservation.Change] = []
    /// The values behind each row of text, for ordering.
    private(set) var values: [[String?]: [Value]] = [:]

    init(fields: [Field]) {
        self.fields = fields
    }

    func removeAll() {
        changes = []
        values = [:]
    }

    func collect(_ batch: BatchView) {
        for row in 0..<batch.rowCount {
            let weight = batch.weights?[row] ?? 1
            if weight == 0 { continue }
            let cells = fields.indices.map { batch.columns[$0].dynamicValue(row, type: fields[$0].type) }
            let texts: [String?] = zip(cells, fields).map { cell, field in
                if case .null = cell { return nil }
                return text(of: cell, type: field.type)
            }
            values[texts] = cells
            changes.append(CaseObservation.Change(weight: weight, row: texts))
        }
    }
}

extension CaseObservation {
    /// A line for `compare.py`.
    package func result(of testCase: TestCase) -> JSONValue {
        func cells(_ row: [String?]) -> JSONValue { .array(row.map { $0.map(JSONValue.string) ?? .null }) }
        var members: [JSONValue.Member] = [.init("id", .string(testCase.id))]
        switch self {
        case .error(let sqlState, let message):
            members += [.init("error", .string(message)), .init("sqlstate", .string(sqlState))]
        case .output(let output):
            guard case .result(let expected) = testCase.expectation else {
                members.append(.init("rows", .array(output.rows.map(cells))))
                break
            }
            switch expected.mode {
            case .deltaSteps:
                let steps = output.steps.map { step in
                    JSONValue.array(step.map { .array([.number(String($0.weight)), cells($0.row)]) })
                }
                members.append(.init("steps", .array(steps)))
            case .append, .changelog:
                var changes: [JSONValue] = []
                for change in output.changes {
                    let operation = JSONValue.string(change.weight > 0 ? "+I" : "-D")
                    let entry = JSONValue.object([.init("op", operation), .init("row", cells(change.row))])
                    changes += Array(repeating: entry, count: Int(clamping: change.weight.magnitude))
                }
                members.append(.init("changes", .array(changes)))
            case .final:
                members.append(.init("rows", .array(output.rows.map(cells))))
            }
        }
        return .object(members)
    }
}
