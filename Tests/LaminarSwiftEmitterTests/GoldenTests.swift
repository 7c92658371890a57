import Foundation
import LaminarBinding
import LaminarCompiler
import LaminarPlan
import LaminarSwiftEmitter
import LaminarText
import Testing

/// A SQL file and the Swift that it became, which this target compiles.
struct Golden: CustomTestStringConvertible {
    /// From the repository's root.
    let sql: String
    /// As generated code shows it.
    let name: String
    let swift: String

    static let all = [
        Golden(sql: "examples/ohlc/Sources/ohlc/ohlc.sql", name: "Sources/ohlc/ohlc.sql", swift: "ohlc.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/shapes.sql", name: "SQL/shapes.sql", swift: "shapes.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/candles.sql", name: "SQL/candles.sql", swift: "candles.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/bids.sql", name: "SQL/bids.sql", swift: "bids.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/nested.sql", name: "SQL/nested.sql", swift: "nested.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/rows.sql", name: "SQL/rows.sql", swift: "rows.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/windows.sql", name: "SQL/windows.sql", swift: "windows.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/tables.sql", name: "SQL/tables.sql", swift: "tables.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/joins.sql", name: "SQL/joins.sql", swift: "joins.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/time.sql", name: "SQL/time.sql", swift: "time.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/sources.sql", name: "SQL/sources.sql", swift: "sources.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/policies.sql", name: "SQL/policies.sql", swift: "policies.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/expiry.sql", name: "SQL/expiry.sql", swift: "expiry.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/versions.sql", name: "SQL/versions.sql", swift: "versions.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/feeds.sql", name: "SQL/feeds.sql", swift: "feeds.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/devices.sql", name: "SQL/devices.sql", swift: "devices.sql.swift"),
        Golden(sql: "Tests/LaminarSwiftEmitterTests/SQL/failures.sql", name: "SQL/failures.sql", swift: "failures.sql.swift"),
        Golden(
            sql: "Tests/LaminarSwiftEmitterTests/SQL/functions.sql", name: "SQL/functions.sql", swift: "functions.sql.swift"),
    ]

    var testDescription: String { name }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

    var swiftFile: URL { Self.folder.appending(path: "Generated").appending(path: swift) }

    func compiled() throws -> Compilation {
        let text = try String(contentsOf: Self.root.appending(path: sql), encoding: .utf8)
        return compile(
            SourceFile(name: name, text: text),
            options: CompilationOptions(binding: BindingOptions(exposesStreams: true)))
    }

    func emitted() throws -> String {
        let compilation = try compiled()
        let plan = try #require(compilation.plan, "\(compilation.diagnostics.rendered(in: compilation.file))")
        var diagnostics = Diagnostics()
        let swift = emitSwift(plan, file: compilation.file, name: name, diagnostics: &diagnostics)
        return try #require(swift, "\(diagnostics.rendered(in: compilation.file))")
    }
}

@Suite struct GoldenTests {
    /// Re-record with UPDATE_GOLDEN=1, then read the difference as code.
    @Test(arguments: Golden.all) func `generated Swift is what was recorded, which compiles`(golden: Golden) throws {
        let emitted = try golden.emitted()
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try emitted.write(to: golden.swiftFile, atomically: true, encoding: .utf8)
        }
        let recorded = try String(contentsOf: golden.swiftFile, encoding: .utf8)
        let difference = zip(emitted.split(separator: "\n"), recorded.split(separator: "\n")).first { $0 != $1 }
        #expect(difference == nil)
        #expect(emitted == recorded)
    }

    @Test(arguments: Golden.all) func `the same input gives the same bytes`(golden: Golden) throws {
        #expect(try golden.emitted() == golden.emitted())
    }

    @Test func `generated files name no place of the machine`() throws {
        for golden in Golden.all { #expect(!(try golden.emitted().contains("/work"))) }
    }
}
