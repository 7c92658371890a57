/// The SQL of a case as one file: definitions, views, query.
///
/// A case whose query inserts into a sink gets the CREATE SINK that its `sink` field stands for.
package func programText(of testCase: TestCase) -> String {
    var statements = testCase.definitions
    if let sink = testCase.sink {
        var elements = sink.columns.map { "\(quoted($0.name)) \($0.type)" }
        if !sink.primaryKey.isEmpty {
            elements.append("PRIMARY KEY (\(sink.primaryKey.map(quoted).joined(separator: ", "))) NOT ENFORCED")
        }
        statements.append("CREATE SINK \(quoted(sink.name.lowercased())) (\(elements.joined(separator: ", ")))")
    }
    statements += testCase.views.map(\.sql)
    statements.append(testCase.query)
    return statements.map { statement in
        var text = Substring(statement)
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        // A comment at the end must not swallow the semicolon.
        return text + "\n;\n"
    }.joined()
}

/// Quoted with backticks, which every dialect here takes.
private func quoted(_ name: String) -> String {
    "`" + name.replacing("`", with: "``") + "`"
}
