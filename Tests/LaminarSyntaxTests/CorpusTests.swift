import Foundation
import LaminarSyntax
import LaminarText
import Testing

/// The acceptance corpus is a sibling of the repository on development machines only.
private let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/acceptance")

/// Cases whose SQL is refused on purpose, with the reason.
private let refused: [String: String] = [
    "MATCH_RECOGNIZE": "is refused as a whole until it can run"
]

@Suite struct CorpusTests {
    @Test func `every statement of the acceptance corpus parses`() throws {
        let files = ((try? FileManager.default.contentsOfDirectory(at: corpus, includingPropertiesForKeys: nil)) ?? [])
            .filter { $0.pathExtension == "jsonl" }.sorted { $0.path < $1.path }
        if files.isEmpty {
            print("skipped: no acceptance corpus beside the repository")
            return
        }
        var cases = 0
        var parsedCases = 0
        var refusedCases = 0
        for file in files {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                guard let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                    Issue.record("\(file.lastPathComponent): not an object: \(line.prefix(80))")
                    continue
                }
                cases += 1
                let id = record["id"] as? String ?? "?"
                var texts = [record["query"] as? String ?? ""]
                texts += record["ddl"] as? [String] ?? []
                texts += record["ddl_source_dialect"] as? [String] ?? []
                texts += (record["views"] as? [[String: Any]] ?? []).compactMap { $0["sql"] as? String }
                // The same query as users of other engines write it.
                texts += (record["variants"] as? [String: String] ?? [:]).sorted { $0.key < $1.key }.map {
                    // A remark in prose that is no part of the query.
                    $0.value.replacingOccurrences(of: "(LEFT semantics in Snowflake)", with: "")
                }
                texts += (record["oracle_sql"] as? String).map { [$0] } ?? []
                let sqlState = (record["error"] as? [String: Any])?["sqlstate"] as? String ?? ""
                if refused.keys.contains(where: { name in texts.contains { $0.contains(name) } }) {
                    refusedCases += 1
                    continue
                }
                var isParsed = true
                for text in texts {
                    let source = SourceFile(name: id, text: text)
                    var diagnostics = Diagnostics()
                    let statements = parseStatements(source, substitutions: nil, diagnostics: &diagnostics)
                    if diagnostics.all.contains(where: { $0.sqlState == sqlState }) { continue }
                    if diagnostics.hasErrors || statements.count != 1 {
                        isParsed = false
                        Issue.record("\(id): \(diagnostics.rendered(in: source))")
                    }
                }
                if isParsed { parsedCases += 1 }
            }
        }
        print("acceptance corpus: \(parsedCases) of \(cases) cases parse, \(refusedCases) refused on purpose")
        #expect(parsedCases + refusedCases == cases)
        #expect(refusedCases <= 4)
    }
}
