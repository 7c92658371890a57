import Foundation
import LaminarBinding
import LaminarColumns
import LaminarCompiler
import LaminarInterpreter
import LaminarRuntime
import LaminarText
import LaminarTypes
import Testing

/// Generated code and the interpreter over one plan: the same rows, the same errors, the same bytes of state.
@Suite struct ExecutorParityTests {
    enum Query: String, CaseIterable, CustomTestStringConvertible {
        case candles, bids, windows, time, sources

        var testDescription: String { rawValue }

        func compiled() -> any RunnablePipeline {
            switch self {
            case .candles: CandlesPipeline()
            case .bids: BidsPipeline()
            case .windows: WindowsPipeline()
            case .time: TimePipeline()
            case .sources: SourcesPipeline()
            }
        }

        func interpreted() throws -> any RunnablePipeline {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("SQL")
            let text = try String(contentsOf: folder.appendingPathComponent("\(rawValue).sql"), encoding: .utf8)
            let compilation = compile(
                SourceFile(name: "SQL/\(rawValue).sql", text: text),
                options: CompilationOptions(binding: BindingOptions(exposesStreams: true)))
            return try InterpretedPipeline(try #require(compilation.plan), file: compilation.file)
        }

        /// Random rows in the order of the source's columns; `hasFailure` puts a value that overflows in the middle.
        func rows(_ count: Int, seed: UInt64, hasFailure: Bool = false) -> [[Value]] {
            var numbers = ParityNumbers(state: seed)
            return (0..<count).map { index in
                let time = Value.timestamp(Int64(index) * 1_000_000 + Int64.random(in: -9...9, using: &numbers) * 100_000)
                let name = "N\(Int.random(in: 0..<5, using: &numbers))"
                let text = Value.text(index % 3 == 0 ? name : "a name longer than twelve bytes \(name)")
                let price = Int64.random(in: 1...1000, using: &numbers)
                let isFailure = hasFailure && index == count / 2
                switch self {
                case .candles: return [text, .integer(isFailure ? .max : price), .integer(2), time]
                case .windows, .sources:
                    // Some rows come far too late.
                    let late = index % 13 == 12 ? Value.timestamp(Int64(index - 12) * 1_000_000) : time
                    return [
                        .integer(Int64.random(in: 0..<3, using: &numbers)), .integer(price % 2),
                        index % 11 == 0 ? .null : .integer(price), late, index % 5 == 0 ? .null : text,
                    ]
                case .time:
                    let late = index % 13 == 12 ? index - 12 : index
                    return [
                        .integer(Int64.random(in: 0..<3, using: &numbers)), .integer(price % 7),
                        index % 11 == 0 ? .null : .integer(price),
                        .integer(Int64(late) * 1000 + Int64.random(in: -900...900, using: &numbers)),
                        index % 5 == 0 ? .null : text,
                    ]
                case .bids:
                    return [
                        .integer(Int64.random(in: 0..<4, using: &numbers) * 123), .integer(price % 7),
                        index % 11 == 0 ? .null : .integer(isFailure ? .max : price), time,
                        index % 5 == 0 ? .null : text,
                    ]
                }
            }
        }
    }

    @Test(arguments: Query.allCases, [1, 7, 300])
    func `both give the same rows and state`(query: Query, batch: Int) throws {
        let rows = query.rows(300, seed: 17)
        let compiled = try outcome(of: [query.compiled()], rows, batch: batch)
        let interpreted = try outcome(of: [try query.interpreted()], rows, batch: batch)
        #expect(compiled.rows == interpreted.rows)
        let statesAreEqual = compiled.snapshot == interpreted.snapshot
        #expect(statesAreEqual)
        #expect(compiled.rows.contains { !$0.isEmpty })
    }

    @Test(arguments: Query.allCases)
    func `each goes on from the other's snapshot`(query: Query) throws {
        let rows = query.rows(200, seed: 23)
        let whole = try outcome(of: [query.compiled()], rows, batch: 20)
        let there = try outcome(of: [query.compiled(), try query.interpreted()], rows, batch: 20)
        let back = try outcome(of: [try query.interpreted(), query.compiled()], rows, batch: 20)
        #expect(there.rows == whole.rows)
        #expect(back.rows == whole.rows)
        #expect(there.snapshot == whole.snapshot)
        #expect(back.snapshot == whole.snapshot)
    }

    @Test func `both fail at the same row, place and code`() throws {
        let rows = Query.candles.rows(100, seed: 5, hasFailure: true)
        let compiled = try outcome(of: [Query.candles.compiled()], rows, batch: 16)
        let interpreted = try outcome(of: [try Query.candles.interpreted()], rows, batch: 16)
        #expect(compiled.error != nil)
        #expect(compiled.error == interpreted.error)
        #expect(compiled.rows == interpreted.rows)
    }

    private struct Outcome {
        var rows: [[String]] = []
        var snapshot: [UInt8] = []
        var error: String?
    }

    /// Pushes the rows in equal shares through the pipelines, each restored from the one before.
    private func outcome(of pipelines: [any RunnablePipeline], _ rows: [[Value]], batch size: Int) throws -> Outcome {
        var outcome = Outcome(rows: pipelines[0].interface.sinks.map { _ in [] })
        let share = rows.count / pipelines.count
        let clock = SetClock()
        for (index, pipeline) in pipelines.enumerated() {
            pipeline.clock = clock.clock
            if index > 0 { try pipeline.restore(pipelines[index - 1].snapshot()) }
            pipeline.onOutput = { sink, view in
                let columns = pipeline.interface.sinks[sink].columns
                for row in 0..<view.rowCount {
                    let cells = columns.indices.map { column in
                        let type = columns[column].physicalType == .string ? SQLType.text : .bigint
                        return "\(view.columns[column].dynamicValue(row, type: type))"
                    }
                    outcome.rows[sink].append("\(view.weights?[row] ?? 1) \(cells.joined(separator: " "))")
                }
            }
            do throws(PipelineError) {
                for start in stride(from: index * share, to: (index + 1) * share, by: size) {
                    clock.now = Int64(start) * 1_000_000
                    try pipeline.advanceClock()
                    let types = pipeline.interface.sources[0].columns.map(\.physicalType)
                    let batch = ColumnBatch(types: types, capacity: 64)
                    for row in rows[start..<min(start + size, (index + 1) * share)] { batch.append(row) }
                    try batch.withView { (view) throws(PipelineError) in try pipeline.push(source: 0, view) }
                    try pipeline.advanceWatermark(source: 0, to: Int64(start + size) * 1_000_000 - 30_000_000)
                }
            } catch {
                outcome.error = "\(error.sqlState) at \(error.place ?? "?"), row \(error.row ?? -1)"
            }
        }
        outcome.snapshot = pipelines[pipelines.count - 1].snapshot()
        return outcome
    }
}

struct ParityNumbers: RandomNumberGenerator {
    var state: UInt64

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
