/// Why a line of a case file is not a case.
package struct CaseSyntaxError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension TestCase {
    /// Reads one line of a case file. Fields that say where a case comes from are not looked at.
    package init(json: JSONValue) throws(CaseSyntaxError) {
        guard case .object = json else { throw CaseSyntaxError("a case is a JSON object") }
        guard let id = json["id"]?.string else { throw CaseSyntaxError("\"id\" is missing") }
        guard let query = json["query"]?.string else { throw CaseSyntaxError("\"query\" is missing") }
        self.id = id
        self.query = query
        equivalent = json["equivalent"]?.string
        features = try Self.strings(json, "features")
        let dialectName = json["dialect"]?.string ?? "postgresql"
        guard let dialect = Dialect(rawValue: dialectName) else {
            throw CaseSyntaxError("unknown dialect \"\(dialectName)\"")
        }
        self.dialect = dialect
        // The original text is taken where both are there, since only it has the watermarks.
        let original = try Self.strings(json, "ddl_source_dialect")
        definitions = original.isEmpty ? try Self.strings(json, "ddl") : original
        inputs = try Self.rows(json["inputs"])
        views = []
        for view in try Self.elements(json, "views") {
            guard let name = view["name"]?.string, let sql = view["sql"]?.string else {
                throw CaseSyntaxError("a view needs \"name\" and \"sql\"")
            }
            views.append(View(name: name, sql: sql, createdAfter: view["created_after_seq"]?.integer ?? 0))
        }
        if let sink = json["sink"] {
            guard let name = sink["name"]?.string else { throw CaseSyntaxError("\"sink\" needs a \"name\"") }
            self.sink = Sink(
                name: name, columns: try Self.columns(sink), primaryKey: try Self.strings(sink, "primary_key"))
        }
        endsInput = json["end_of_input"]?.boolean ?? true
        expectation = try Self.expectation(json)
    }

    private static func expectation(_ json: JSONValue) throws(CaseSyntaxError) -> Expectation {
        if let error = json["error"] {
            guard let state = error["sqlstate"]?.string, state.utf8.count == 5 else {
                throw CaseSyntaxError("\"error\" needs a five-character \"sqlstate\"")
            }
            return .error(sqlState: state)
        }
        guard let expect = json["expect"] else { throw CaseSyntaxError("\"expect\" or \"error\" is missing") }
        let modeName = expect["mode"]?.string ?? "final"
        guard let mode = Mode(rawValue: modeName) else { throw CaseSyntaxError("unknown mode \"\(modeName)\"") }
        var rows: [[String?]] = []
        for row in try elements(expect, "rows") { rows.append(try cells(row)) }
        var steps: [Step] = []
        for step in try elements(expect, "steps") {
            var delta: [(weight: Int64, row: [String?])] = []
            for change in try elements(step, "delta") {
                guard let pair = change.elements, pair.count == 2, let weight = pair[0].integer else {
                    throw CaseSyntaxError("a delta is a list of [weight, row]")
                }
                delta.append((Int64(weight), try cells(pair[1])))
            }
            steps.append(Step(number: step["step"]?.integer ?? steps.count, delta: delta))
        }
        return .result(
            Result(
                columns: try columns(expect), rows: rows, mode: mode,
                isOrdered: expect["ordered"]?.boolean ?? false, steps: steps))
    }

    private static func rows(_ json: JSONValue?) throws(CaseSyntaxError) -> [Row] {
        guard let json else { return [] }
        guard let tables = json.members else { throw CaseSyntaxError("\"inputs\" is an object of tables") }
        var rows: [Row] = []
        for table in tables {
            for row in table.value.elements ?? [] {
                guard let sequence = row["seq"]?.integer else { throw CaseSyntaxError("a row needs \"seq\"") }
                let name = row["op"]?.string ?? "+I"
                guard let operation = Operation(rawValue: name) else {
                    throw CaseSyntaxError("unknown op \"\(name)\" at seq \(sequence)")
                }
                guard let values = row["row"] else { throw CaseSyntaxError("\"row\" is missing at seq \(sequence)") }
                let phase = row["phase"]?.string
                guard phase == nil || phase == "before" || phase == "after" else {
                    throw CaseSyntaxError("unknown phase \"\(phase ?? "")\" at seq \(sequence)")
                }
                rows.append(
                    Row(
                        table: table.name, sequence: sequence, operation: operation, cells: try cells(values),
                        isAfterRestart: phase == "after", step: row["step"]?.integer))
            }
        }
        // Stable, so that rows of one table that share a number keep the order of the file.
        return rows.enumerated().sorted {
            ($0.element.isAfterRestart ? 1 : 0, $0.element.sequence, $0.offset)
                < ($1.element.isAfterRestart ? 1 : 0, $1.element.sequence, $1.offset)
        }.map(\.element)
    }

    private static func columns(_ json: JSONValue) throws(CaseSyntaxError) -> [Column] {
        var columns: [Column] = []
        for column in try elements(json, "columns") {
            columns.append(Column(name: column["name"]?.string ?? "", type: column["type"]?.string ?? "unknown"))
        }
        return columns
    }

    private static func cells(_ json: JSONValue) throws(CaseSyntaxError) -> [String?] {
        guard let elements = json.elements else { throw CaseSyntaxError("a row is a list of cells") }
        var cells: [String?] = []
        for element in elements {
            switch element {
            case .string(let text): cells.append(text)
            case .null: cells.append(nil)
            default: throw CaseSyntaxError("a cell is a string or null")
            }
        }
        return cells
    }

    private static func elements(_ json: JSONValue, _ name: String) throws(CaseSyntaxError) -> [JSONValue] {
        guard let value = json[name] else { return [] }
        guard let elements = value.elements else { throw CaseSyntaxError("\"\(name)\" is not a list") }
        return elements
    }

    private static func strings(_ json: JSONValue, _ name: String) throws(CaseSyntaxError) -> [String] {
        var strings: [String] = []
        for element in try elements(json, name) {
            guard let string = element.string else { throw CaseSyntaxError("\"\(name)\" is a list of strings") }
            strings.append(string)
        }
        return strings
    }
}
