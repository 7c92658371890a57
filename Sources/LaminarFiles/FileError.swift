import Glibc
public import LaminarFormats

/// A file that cannot be read or written, or a record in one that is no row.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The five-character SQLSTATE: 58P01 for a missing file, 42501 for a forbidden one, 53100 for a full disk, 58030
    /// for other failures of input and output, 22P04 for bytes that cannot be decompressed, and those of records.
    public var sqlState: String
    public var message: String
    public var hint: String?
    /// The file, `-` for standard input or output.
    public var path: String
    /// The record at fault, where it is one.
    public var record: RecordError?

    public init(_ sqlState: String, _ message: String, hint: String? = nil, path: String, record: RecordError? = nil) {
        self.sqlState = sqlState
        self.message = message
        self.hint = hint
        self.path = path
        self.record = record
    }

    init(_ record: RecordError, path: String) {
        self.init(record.sqlState, record.message, hint: record.hint, path: path, record: record)
    }

    /// `could not open file "x": No such file or directory`, in PostgreSQL's words.
    init(could action: String, path: String, code: Int32) {
        let state =
            switch code {
            case ENOENT, ENOTDIR: "58P01"
            case EACCES, EPERM, EROFS: "42501"
            case ENOSPC, EDQUOT: "53100"
            case EMFILE, ENFILE: "53000"
            default: "58030"
            }
        let reason = String(cString: strerror(code))
        self.init(state, "could not \(action) \(shownName(path, for: action)): \(reason)", path: path)
    }

    /// `path:line:column: message [SQLSTATE]`, or without line and column where no record is at fault.
    public var description: String {
        let name = path == "-" ? "standard input" : path
        if let record { return "\(name):\(record)" }
        return "\(message) [\(sqlState)]"
    }
}

func shownName(_ path: String, for action: String) -> String {
    if path != "-" { return "file \"\(path)\"" }
    return action.hasPrefix("write") || action.hasPrefix("close") ? "standard output" : "standard input"
}
