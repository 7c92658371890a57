import Foundation

/// A throw-away PostgreSQL 15, started for one script.
enum PostgreSQLServer {
    static let binaries = "/usr/lib/postgresql/15/bin"

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: "\(binaries)/initdb") }

    struct Failure: Error { var message: String }

    /// For each expression its type and its results over the rows, or an SQLSTATE where it cannot be planned.
    struct Outcome {
        var type: String
        /// nil where PostgreSQL refuses the expression as such.
        var results: Results?
        var refusal: String?
    }

    /// Evaluates expressions over a table of the sample's rows.
    static func evaluate(_ expressions: [ExpressionTerm], over table: SampleTable) throws -> [Outcome] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("random-expressions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("calls.sql")
        try text(expressions, table).write(to: script, atomically: true, encoding: .utf8)
        let output = try runProcess(
            ["bash", repository + "/Tests/Recordings/with-postgresql.sh", "psql", "-AtqX", "-v", "ON_ERROR_STOP=1", "-f", script.path])
        var outcomes: [Outcome] = []
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { throw Failure(message: String(line)) }
            if parts[1].hasPrefix("!") {
                outcomes.append(Outcome(type: "", results: nil, refusal: String(parts[1].dropFirst())))
            } else {
                outcomes.append(Outcome(type: parts[1], results: parts[2].split(separator: ",", omittingEmptySubsequences: false).map(decoded), refusal: nil))
            }
        }
        guard outcomes.count == expressions.count else { throw Failure(message: "\(outcomes.count) answers of PostgreSQL") }
        return outcomes
    }

    static func decoded(_ cell: Substring) -> String? {
        if cell == "N" { return nil }
        if cell.hasPrefix("!") { return String(cell) }
        var bytes: [UInt8] = []
        var digits = cell.dropFirst()
        while digits.count >= 2 {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func text(_ expressions: [ExpressionTerm], _ table: SampleTable) -> String {
        var text = """
            SET client_min_messages = error;
            SET statement_timeout = '20s';
            CREATE TABLE sample (id integer, \(SampleTable.definition(hasNotNull: false)));

            """
        for (index, row) in table.rows.enumerated() {
            text += "INSERT INTO sample VALUES (\(index), \(row.map { $0.map(quoted) ?? "NULL" }.joined(separator: ", ")));\n"
        }
        // Type and results of an expression: cells in hexadecimal behind `=`, `N` for NULL, `!` and the SQLSTATE of rows that fail.
        text += """
            CREATE FUNCTION outcome(number integer, call text, constants text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE
                kind text;
                relation text := '(SELECT *' || constants || ' FROM sample OFFSET 0) AS sample';
                cell text := $q$(SELECT coalesce('=' || encode(convert_to((x)::text, 'UTF8'), 'hex'), 'N') FROM (SELECT $q$ || call || $q$ AS x) AS cell)$q$;
                found text;
                cells text[] := '{}';
            BEGIN
                BEGIN
                    EXECUTE 'CREATE TEMP VIEW typed AS SELECT ' || call || ' AS x FROM ' || relation;
                    SELECT format_type(atttypid, NULL) INTO kind FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attname = 'x';
                    DROP VIEW typed;
                EXCEPTION WHEN OTHERS THEN
                    RETURN number || E'\\t!' || SQLSTATE || E'\\t';
                END;
                BEGIN
                    EXECUTE 'SELECT array_agg(' || cell || ' ORDER BY id) FROM ' || relation INTO cells;
                EXCEPTION WHEN OTHERS THEN
                    cells := '{}';
                    FOR place IN 0..\(table.rows.count - 1) LOOP
                        BEGIN
                            EXECUTE 'SELECT ' || cell || ' FROM ' || relation || ' WHERE id = ' || place INTO found;
                        EXCEPTION WHEN OTHERS THEN
                            found := '!' || SQLSTATE;
                        END;
                        cells := cells || found;
                    END LOOP;
                END;
                RETURN number || E'\\t' || kind || E'\\t' || array_to_string(cells, ',');
            END $$;

            """
        for (index, expression) in expressions.enumerated() {
            // Constants come as columns, or the planner would compute them before any row, in branches too that no row takes.
            var constants = ""
            var count = 0
            let call = expression.sql { leaf in
                guard case .literal = leaf else { return ExpressionTerm.plain(leaf) }
                count += 1
                constants += ", \(ExpressionTerm.plain(leaf)) AS constant_\(count)"
                return "constant_\(count)"
            }
            text += "SELECT outcome(\(index), \(quoted(call)), \(quoted(constants)));\n"
        }
        return text
    }
}

/// The folder of this package.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// Runs a program to its end; its standard output.
func runProcess(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    let errors = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        throw PostgreSQLServer.Failure(message: "\(arguments.prefix(3)) ended with \(process.terminationStatus): \(said.suffix(4000))")
    }
    return String(decoding: data, as: UTF8.self)
}
