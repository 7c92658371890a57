import Foundation
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Test func `every error code in the sources is documented`() throws {
    let document = try String(contentsOf: root.appending(path: "docs/errors.md"), encoding: .utf8)
    let documented = Set(document.matches(of: /\b[0-9A-Z]{5}\b/).map { String($0.output) })
    #expect(documented.count > 30)
    // Swift's own regular expressions would take the better part of a minute over all sources.
    let pattern = try NSRegularExpression(
        pattern: #"(?:\.error, |\.warning, |sqlState: |sqlState = |\): |code: )"([0-9A-Z]{5})""#)
    guard let files = FileManager.default.enumerator(
        at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    else { return }
    for case let file as URL in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        for match in pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
            guard let range = Range(match.range(at: 1), in: text) else { continue }
            #expect(documented.contains(String(text[range])), "\(file.lastPathComponent): \(text[range])")
        }
    }
}
