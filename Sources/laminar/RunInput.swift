import LaminarColumns
import LaminarFiles
import LaminarFormats
import LaminarPlan
import LaminarRuntime
import LaminarText
import LaminarTypes

/// A source of a run: its files and the batch that they are decoded into.
final class RunInput {
    let source: FileSource
    /// The files, where each is a partition.
    private let partitions: FilePartitions?
    let policies: RowPolicies
    let batch: ColumnBatch
    private static let batchRows = 1024
    let isStandardInput: Bool

    enum Outcome {
        case rows(partition: Int)
        /// One partition has ended, others have not.
        case endOfPartition(Int)
        case end
        /// There may be rows later: no more bytes could be had without waiting.
        case nothing
    }

    private init(_ source: FileSource, _ policies: RowPolicies, hasPartitionPerFile: Bool) throws {
        self.source = source
        partitions = hasPartitionPerFile && source.options.path != "-" ? try FilePartitions(source) : nil
        self.policies = policies
        batch = ColumnBatch(types: source.batchTypes, capacity: Self.batchRows)
        isStandardInput = source.options.path == "-"
    }

    /// How many partitions the files make, where each is one.
    var partitionCount: Int? { partitions?.files.count }
    var rowCount: Int { partitions?.rowCount ?? source.rowCount }
    var rejectedRecordCount: Int { partitions?.rejectedRecordCount ?? source.rejectedRecordCount }

    /// The files, or the one, that the batch is of.
    var current: FileSource { partitions?.current ?? source }

    /// Fills the batch.
    ///
    /// - Parameters:
    ///   - mayRead: asked before bytes are read from standard input, for which it may wait.
    ///   - watermark: the watermark of a partition.
    func next(mayRead: () -> Bool, watermark: (Int) -> Int64) throws(FileError) -> Outcome {
        if let partitions {
            switch try partitions.next(into: batch, maximumRows: Self.batchRows, watermark: watermark) {
            case .rows(let partition): return .rows(partition: partition)
            case .end(let partition): return .endOfPartition(partition)
            case .finished: return .end
            }
        }
        var isDeclined = false
        let result = withoutActuallyEscaping(mayRead) { mayRead -> Result<Bool, FileError> in
            if isStandardInput {
                source.mayRead = {
                    isDeclined = !mayRead()
                    return !isDeclined
                }
            }
            defer { source.mayRead = { true } }
            do throws(FileError) {
                return .success(try source.next(into: batch, maximumRows: Self.batchRows))
            } catch {
                return .failure(error)
            }
        }
        if try result.get() { return .rows(partition: 0) }
        return isDeclined ? .nothing : .end
    }

    /// Opens the sources of a plan; all mistakes in their options are reported together.
    static func open(_ plan: PipelinePlan, in file: SourceFile) throws(RunFailure) -> [RunInput] {
        var diagnostics = Diagnostics()
        var inputs: [RunInput] = []
        var standardInput: String?
        for source in plan.sources {
            guard let parsed = parse(source.definition, &diagnostics) else { continue }
            let (options, policies) = parsed
            let span = source.definition.connector?.span ?? source.definition.span
            if options.path == "-" {
                if let other = standardInput {
                    diagnostics.report(
                        .error, "55006", at: span, "standard input is already read by source \"\(other)\"")
                    continue
                }
                standardInput = source.definition.name
            }
            let columns = source.fields.enumerated().map {
                DecodedColumn($1.name, $1.type, isNullable: $1.isNullable, outputIndex: $0)
            }
            do {
                let files = try FileSource(options, columns: columns, tableColumns: source.definition.columns.map(\.name))
                inputs.append(
                    try RunInput(
                        files, policies, hasPartitionPerFile: source.definition.timing.partitionsByFile))
            } catch let error as FileError {
                diagnostics.report(.error, error.sqlState, at: span, error.message, hint: error.hint)
            } catch let error as FormatConfigurationError {
                diagnostics.report(.error, error.sqlState, at: span, error.message)
            } catch {
                diagnostics.report(.error, "58030", at: span, "\(error)")
            }
        }
        if diagnostics.hasErrors { throw RunFailure(diagnostics, in: file) }
        return inputs
    }

    private static func parse(
        _ definition: SourceDefinition, _ diagnostics: inout Diagnostics
    ) -> (FileSourceOptions, RowPolicies)? {
        guard let connector = definition.connector else {
            diagnostics.report(
                .error, "55000", at: definition.span,
                "source \"\(definition.name)\" has no connector to read from",
                hint: "Add FROM FILE (path = '...').")
            return nil
        }
        guard fileConnectors.contains(connector.name) else {
            diagnostics.unsupported(
                "connector \"\(connector.name)\"", at: connector.span, hint: "Connectors of laminar run: file.")
            return nil
        }
        if !definition.defaults.isEmpty {
            diagnostics.unsupported("DEFAULT in a source of files", at: definition.span)
            return nil
        }
        var policies = RowPolicies()
        var isValid = true
        var passed: [ConnectorDefinition.Option] = []
        for option in connector.options {
            guard option.key.lowercased() == "null_event_time" else {
                passed.append(option)
                continue
            }
            switch option.value.lowercased() {
            case "fail": policies.nullEventTime = .fail
            case "skip": policies.nullEventTime = .skip
            case "dead_letter": policies.nullEventTime = .divert
            default:
                diagnostics.report(
                    .error, "22023", at: option.span,
                    "invalid value for option \"null_event_time\": \"\(option.value)\"",
                    hint: "It must be fail, skip or dead_letter.")
                isValid = false
            }
        }
        let changes: FileChanges =
            switch definition.changes {
            case .append: .insertionsOnly
            case .full: .operations(key: nil)
            case .upsert: .operations(key: Set(definition.primaryKey.map { definition.visible[$0].field.name }))
            }
        switch FileSourceOptions.parse(
            passed.map { ($0.key, $0.value) }, format: connector.format, changes: changes,
            rejectsRows: policies.nullEventTime == .divert)
        {
        case .success(let options):
            switch options.errorPolicy {
            case .fail: break
            case .skip: policies.evaluationError = .skip
            case .deadLetter: policies.evaluationError = .divert
            }
            return isValid ? (options, policies) : nil
        case .failure(let error):
            report(error, connector, options: passed, &diagnostics)
            return nil
        }
    }
}

/// The names under which SQL knows files.
let fileConnectors: Set<String> = ["file", "files", "filesystem"]

/// Reports a wrong option at its place.
func report(
    _ error: OptionError, _ connector: ConnectorDefinition, options: [ConnectorDefinition.Option],
    _ diagnostics: inout Diagnostics
) {
    let span = error.optionIndex.map { options[$0].span } ?? connector.span
    diagnostics.report(.error, error.sqlState, at: span, error.message, hint: error.hint)
}
