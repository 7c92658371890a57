import Foundation
import LaminarExpressions
import Testing

@Test func `docs/sql-reference.md shows the catalogue`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let file = root.appendingPathComponent("docs/sql-reference.md")
    let rendered = renderFunctionReference(.standard)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
        try Data(rendered.utf8).write(to: file)
    }
    let recorded = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    let isCurrent = recorded == rendered
    #expect(isCurrent, "Record it anew with UPDATE_GOLDEN=1 swift test --filter LaminarExpressionsTests.")
}
