import Glibc
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
                materialised = MaterialisedResult(sink)
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

    /// - Parameter inputs: the sources, whose files must not be written.
    init(_ plan: PipelinePlan, reading inputs: [RunInput], in file: SourceFile) throws(RunFailure) {
        isTerminal = StandardOutput.isTerminal
        var diagnostics = Diagnostics()
        // No file is emptied before all is known to be right.
        let options = Self.options(of: plan, reading: inputs, &diagnostics)
        if diagnostics.hasErrors { throw RunFailure(diagnostics, in: file) }
        var named: [String: FileSink] = [:]
        for (sink, options) in zip(plan.sinks, options) {
            let span = sink.definition.connector?.span ?? sink.definition.span
            let columns = sink.fields.dropLast(sink.presentation.hiddenColumns).map { field in
                // A literal whose type nothing has decided is text.
                Field(field.name, field.type == .unknown ? .text : field.type, isNullable: field.isNullable)
            }
            let operations = plan.operations(of: sink)
            guard let options else {
                let title = plan.sinks.count { $0.definition.kind == .query } > 1 ? sink.definition.name : nil
                outputs.append(
                    Output(.terminal(TerminalTable(columns, operations: operations, title: title)), sink))
                continue
            }
            if sink.definition.kind == .sink, let shared = named[sink.definition.name] {
                outputs.append(Output(.file(shared), sink))
                continue
            }
            do {
                let made = try FileSink(
                    options, columns: columns.map { ($0.name, $0.type) }, operations: operations)
                files.append(made)
                if sink.definition.kind == .sink { named[sink.definition.name] = made }
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

    /// Where each sink writes; nil: to the terminal.
    private static func options(
        of plan: PipelinePlan, reading inputs: [RunInput], _ diagnostics: inout Diagnostics
    ) -> [FileSinkOptions?] {
        var writers: [String: String] = [:]
        return plan.sinks.map { sink in
            let definition = sink.definition
            if definition.kind == .query {
                return StandardOutput.isTerminal ? nil : FileSinkOptions(path: "-", format: .ndjson)
            }
            guard let options = parse(definition, &diagnostics) else { return nil }
            let span = definition.connector?.span ?? definition.span
            if options.path != "-", let other = writers.updateValue(definition.name, forKey: options.path),
                other != definition.name
            {
                diagnostics.report(
                    .error, "55006", at: span, "file \"\(options.path)\" is already written by sink \"\(other)\"")
            }
            if inputs.contains(where: { $0.source.files.contains { isSameFile($0, options.path) } }) {
                diagnostics.report(
                    .error, "55006", at: span, "file \"\(options.path)\" is read by this run and cannot be written")
            }
            return options
        }
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

extension PipelinePlan {
    /// How rows of a sink show what they do: those of all queries that fill it alike.
    fileprivate func operations(of sink: SinkPlan) -> RowOperations {
        let fillers =
            sink.definition.kind == .sink
            ? sinks.filter { $0.definition.kind == .sink && $0.definition.name == sink.definition.name } : [sink]
        switch sink.definition.declaredChanges ?? fillers.map(\.definition.changes).first(where: { $0 != .append }) {
        case .upsert: return .upserts(key: sink.definition.primaryKey)
        case .full where sink.definition.kind == .sink:
            let keys = Set(fillers.map { key(of: $0.input) })
            return .field(key: keys.count == 1 ? key(of: sink.input) : nil)
        case .append, .full, nil: break
        }
        guard sink.changelog == .updating, sink.presentation.isEmpty else { return .insertionsOnly }
        return .field(key: key(of: sink.input))
    }

    /// The columns that identify a row of a stage's result; nil: all of them, with the row's multiplicity.
    fileprivate func key(of input: StageInput) -> [Int]? {
        if case .stage(let stage) = input { stages[stage].properties.key } else { nil }
    }
}

/// Whether two paths lead to one regular file.
private func isSameFile(_ a: String, _ b: String) -> Bool {
    if a == "-" || b == "-" { return false }
    var (first, second) = (stat(), stat())
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
        && first.st_ino == second.st_ino && first.st_mode & S_IFMT == S_IFREG
}
