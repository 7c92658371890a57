import Foundation
import LaminarBinding
import LaminarCompiler
import LaminarText
import Testing

/// Each `Plans/NAME.sql` is compiled; what `explain` prints of every stage, and every diagnostic, is `Plans/NAME.txt`.
/// `UPDATE_GOLDEN=1 swift test` records it anew.
@Test(arguments: try planFiles())
func `the plan is as recorded`(name: String) throws {
    let folder = planFolder
    let text = try String(contentsOf: folder.appending(path: "\(name).sql"), encoding: .utf8)
    let file = SourceFile(name: "\(name).sql", text: text)
    var options = CompilationOptions()
    options.binding.exposesStreams = true
    let compilation = compile(file, options: options)
    var output = compilation.diagnostics.rendered(in: file)
    if let plan = compilation.plan {
        output += "== logical\n\(compilation.logical.graph.text)"
        output += "== rewritten\n\(compilation.rewritten.graph.text)"
        output += "== pipeline\n\(plan.graph.text)"
    }
    let golden = folder.appending(path: "\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
        try output.write(to: golden, atomically: true, encoding: .utf8)
        return
    }
    let expected = try String(contentsOf: golden, encoding: .utf8)
    #expect(output == expected)
}

private let planFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Plans")

private func planFiles() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: planFolder.path).filter { $0.hasSuffix(".sql") }
        .map { String($0.dropLast(4)) }.sorted()
}
