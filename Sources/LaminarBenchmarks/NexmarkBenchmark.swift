internal import LaminarColumns
package import LaminarRuntime
import LaminarTypes

/// One Nexmark query over generated data, with any executor.
package struct NexmarkBenchmark {
    package enum Input: String, CaseIterable, Sendable {
        case columns, ndjson, csv
    }

    private let directory: String
    private let input: Input
    private let batchRows: Int
    /// Microseconds by which the clock goes on with each row; nil: it is the system's.
    private let clockStep: Int64?
    private let makePipeline: () throws(BenchmarkError) -> any RunnablePipeline

    package init(
        directory: String, input: Input, batchRows: Int = 1024, clockStep: Int64? = nil,
        makePipeline: @escaping () throws(BenchmarkError) -> any RunnablePipeline
    ) {
        self.directory = directory
        self.input = input
        self.batchRows = batchRows
        self.clockStep = clockStep
        self.makePipeline = makePipeline
    }

    /// Runs the query `repetitions` times and returns the one that took the least processor time.
    ///
    /// Data is read from disk before; what is measured is decoding (for `ndjson` and `csv`) and the query. With
    /// `output`, one more run, which is not measured, writes the result: of an updating one the table at the end.
    package func run(repetitions: Int, output: String?) throws(BenchmarkError) -> Measurement {
        let interface = try makePipeline().interface
        guard interface.sinks.count == 1 else {
            throw BenchmarkError("queries with several sinks are not supported yet")
        }
        let feed = try feed(interface.sources)
        var best: Measurement?
        for _ in 0..<max(repetitions, 1) {
            let pipeline = try makePipeline()
            let sink = CopyingSink(interface.sinks[0].columns)
            pipeline.onOutput = { _, batch in sink.take(batch) }
            let measurement = try Measurement.of { () throws(BenchmarkError) in
                try feed(pipeline)
                return sink.rows
            }
            if best == nil || measurement.processorSeconds < (best?.processorSeconds ?? 0) { best = measurement }
        }
        if let output {
            let csv = try CanonicalCSV(path: output)
            let pipeline = try makePipeline()
            let columns = interface.sinks[0].columns
            let isUpdating = interface.sinks[0].isUpdating
            pipeline.onOutput = { _, batch in
                if isUpdating { csv.apply(batch, columns) } else { csv.write(batch, columns) }
            }
            try feed(pipeline)
            try csv.finish()
        }
        return best ?? Measurement(wallSeconds: 0, processorSeconds: 0, rowsOut: 0)
    }

    /// Loads the data of the sources; the result brings it to a pipeline, whole, and ends the input.
    private func feed(
        _ sources: [PipelineInterface.Source]
    ) throws(BenchmarkError) -> (any RunnablePipeline) throws(BenchmarkError) -> Void {
        let batchRows = batchRows
        let clockStep = clockStep
        switch input {
        case .columns:
            var tables: [NexmarkColumns] = []
            for source in sources { tables.append(try NexmarkColumns(directory: directory, source: source)) }
            return { (pipeline) throws(BenchmarkError) in
                do throws(PipelineError) {
                    let clock = clockStep.map { _ in SetClock(Self.firstTime) }
                    if let clock { pipeline.clock = clock.clock }
                    try Self.push(tables, into: pipeline, batchRows: batchRows) { rows in
                        clock?.now += Int64(rows) * (clockStep ?? 0)
                    }
                    try pipeline.finish()
                } catch {
                    throw BenchmarkError(error.description)
                }
            }
        case .ndjson, .csv:
            guard clockStep == nil else { throw BenchmarkError("queries over processing time run over columns only") }
            guard sources.count == 1 else {
                throw BenchmarkError("queries with several sources run over columns only")
            }
            let records = try NexmarkRecords(
                directory: directory, source: sources[0], format: input == .csv ? .csv : .ndjson)
            return { (pipeline) throws(BenchmarkError) in
                try records.push(into: pipeline, source: 0, batchRows: batchRows)
            }
        }
    }

    /// Where the clock begins that is set: where Nexmark's times do.
    private static let firstTime: Int64 = 1_436_918_400_000_000

    /// Pushes tables side by side, each in batches of as many rows as come in the time of a full batch of the largest.
    private static func push(
        _ tables: [NexmarkColumns], into pipeline: any RunnablePipeline, batchRows: Int, pushed: (_ rows: Int) -> Void
    ) throws(PipelineError) {
        let rounds = max(1, ((tables.map(\.rowCount).max() ?? 0) + batchRows - 1) / batchRows)
        for round in 0..<rounds {
            for (source, table) in tables.enumerated() {
                let rows = table.rowCount * round / rounds..<table.rowCount * (round + 1) / rounds
                if !rows.isEmpty { try table.push(rows, into: pipeline, source: source) }
                pushed(rows.count)
            }
        }
    }
}

/// Takes results as a sink would: it copies the values of each batch into memory of its own, and counts rows.
private final class CopyingSink {
    private(set) var rows = 0
    private let strides: [Int]
    private var memory: UnsafeMutableRawPointer
    private var capacity = 1024

    init(_ columns: [PipelineInterface.Column]) {
        strides = columns.map(\.physicalType.stride)
        memory = .allocate(byteCount: capacity * strides.reduce(0, +), alignment: 64)
    }

    deinit {
        memory.deallocate()
    }

    func take(_ batch: BatchView) {
        if batch.rowCount > capacity {
            capacity = batch.rowCount
            memory.deallocate()
            memory = .allocate(byteCount: capacity * strides.reduce(0, +), alignment: 64)
        }
        var target = memory
        for (index, stride) in strides.enumerated() {
            target.copyMemory(from: batch.columns[index].values, byteCount: batch.rowCount * stride)
            target += capacity * stride
        }
        rows &+= batch.rowCount
    }
}
