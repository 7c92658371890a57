import Foundation
import LaminarSyntax
import LaminarText
import Testing

/// A file of cases: `# rule`, SQL, `----`, the expected text, a blank line.
///
/// `UPDATE_GOLDEN=1 swift test` writes the expected texts anew; read the difference as code.
struct Golden {
    struct Case {
        var rule: String
        var sql: String
        var expected: String
    }

    let url: URL
    var cases: [Case] = []

    init(_ name: String) throws {
        url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/\(name)")
        var rule = ""
        var sql: [Substring] = []
        var expected: [Substring]?
        func finish(_ cases: inout [Case]) {
            guard !sql.isEmpty else { return }
            cases.append(
                Case(
                    rule: rule, sql: sql.joined(separator: "\n"),
                    expected: (expected ?? []).map { $0 + "\n" }.joined()))
            sql = []
            expected = nil
        }
        for line in try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.isEmpty {
                finish(&cases)
            } else if expected != nil {
                expected?.append(line)
            } else if sql.isEmpty, line.hasPrefix("# ") {
                rule = String(line.dropFirst(2))
            } else if line == "----" {
                expected = []
            } else {
                sql.append(line)
            }
        }
        finish(&cases)
    }

    /// Compares each case's expected text with what `transform` makes of its SQL.
    func check(_ transform: (SourceFile) -> String) throws {
        #expect(!cases.isEmpty)
        var recorded = ""
        for item in cases {
            let actual = transform(SourceFile(name: "case.sql", text: item.sql))
            recorded += "# \(item.rule)\n\(item.sql)\n----\n\(actual)\n"
            if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == nil {
                #expect(actual == item.expected, "\(url.lastPathComponent): \(item.rule): \(item.sql)")
            }
        }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try recorded.write(to: url, atomically: true, encoding: .utf8)
        }
    }
}

/// What the parser makes of a text: its tree, or its errors if there are any.
func parsed(_ file: SourceFile, substitutions: [String: String]? = [:]) -> String {
    var diagnostics = Diagnostics()
    let statements = parseStatements(file, substitutions: substitutions, diagnostics: &diagnostics)
    return diagnostics.all.isEmpty ? textForm(of: statements) : diagnostics.rendered(in: file)
}
