public import LaminarCSV
import LaminarText

/// The forms that records in files have.
public enum FileFormat: String, Sendable, CaseIterable {
    /// Newline-delimited JSON, also called `json`.
    case ndjson
    case csv
    /// Debezium's envelope, a JSON object per line.
    case debezium

    /// What FORMAT and the option `format` call it.
    init?(named name: String) {
        switch name.lowercased() {
        case "json", "ndjson": self = .ndjson
        case "csv": self = .csv
        case "debezium", "debezium_json", "debezium-json": self = .debezium
        default: return nil
        }
    }
}

/// How the rows of a file say what they do.
public enum FileChanges: Hashable, Sendable {
    /// They do not: all are inserted.
    case insertionsOnly
    /// By a column that holds `+I`, `-U`, `+U` or `-D`; in CSV without a header it is the first.
    ///
    /// - Parameter key: the columns by which rows are upserted; nil: rows are taken back whole.
    case operations(key: Set<String>?)
}

/// What happens to a record that is no row.
public enum RecordErrorPolicy: Hashable, Sendable {
    /// The source stops with the error.
    case fail
    /// The record is counted and left out.
    case skip
    /// The record is counted and written to this file, as NDJSON with the reason.
    case deadLetter(path: String)
}

/// An option that is unknown, or whose value is none.
public struct OptionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The five-character SQLSTATE: HV00D for an unknown option, 22023 for a wrong value, 42601 for one given twice.
    public var sqlState: String
    public var message: String
    public var hint: String?
    /// The position of the option in the list given; nil where one is missing.
    public var optionIndex: Int?

    public init(_ sqlState: String, _ message: String, hint: String? = nil, optionIndex: Int? = nil) {
        self.sqlState = sqlState
        self.message = message
        self.hint = hint
        self.optionIndex = optionIndex
    }

    public var description: String { "\(message) [\(sqlState)]" }
}

/// Where a file source reads and how.
public struct FileSourceOptions: Hashable, Sendable {
    /// A path, which may contain `*`, `?` and `[...]`, or `-` for standard input.
    public var path: String
    public var format: FileFormat
    /// Used where the format is CSV.
    public var csv: CSVOptions
    /// How all files are compressed; nil: each as the ending of its path says.
    public var compression: FileCompression?
    public var errorPolicy: RecordErrorPolicy
    /// The file of rejected records and rows, where something rejects them.
    public var deadLetterPath: String?
    /// The longest record that is read, without its line end; longer ones are errors (54000).
    public var maximumRecordByteCount: Int
    public var changes: FileChanges
    /// The column that says what a row does, where rows say it.
    public var operationColumn: String
    public static let defaultOperationColumn = "_op"

    /// 64 MiB.
    public static let defaultMaximumRecordByteCount = 64 << 20

    public init(
        path: String, format: FileFormat, csv: CSVOptions = CSVOptions(), compression: FileCompression? = nil,
        errorPolicy: RecordErrorPolicy = .fail, maximumRecordByteCount: Int = defaultMaximumRecordByteCount,
        changes: FileChanges = .insertionsOnly, operationColumn: String = defaultOperationColumn,
        deadLetterPath: String? = nil
    ) {
        self.deadLetterPath = deadLetterPath
        if case .deadLetter(let path) = errorPolicy { self.deadLetterPath = path }
        self.path = path
        self.format = format
        self.csv = csv
        self.compression = compression
        self.errorPolicy = errorPolicy
        self.maximumRecordByteCount = maximumRecordByteCount
        self.changes = changes
        self.operationColumn = operationColumn
    }

    /// The options of a file source in SQL, in the order in which messages list them.
    public static let optionNames = [
        "path", "format", "compression", "header", "delimiter", "quote", "null", "on_error", "dead_letter_path", "max_record_bytes",
        "op_column",
    ]

    /// Reads the options of a source as SQL gives them.
    /// - Parameters:
    ///   - format: the name in a FORMAT clause, if there was one.
    ///   - changes: what the declaration says of the rows.
    ///   - rejectsRows: whether rows go to the file of rejected records for other reasons than `on_error`.
    public static func parse(
        _ options: [(key: String, value: String)], format: String? = nil, changes: FileChanges = .insertionsOnly,
        rejectsRows: Bool = false
    ) -> Result<FileSourceOptions, OptionError> {
        do throws(OptionError) {
            let reader = try OptionReader(options, names: optionNames, of: "file source")
            let path = try reader.path()
            let fileFormat = try reader.format(clause: format, path: path)
            let csv = try reader.csv(fileFormat)
            var policy = RecordErrorPolicy.fail
            let deadLetterPath = reader.value("dead_letter_path")
            if let (value, index) = reader.value("on_error") {
                switch value.lowercased() {
                case "fail": policy = .fail
                case "skip": policy = .skip
                case "dead_letter":
                    guard let deadLetterPath else {
                        throw OptionError(
                            "22023", "on_error = 'dead_letter' needs a file",
                            hint: "Add the option dead_letter_path.", optionIndex: index)
                    }
                    policy = .deadLetter(path: deadLetterPath.value)
                default:
                    throw reader.wrongValue("on_error", value, index, "fail, skip or dead_letter")
                }
            }
            if let deadLetterPath {
                if !rejectsRows {
                    guard case .deadLetter = policy else {
                        throw OptionError(
                            "22023", "option \"dead_letter_path\" has no effect without on_error = 'dead_letter'",
                            optionIndex: deadLetterPath.index)
                    }
                }
                if deadLetterPath.value.isEmpty {
                    throw reader.wrongValue("dead_letter_path", "", deadLetterPath.index, "a path")
                }
            }
            if rejectsRows, deadLetterPath == nil {
                throw OptionError(
                    "22023", "null_event_time = 'dead_letter' needs a file", hint: "Add the option dead_letter_path.")
            }
            var maximum = defaultMaximumRecordByteCount
            if let (value, index) = reader.value("max_record_bytes") {
                guard let bytes = Int(value), bytes >= 1, bytes <= 1 << 31 else {
                    throw reader.wrongValue("max_record_bytes", value, index, "a number from 1 to 2147483648")
                }
                maximum = bytes
            }
            var operationColumn = defaultOperationColumn
            if let (value, index) = reader.value("op_column") {
                guard changes != .insertionsOnly, fileFormat != .debezium else {
                    throw OptionError(
                        "22023", "option \"op_column\" has no effect here",
                        hint: fileFormat == .debezium
                            ? "A Debezium envelope has its operation in \"op\"."
                            : "Rows have operations with changelog = 'full' or 'upsert', or in a table with a primary key.",
                        optionIndex: index)
                }
                if value.isEmpty { throw reader.wrongValue("op_column", value, index, "the name of a column") }
                operationColumn = value
            }
            return .success(
                FileSourceOptions(
                    path: path, format: fileFormat, csv: csv, compression: try reader.compression(),
                    errorPolicy: policy, maximumRecordByteCount: maximum, changes: changes,
                    operationColumn: operationColumn, deadLetterPath: deadLetterPath?.value))
        } catch {
            return .failure(error)
        }
    }
}

/// Where a file sink writes and how.
public struct FileSinkOptions: Hashable, Sendable {
    /// A path, or `-` for standard output.
    public var path: String
    public var format: FileFormat
    /// Used where the format is CSV.
    public var csv: CSVOptions
    public var compression: FileCompression

    /// - Parameter compression: nil: as the ending of the path says.
    public init(
        path: String, format: FileFormat, csv: CSVOptions = CSVOptions(), compression: FileCompression? = nil
    ) {
        self.path = path
        self.format = format
        self.csv = csv
        self.compression = compression ?? FileCompression(ofPath: path)
    }

    /// The options of a file sink in SQL, in the order in which messages list them.
    public static let optionNames = ["path", "format", "compression", "header", "delimiter", "quote", "null"]

    /// Reads the options of a sink as SQL gives them.
    /// - Parameter format: the name in a FORMAT clause, if there was one.
    public static func parse(
        _ options: [(key: String, value: String)], format: String? = nil
    ) -> Result<FileSinkOptions, OptionError> {
        do throws(OptionError) {
            let reader = try OptionReader(options, names: optionNames, of: "file sink")
            let path = try reader.path()
            let fileFormat = try reader.format(clause: format, path: path)
            return .success(
                FileSinkOptions(
                    path: path, format: fileFormat, csv: try reader.csv(fileFormat),
                    compression: try reader.compression()))
        } catch {
            return .failure(error)
        }
    }
}

/// Options by name, each known and given once.
private struct OptionReader {
    private var values: [String: (value: String, index: Int)] = [:]

    init(_ options: [(key: String, value: String)], names: [String], of owner: String) throws(OptionError) {
        for (index, option) in options.enumerated() {
            let key = option.key.lowercased()
            guard names.contains(key) else {
                let valid = "Valid options of a \(owner) are: \(names.joined(separator: ", "))."
                let guess = nearestName(to: key, among: names).map { "Did you mean \"\($0)\"? " } ?? ""
                throw OptionError(
                    "HV00D", "\(owner) has no option \"\(option.key)\"", hint: guess + valid, optionIndex: index)
            }
            if values[key] != nil {
                throw OptionError("42601", "option \"\(key)\" given more than once", optionIndex: index)
            }
            values[key] = (option.value, index)
        }
    }

    func value(_ key: String) -> (value: String, index: Int)? { values[key] }

    func wrongValue(_ key: String, _ value: String, _ index: Int, _ expected: String) -> OptionError {
        OptionError(
            "22023", "invalid value for option \"\(key)\": \"\(value)\"", hint: "It must be \(expected).",
            optionIndex: index)
    }

    func path() throws(OptionError) -> String {
        guard let (path, index) = value("path") else {
            throw OptionError(
                "22023", "option \"path\" is missing", hint: "Add path = '...', or '-' for standard input or output.")
        }
        if path.isEmpty || path.utf8.contains(0) { throw wrongValue("path", path, index, "a path, or -") }
        return path
    }

    /// From FORMAT, from the option, or from the ending of the path; NDJSON for standard input and output.
    func format(clause: String?, path: String) throws(OptionError) -> FileFormat {
        let option = value("format")
        if let name = option?.value ?? clause {
            if let option, let clause, option.value.lowercased() != clause.lowercased() {
                throw OptionError(
                    "42601", "format is \"\(clause)\" in FORMAT and \"\(option.value)\" in the options",
                    optionIndex: option.index)
            }
            guard let format = FileFormat(named: name) else {
                throw OptionError(
                    "22023", "files have no format \"\(name)\"", hint: "It must be json, ndjson, csv or debezium.",
                    optionIndex: option?.index)
            }
            return format
        }
        if path == "-" { return .ndjson }
        let name = FileCompression.withoutEnding(path).lowercased()
        if name.hasSuffix(".json") || name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") { return .ndjson }
        if name.hasSuffix(".csv") { return .csv }
        throw OptionError(
            "22023", "the format of \"\(path)\" is not known from its ending",
            hint: "Add format = 'json' or format = 'csv'.", optionIndex: value("path")?.index)
    }

    /// nil: as the ending of each path says.
    func compression() throws(OptionError) -> FileCompression? {
        guard let (value, index) = value("compression"), value.lowercased() != "auto" else { return nil }
        guard let compression = FileCompression(rawValue: value.lowercased()) else {
            throw wrongValue("compression", value, index, "auto, none, gzip or zstd")
        }
        return compression
    }

    func csv(_ format: FileFormat) throws(OptionError) -> CSVOptions {
        var csv = CSVOptions()
        for key in ["header", "delimiter", "quote", "null"] {
            guard let (value, index) = value(key) else { continue }
            guard format == .csv else {
                throw OptionError("22023", "option \"\(key)\" is for format csv only", optionIndex: index)
            }
            switch key {
            case "header":
                switch value.lowercased() {
                case "true", "on", "yes", "1": csv.hasHeader = true
                case "false", "off", "no", "0": csv.hasHeader = false
                default: throw wrongValue(key, value, index, "true or false")
                }
            case "null": csv.nullText = value
            default:
                let text = value == "\\t" ? "\t" : value
                guard text.utf8.count == 1, let byte = text.utf8.first else {
                    throw wrongValue(key, value, index, "one ASCII character")
                }
                if key == "quote" { csv.quote = byte } else { csv.delimiter = byte }
            }
        }
        if let problem = csv.problem {
            let index = ["null", "quote", "delimiter"].compactMap { value($0)?.index }.first
            throw OptionError("22023", problem, optionIndex: index)
        }
        return csv
    }
}
