import Foundation
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Test func `every error code in the sources is documented`() throws {
    let document = try String(contentsOf: root.appending(path: "docs/errors.md"), encoding: .utf8)
    let documented = Set(document.matches(of: /\b[0-9A-Z]{5}\b/).map { String($0.output) })
    #expect(documented.count > 30)
    guard let files = FileManager.default.enumerator(
        at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    else { return }
    for case let file as URL in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        for match in text.matches(of: /(?:\.error, |\.warning, |sqlState: |sqlState = |\): |code: )"([0-9A-Z]{5})"/) {
            #expect(documented.contains(String(match.1)), "\(file.lastPathComponent): \(match.1)")
        }
    }
}
