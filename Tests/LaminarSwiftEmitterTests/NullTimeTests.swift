import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

/// What `null_event_time` makes of rows without a time, at every operator that needs one, in both executors.
@Suite struct NullTimeTests {
    /// Pipelines whose stages are all operators that need an event time.
    enum Pipeline: String, CaseIterable {
        case windows, devices

        func make(_ executor: Feeds.Executor, _ policies: RowPolicies) throws -> any RunnablePipeline {
            if executor == .compiled {
                return self == .windows ? WindowsPipeline(policies: policies) : DevicesPipeline(policies: policies)
            }
            let golden = try #require(Golden.all.first { $0.name == "SQL/\(rawValue).sql" })
            let compilation = try golden.compiled()
            return try InterpretedPipeline(
                try #require(compilation.plan), file: compilation.file, policies: [policies])
        }

        func failures(of pipeline: any RunnablePipeline) -> [PipelineError] {
            (pipeline as? InterpretedPipeline)?.failures.map(\.error)
                ?? (pipeline as? WindowsPipeline)?.stopped.map(\.error)
                ?? (pipeline as? DevicesPipeline)?.stopped.map(\.error) ?? []
        }
    }

    private struct Outcome: Equatable {
        var rows: [String: [String]] = [:]
        /// By stage: NULL times.
        var counts: [String: Int64] = [:]
        var rejected: [String] = []
        var failures: [PipelineError] = []
    }

    private static func outcome(
        _ pipeline: Pipeline, _ executor: Feeds.Executor, _ times: [Int64?], _ policy: RowPolicy
    ) throws -> Outcome {
        let running = try pipeline.make(executor, RowPolicies(nullEventTime: policy))
        var outcome = Outcome()
        let sinks = running.interface.sinks
        running.onOutput = { sink, view in
            for row in 0..<view.rowCount {
                let cells = sinks[sink].columns.indices.map { column in
                    let type = SQLType(name: sinks[sink].columns[column].type) ?? .text
                    let value = view.columns[column].dynamicValue(row, type: type)
                    return value == .null ? "NULL" : text(of: value, type: type)
                }
                outcome.rows[sinks[sink].name, default: []].append("\(view.weights?[row] ?? 1) \(cells)")
            }
        }
        running.onRejectedRow = { row in
            outcome.rejected.append("\(row.stage) \(row.reason) \(row.error?.sqlState ?? "")")
            // Compiled code knows the pushed row only where nothing but a transform stands before.
            #expect(row.row == 2 || row.row == nil && executor == .compiled)
        }
        let columns = running.interface.sources[0].columns
        let batch = ColumnBatch(types: columns.map(\.physicalType), capacity: 64)
        for time in times {
            batch.append(
                columns.map { column in
                    switch column.name {
                    case "at": time.map { .timestamp($0 * second) } ?? .null
                    case "device", "url": .text("a")
                    default: .integer((time ?? 1) % 2)
                    }
                })
        }
        // Where every query has stopped the push itself fails.
        do throws(PipelineError) {
            try batch.withView { (view) throws(PipelineError) in try running.push(source: 0, view) }
            try running.finish()
        } catch {
            #expect(policy == .fail, "\(error)")
        }
        outcome.failures = pipeline.failures(of: running)
        for stage in running.status.stages where stage.counters.nullEventTimes > 0 {
            outcome.counts[stage.name] = stage.counters.nullEventTimes
        }
        return outcome
    }

    private static let times: [Int64?] = [1, 2, nil, 9, 40, 90]

    @Test(arguments: Pipeline.allCases, Feeds.Executor.allCases)
    func `a row without a time that is skipped is counted by every operator that needs one, and changes nothing`(
        pipeline: Pipeline, executor: Feeds.Executor
    ) throws {
        let observed = try Self.outcome(pipeline, executor, Self.times, .skip)
        #expect(observed.failures == [] && observed.rejected == [])
        // Each stage that reads rows of the source by their time.
        #expect(observed.counts.count == (pipeline == .windows ? 12 : 2), "\(observed.counts)")
        let without = try Self.outcome(pipeline, executor, [1, 2, 9, 40, 90], .fail)
        #expect(without.failures == [])
        #expect(observed.rows == without.rows)
        #expect(observed.rows.count == (pipeline == .windows ? 10 : 3))
        let other = try Self.outcome(pipeline, executor == .compiled ? .interpreted : .compiled, Self.times, .skip)
        #expect(observed == other)
    }

    @Test(arguments: Pipeline.allCases, Feeds.Executor.allCases)
    func `a row without a time goes to the dead letters once for every operator that needs one`(
        pipeline: Pipeline, executor: Feeds.Executor
    ) throws {
        let observed = try Self.outcome(pipeline, executor, Self.times, .divert)
        let skipped = try Self.outcome(pipeline, executor, Self.times, .skip)
        #expect(observed.rows == skipped.rows)
        #expect(observed.failures == [])
        let expected = skipped.counts.flatMap { stage, count in
            Array(repeating: "\(stage) nullEventTime 22004", count: Int(count))
        }
        #expect(observed.rejected.sorted() == expected.sorted())
    }

    @Test(arguments: Pipeline.allCases, Feeds.Executor.allCases)
    func `a row without a time stops every query that needs one, with its place`(
        pipeline: Pipeline, executor: Feeds.Executor
    ) throws {
        let observed = try Self.outcome(pipeline, executor, Self.times, .fail)
        let skipped = try Self.outcome(pipeline, executor, Self.times, .skip)
        // One that reads what another has failed to give does not fail itself.
        #expect(observed.failures.count >= skipped.counts.count - 1 && !observed.failures.isEmpty)
        for failure in observed.failures {
            #expect(failure.sqlState == "22004" && failure.place != nil, "\(failure)")
            #expect(failure.row == 2 || failure.row == nil && executor == .compiled)
        }
    }
}
