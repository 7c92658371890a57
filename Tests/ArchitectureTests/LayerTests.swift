import Foundation
import Testing

/// The targets in the order of the table in `docs/architecture.md`.
private func documentedOrder() throws -> [String] {
    let document = try String(contentsOf: packageRoot.appending(path: "docs/architecture.md"), encoding: .utf8)
    var order: [String] = []
    for line in document.split(separator: "\n") where line.hasPrefix("|") {
        let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        guard cells.count > 2 else { continue }
        let parts = cells[2].split(separator: "`")
        for part in parts where part.wholeMatch(of: /(C?Laminar|laminar)[A-Za-z-]*/) != nil { order.append(String(part)) }
    }
    return order
}

private let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private func importedModules(of folder: URL) throws -> [(file: String, module: String)] {
    guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
    var imports: [(file: String, module: String)] = []
    for case let file as URL in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        for line in text.split(separator: "\n") where line.contains("import ") {
            // `@attribute public import Module`: the word behind `import`, if only modifiers stand before it.
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
                words[..<keyword].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal"].contains($0) })
            else { continue }
            imports.append((file.lastPathComponent, String(words[keyword + 1])))
        }
    }
    return imports
}

private func folder(of target: String) -> URL {
    packageRoot.appending(path: target == "LaminarTemplates" ? "Templates" : "Sources/\(target)")
}

@Test func `every target stands in the table and every row of the table is a target`() throws {
    let order = try documentedOrder()
    let sources = try FileManager.default.contentsOfDirectory(atPath: packageRoot.appending(path: "Sources").path)
    // C targets belong to the Swift target that wraps them.
    let targets = Set(sources.filter { !$0.hasPrefix("C") && !$0.hasPrefix(".") })
    #expect(targets.subtracting(order).isEmpty)
    for target in order { #expect(FileManager.default.fileExists(atPath: folder(of: target).path), "\(target)") }
}

@Test func `a target imports only targets of earlier rows`() throws {
    let order = try documentedOrder()
    #expect(order.count > 10)
    for (position, target) in order.enumerated() {
        for (file, module) in try importedModules(of: folder(of: target)) where order.contains(module) {
            let earlier = order.firstIndex(of: module).map { $0 < position } ?? false
            #expect(earlier || module == target, "\(target)/\(file) imports \(module)")
        }
    }
}

@Test func `what users of the plugin compile or link uses no Foundation`() throws {
    let order = try documentedOrder()
    let closure = order.prefix { $0 != "LaminarInterpreter" } + ["LaminarCompiler", "laminar-compile"]
    for target in closure {
        for (file, module) in try importedModules(of: folder(of: target)) {
            #expect(module != "Foundation" && module != "FoundationEssentials", "\(target)/\(file)")
        }
    }
}
