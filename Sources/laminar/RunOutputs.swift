import LaminarColumns
import LaminarFiles
import LaminarFormats
import LaminarPlan
import LaminarText
import LaminarTypes

/// Where the rows of a run go: files, standard output, a table on a terminal.
///
/// Sinks of one name share a file; all bare queries share standard output.
final class RunOutputs {
    private enum Target {
        case file(FileSink)
        case terminal(TerminalTable)
    }

    private final class Output {
        let target: Target
        let fields: [Field]
        let isUpdating: Bool
        /// Collects the rows of a query whose result is ordered or cut at the end.
        var materialised: MaterialisedResult?
        var error: FileError?

        init(_ target: Target, _ sink: SinkPlan) {
            self.target = target
            fields = sink.fields
            isUpdating = sink.changelog == .updating
            if !sink.presentation.isEmpty {
                materialised = MaterialisedResult(presentation: sink.presentation, isUpdating: isUpdating)
            }
        }

        func writes(to file: FileSink) -> Bool {
            if case .file(let own) = target { own === file } else { false }
        }
    }

    /// Whether bare queries print to a terminal.
    let isTerminal: Bool
    private var outputs: [Output] = []
    private var files: [FileSink] = []
    private var lastTable: TerminalTable?
    private var lastFlush = monotonicNanoseconds()

    init(_ plan: PipelinePlan, in file: SourceFile) throws(RunFailure) {
        isTerminal = StandardOutput.isTerminal
        var diagnostics = Diagnostics()
        var named: [String: FileSink] = [:]
        var paths: [String: String] = [:]
        for sink in plan.sinks {
            let span = sink.definition.connector?.span ?? sink.definition.span
            let visible = sink.fields.dropLast(sink.presentation.hiddenColumns)
            let isUpdating = sink.changelog == .updating && sink.presentation.isEmpty
            if sink.definition.kind == .query, isTerminal {
                let table = TerminalTable(
                    Array(visible), showsOperations: isUpdating, title: Self.title(of: sink, in: plan))
                outputs.append(Output(.terminal(table), sink))
                continue
            }
            let name = sink.definition.kind == .query ? "query \(outputs.count)" : sink.definition.name
            if let shared = named[name] {
                outputs.append(Output(.file(shared), sink))
                continue
            }
            let options: FileSinkOptions
            if sink.definition.kind == .query {
                options = FileSinkOptions(path: "-", format: .ndjson)
            } else {
                guard let parsed = Self.parse(sink.definition, &diagnostics) else { continue }
                options = parsed
                if options.path != "-", let other = paths.updateValue(name, forKey: options.path) {
                    diagnostics.report(
                        .error, "55006", at: span, "file \"\(options.path)\" is already written by sink \"\(other)\"")
                    continue
                }
            }
            do {
                let made = try FileSink(
                    options, columns: visible.map { ($0.name, $0.type) }, showsOperations: isUpdating)
                files.append(made)
                named[name] = made
                outputs.append(Output(.file(made), sink))
            } catch let error as FileError {
                diagnostics.report(.error, error.sqlState, at: span, error.message, hint: error.hint)
            } catch let error as FormatConfigurationError {
                diagnostics.report(.error, error.sqlState, at: span, error.message)
            } catch {
                diagnostics.report(.error, "58030", at: span, "\(error)")
            }
        }
        if diagnostics.hasErrors { throw RunFailure(diagnostics, in: file) }
    }

    private static func parse(
        _ definition: SinkDefinition, _ diagnostics: inout Diagnostics
    ) -> FileSinkOptions? {
        guard let connector = definition.connector else {
            diagnostics.report(
                .error, "55000", at: definition.span, "sink \"\(definition.name)\" has no connector to write to",
                hint: "Add INTO FILE (path = '...').")
            return nil
        }
        guard fileConnectors.contains(connector.name) else {
            diagnostics.unsupported(
                "connector \"\(connector.name)\"", at: connector.span, hint: "Connectors of laminar run: file.")
            return nil
        }
        switch FileSinkOptions.parse(connector.options.map { ($0.key, $0.value) }, format: connector.format) {
        case .success(let options): return options
        case .failure(let error):
            report(error, connector, options: connector.options, &diagnostics)
            return nil
        }
    }

    private static func title(of sink: SinkPlan, in plan: PipelinePlan) -> String? {
        plan.sinks.count { $0.definition.kind == .query } > 1 ? sink.definition.name : nil
    }

    // MARK: Rows

    func write(_ batch: BatchView, to sink: Int) {
        let output = outputs[sink]
        if output.error != nil { return }
        if output.materialised != nil {
            for row in 0..<batch.rowCount {
                output.materialised?.add(
                    output.fields.indices.map { batch.columns[$0].dynamicValue(row, type: output.fields[$0].type) },
                    weight: batch.weights?[row] ?? 1)
            }
            return
        }
        hand(batch, to: output)
    }

    private func hand(_ batch: BatchView, to output: Output) {
        switch output.target {
        case .file(let file):
            do throws(FileError) {
                try file.write(batch)
            } catch {
                output.error = error
            }
        case .terminal(let table):
            table.add(batch)
        }
    }

    /// The failures since the last call, each with the sinks that it stops.
    func takeFailures() -> [(sinks: [Int], FileError)] {
        var failures: [(sinks: [Int], FileError)] = []
        for (sink, output) in outputs.enumerated() {
            guard let error = output.error, !stopped.contains(sink) else { continue }
            stopped.insert(sink)
            failures.append(([sink], error))
        }
        return failures
    }
    private var stopped: Set<Int> = []

    /// Writes out everything: before a wait, and at the end.
    func flush() {
        lastFlush = monotonicNanoseconds()
        for output in outputs where output.error == nil {
            switch output.target {
            case .file(let file):
                do throws(FileError) {
                    try file.flush()
                } catch {
                    output.error = error
                }
            case .terminal(let table):
                table.print(isAfterAnother: lastTable != nil && lastTable !== table)
                if table.hasPrinted { lastTable = table }
            }
        }
    }

    /// Writes out what has waited for a tenth of a second.
    func flushIfDue() {
        if monotonicNanoseconds() - lastFlush >= 100_000_000 { flush() }
    }

    /// Writes ordered and cut results, then everything else, and closes; the failures that were not taken before.
    func finish() -> [FileError] {
        for output in outputs where output.error == nil {
            guard let result = output.materialised else { continue }
            let types = output.fields.prefix(output.fields.count).map(\.type.physical)
            let batch = ColumnBatch(types: Array(types))
            for row in result.rows() {
                batch.append(row + Array(repeating: .null, count: types.count - row.count))
                if batch.rowCount == 1024 {
                    batch.withView { hand($0, to: output) }
                    batch.clear()
                }
            }
            batch.withView { hand($0, to: output) }
        }
        flush()
        for case .terminal(let table) in outputs.map(\.target) { table.printHeader() }
        var errors = takeFailures().map { $0.1 }
        for file in files where !outputs.contains(where: { $0.error != nil && $0.writes(to: file) }) {
            do throws(FileError) {
                try file.close()
            } catch {
                errors.append(error)
            }
        }
        return errors
    }
}
