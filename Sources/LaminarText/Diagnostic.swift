/// A message about a user's SQL: what is wrong, where, and what to do about it.
///
/// Messages follow PostgreSQL's style: lower case, no full stop, the object named; the hint is a full sentence.
public struct Diagnostic: Sendable {
    public enum Severity: String, Sendable {
        case error, warning, note
    }

    public var severity: Severity
    /// The five-character SQLSTATE; the stable code by which tools and `docs/errors.md` know the message.
    public var sqlState: String
    public var message: String
    public var span: Span
    public var hint: String?

    public init(
        _ severity: Severity, _ sqlState: String, at span: Span, _ message: String, hint: String? = nil
    ) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
        self.span = span
        self.hint = hint
    }

    /// Renders `file:line:col: error: message [code]`, the line, a caret range and the hint, each on its own line.
    public func rendered(in file: SourceFile) -> String {
        let start = file.location(of: span.lower)
        var text = "\(file.name):\(start.line):\(start.column): \(severity.rawValue): \(message) [\(sqlState)]\n"
        // A very long line is cut to a window around the caret, so that one record of a megabyte stays readable.
        let line = Array(file.line(start.line).unicodeScalars)
        let first = max(0, start.column - 81)
        let last = min(line.count, start.column + 79)
        if first < last || line.isEmpty {
            var shown = String.UnicodeScalarView()
            shown.append(contentsOf: line[min(first, line.count)..<last])
            let end = file.location(of: max(span.upper, span.lower + 1))
            let width = end.line == start.line ? max(1, end.column - start.column) : max(1, line.count - start.column + 1)
            let padding = String(shown.prefix(start.column - 1 - first).map { $0 == "\t" ? "\t" : " " })
            text += "    \(String(shown))\n"
            text += "    \(padding)\(String(repeating: "^", count: min(width, max(1, last - start.column + 1))))\n"
        }
        if let hint { text += "    hint: \(hint)\n" }
        return text
    }
}

/// Collects the diagnostics of one compilation, in the order in which they were found.
public struct Diagnostics: Sendable {
    public private(set) var all: [Diagnostic] = []

    public init() {}

    public var hasErrors: Bool { all.contains { $0.severity == .error } }

    public var errorCount: Int { all.count { $0.severity == .error } }

    public mutating func report(_ diagnostic: Diagnostic) {
        // One mistake is reported once, however many stages stumble over it.
        if all.contains(where: {
            $0.span == diagnostic.span && $0.message == diagnostic.message && $0.severity == diagnostic.severity
        }) {
            return
        }
        all.append(diagnostic)
    }

    public mutating func report(
        _ severity: Diagnostic.Severity, _ sqlState: String, at span: Span, _ message: String, hint: String? = nil
    ) {
        report(Diagnostic(severity, sqlState, at: span, message, hint: hint))
    }

    /// Reports SQL that is understood but cannot be run yet (SQLSTATE 0A000).
    public mutating func unsupported(_ what: String, at span: Span, hint: String? = nil) {
        report(.error, "0A000", at: span, "\(what) is not supported yet", hint: hint)
    }

    public func rendered(in file: SourceFile) -> String {
        all.sorted { ($0.span.lower, $0.span.upper) < ($1.span.lower, $1.span.upper) }
            .map { $0.rendered(in: file) }.joined()
    }
}

/// The candidate that is nearest to `name` by edit distance, if one is near enough to suggest.
///
/// Optimal string alignment distance (a transposition counts one); at most a third of the name may differ.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(1, name.count / 3)
    var best: (String, Int)?
    for candidate in candidates {
        let distance = editDistance(Array(name.lowercased()), Array(candidate.lowercased()))
        if distance <= limit, distance < name.count, distance < best?.1 ?? Int.max { best = (candidate, distance) }
    }
    return best?.0
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    if abs(a.count - b.count) > 8 { return Int.max }
    var previous2 = [Int]()
    var previous = Array(0...b.count)
    for i in a.indices {
        var current = [i + 1]
        for j in b.indices {
            var cost = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, previous2[j - 1] + 1) }
            current.append(cost)
        }
        previous2 = previous
        previous = current
    }
    return previous[b.count]
}
