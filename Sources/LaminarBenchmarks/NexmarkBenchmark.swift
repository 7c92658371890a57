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
    private let makePipeline: () throws(BenchmarkError) -> any RunnablePipeline

    package init(
        directory: String, input: Input, batchRows: Int = 1024,
        makePipeline: @escaping () throws(BenchmarkError) -> any RunnablePipeline
    ) {
        self.directory = directory
        self.input = input
        self.batchRows = batchRows
        self.makePipeline = makePipeline
    }

    /// Runs the query `repetitions` times and returns the one that took the least processor time.
    ///
    /// Data is read from disk before; what is measured is decoding (for `ndjson` and `csv`) and the query. With
    /// `output`, one more run, which is not measured, writes the result.
    package func run(repetitions: Int, output: String?) throws(BenchmarkError) -> Measurement {
        let interface = try makePipeline().interface
        guard interface.sources.count == 1, let source = interface.sources.first, interface.sinks.count == 1 else {
            throw BenchmarkError("queries with several sources or sinks are not supported yet")
        }
        let feed = try feed(source)
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
            pipeline.onOutput = { _, batch in csv.write(batch, columns) }
            try feed(pipeline)
            try csv.finish()
        }
        return best ?? Measurement(wallSeconds: 0, processorSeconds: 0, rowsOut: 0)
    }

    /// Loads the data of a source; the result brings it to a pipeline, whole, and ends the input.
    private func feed(
        _ source: PipelineInterface.Source
    ) throws(BenchmarkError) -> (any RunnablePipeline) throws(BenchmarkError) -> Void {
        switch input {
        case .columns:
            let columns = try NexmarkColumns(directory: directory, source: source)
            let strides = source.columns.map(\.physicalType.stride)
            let batchRows = batchRows
            return { (pipeline) throws(BenchmarkError) in
                do throws(PipelineError) {
                    try columns.push(into: pipeline, source: 0, strides: strides, batchRows: batchRows)
                    try pipeline.finish()
                } catch {
                    throw BenchmarkError(error.description)
                }
            }
        case .ndjson, .csv:
            let records = try NexmarkRecords(
                directory: directory, source: source, format: input == .csv ? .csv : .ndjson)
            let batchRows = batchRows
            return { (pipeline) throws(BenchmarkError) in
                try records.push(into: pipeline, source: 0, batchRows: batchRows)
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
