import Foundation
import LaminarTypes

@testable import LaminarSwiftEmitter

/// Expressions as Swift functions in files of their own, compiled by swiftc against this build's modules and run.
///
/// The functions are what the emitter makes of expressions in any pipeline; pipelines around each would only make the
/// compiler take a hundred times as long.
struct CompiledExpressionProgram {
    /// Results by the position of the expression; nil for those that the emitter refuses, with its message.
    struct Outcome {
        var results: [Results?]
        var refusals: [Int: String] = [:]
    }

    /// The folder that holds the build's modules and object files.
    static let build = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path

    static func evaluate(
        _ expressions: [BoundExpression], over table: SampleTable, isOptimized: Bool = false
    ) throws -> Outcome {
        var outcome = Outcome(results: Array(repeating: nil, count: expressions.count))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("random-expressions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        var calls = ""
        let perFile = 250
        for start in stride(from: 0, to: expressions.count, by: perFile) {
            var text = "import LaminarRuntime\n\n"
            var runs = ""
            for number in start..<min(start + perFile, expressions.count) {
                switch function(expressions[number], number) {
                case .success(let (declaration, call)):
                    text += declaration + "\n"
                    runs += call
                case .failure(let refusal): outcome.refusals[number] = refusal.message
                }
            }
            let name = "file\(start / perFile)"
            text += "func \(name)(_ run: inout ExpressionRun) {\n\(runs)}\n"
            calls += "    \(name)(&run)\n"
            files.append(folder.appendingPathComponent("\(name).swift").path)
            try text.write(toFile: files[files.count - 1], atomically: true, encoding: .utf8)
        }
        files.append(folder.appendingPathComponent("SampleRow.swift").path)
        try (sampleRow + "func evaluateAll(_ run: inout ExpressionRun) {\n\(calls)}\n")
            .write(toFile: files[files.count - 1], atomically: true, encoding: .utf8)
        files.append(repository + "/Tests/RandomExpressionTests/Compiled/main.swift")
        let program = folder.appendingPathComponent("expressions").path
        _ = try runProcess(
            ["swiftc", isOptimized ? "-O" : "-Onone", "-swift-version", "6", "-j", "2", "-module-name", "Expressions",
                "-I", "\(build)/Modules", "-o", program] + files + objects())
        let input = folder.appendingPathComponent("rows")
        try rows(table).write(to: input, atomically: true, encoding: .utf8)
        for line in try runProcess(["bash", "-c", "\(program) < \(input.path)"]).split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(parts[0]) else { throw PostgreSQLServer.Failure(message: String(line)) }
            outcome.results[number] = parts[1].split(separator: ",", omittingEmptySubsequences: false).enumerated().map { row, cell in
                var text = PostgreSQLServer.decoded(cell)
                if case .char = expressions[number].expression.type { text = text.map { String($0.reversed().drop { $0 == " " }.reversed()) } }
                return text
            }
        }
        return outcome
    }

    private struct Refusal: Error { var message: String }

    private static func function(_ bound: BoundExpression, _ number: Int) -> Result<(String, String), Refusal> {
        var emitter = ExpressionEmitter()
        let inputs = bound.inputs.map { position in
            ExpressionEmitter.Input(
                expression: .member(.identifier("row"), SampleTable.columns[position].name),
                isOptional: SampleTable.columns[position].isNullable)
        }
        let emitted = emitter.emitSharing(bound.expression, inputs: inputs)
        if let error = emitter.diagnostics.all.first(where: { $0.severity == .error }) { return .failure(Refusal(message: error.message)) }
        let type = bound.expression.type.physical.swiftName + (emitted.isOptional ? "?" : "")
        var body: [SwiftStatement] = [.result(emitted.code)]
        if case .sharing(let parts, let value, _) = emitted.code { body = parts.map { .part($0) } + [.result(value)] }
        let declaration = """
            func expression\(number)(_ row: SampleRow, _ arena: inout Arena, _ fault: inout Fault) -> \(type) {
                \(SwiftPrinter.lines(body).joined(separator: "\n    "))
            }

            """
        let call = "    run.evaluate(\(number), \"\(bound.expression.type)\") { expression\(number)($0, &$1, &$2) }\n"
        return .success((declaration, call))
    }

    private static var sampleRow: String {
        let members = SampleTable.columns.map { column in
            "    let \(column.name): \(column.type.type.physical.swiftName)\(column.isNullable ? "?" : "")\n"
        }
        let reads = SampleTable.columns.enumerated().map { index, column in
            column.isNullable
                ? "        \(column.name) = view.columns[\(index)].optional(row)\n"
                : "        \(column.name) = view.columns[\(index)].value(row)\n"
        }
        return """
            import LaminarRuntime

            let sampleTypes = [\(SampleTable.columns.map { "\"\($0.type.type)\"" }.joined(separator: ", "))]

            struct SampleRow: BitwiseCopyable {
            \(members.joined())
                init(_ view: BatchView, _ row: Int) {
            \(reads.joined())    }
            }


            """
    }

    private static func rows(_ table: SampleTable) -> String {
        table.rows.map { row in
            row.map { cell in cell.map { "=" + $0.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() } ?? "N" }
                .joined(separator: ",") + "\n"
        }.joined()
    }

    /// The object files of what generated code links: those of files that there are, not of ones that are gone.
    private static func objects() throws -> [String] {
        try ["LaminarTypes", "LaminarKernels", "LaminarColumns", "LaminarState", "LaminarRuntime"].flatMap { target in
            let folder = "\(build)/\(target).build"
            let map = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(folder)/output-file-map.json")))
            let outputs = (map as? [String: [String: String]] ?? [:]).values.compactMap { $0["object"] }
            return outputs.map { "\(folder)/\(URL(fileURLWithPath: $0).lastPathComponent)" }.sorted()
        }
    }
}
