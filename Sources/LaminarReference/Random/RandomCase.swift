package import LaminarCases

/// A random query over random rows. It is a function of its family and its seed.
package struct RandomCase: Sendable {
    package var family: RandomFamily
    package var seed: String
    package var tables: [RandomTable]
    package var rows: [RandomRow]
    package var query: Sketch
    package var endsInput = true

    /// The case in the form of case files, with an empty expectation.
    package var json: JSONValue {
        func strings(_ texts: [String?]) -> JSONValue { .array(texts.map { $0.map(JSONValue.string) ?? .null }) }
        let inputs = tables.map { table in
            var lines: [JSONValue] = []
            for (index, row) in rows.enumerated() where row.table == table.name {
                lines.append(
                    .object([
                        .init("seq", .number(String(index + 1))), .init("op", .string(row.isDeletion ? "-D" : "+I")),
                        .init("row", strings(row.cells)),
                    ]))
            }
            return JSONValue.Member(table.name, .array(lines))
        }
        let sql = query.sql
        let equivalent = query.referenceSQL
        return .object([
            .init("id", .string("\(family.rawValue) \(seed)")), .init("features", strings([family.rawValue])),
            .init("ddl", strings(tables.map(\.definition))), .init("inputs", .object(inputs)),
            .init("query", .string(sql)), .init("end_of_input", .boolean(endsInput)),
            .init("expect", .object([.init("rows", .array([]))])),
        ] + (equivalent == sql ? [] : [.init("equivalent", .string(equivalent))]))
    }

    package var testCase: TestCase {
        get throws(CaseSyntaxError) { try TestCase(json: json) }
    }
}

/// Kinds of random queries.
package enum RandomFamily: String, Sendable, CaseIterable {
    /// Running groups, over insertions alone.
    case aggregates
    /// Running groups over deletions and over results that change.
    case retraction
    /// DISTINCT, and UNION, INTERSECT, EXCEPT with and without ALL.
    case sets
    case windows
    case sessions
    case joins
    /// Interval joins and joins of equal windows, of one source or of two.
    case timedJoins
    /// Against the same as a join with a rank.
    case asof
    /// Correlated subqueries and LATERAL, against the same as outer joins that are grouped or ranked.
    case subqueries
    /// Functions that give rows, series against the same as a join with constants.
    case rowFunctions
    case groupingSets
    case over
    /// Window functions that wait for the watermark.
    case settled
}

extension RandomCase {
    /// - Parameters:
    ///   - function: the aggregate function to call, where the family calls any.
    ///   - modifier: what that call always has.
    ///   - choice: the windows of the families that have any.
    package init(
        _ family: RandomFamily, seed: String, function: String? = nil, modifier: AggregateModifier? = nil,
        windows choice: WindowChoice = WindowChoice()
    ) {
        let kind = (modifier.map { ["\($0)"] } ?? []) + choice.names
        var random = SeededGenerator("\(family.rawValue)/\(function ?? "")/\(kind.map { "\($0)/" }.joined())\(seed)")
        self.init(family: family, seed: seed, tables: [], rows: [], query: "")
        switch family {
        case .aggregates: makeAggregation(function, modifier, retracts: false, &random)
        case .retraction: makeAggregation(function, modifier, retracts: true, &random)
        case .sets: makeSets(&random)
        case .windows: makeWindows(function, choice, &random)
        case .sessions: makeSessions(function, choice, &random)
        case .joins: makeJoin(&random)
        case .timedJoins: makeTimedJoin(&random)
        case .asof: makeAsofJoin(&random)
        case .subqueries: makeSubquery(&random)
        case .rowFunctions: makeRowFunction(&random)
        case .groupingSets: makeGroupingSets(&random)
        case .over: makeOver(&random)
        case .settled: makeSettledOver(&random)
        }
    }

    /// A table with a key `k`, and some columns of random kinds.
    static func randomTable(
        _ name: String, columns: Int, watermarkDelay: Int? = nil, hasTime: Bool = false, hasID: Bool = false,
        prefix: String = "c", _ random: inout SeededGenerator
    ) -> RandomTable {
        var kinds = ColumnKind.allCases.shuffled(using: &random).prefix(columns)
        if !kinds.contains(where: \.isNumber), columns > 0 { kinds[0] = .integer }
        var made: [RandomColumn] = []
        if hasTime { made.append(RandomColumn(name: "ts", kind: .timestamp)) }
        if hasID { made.append(RandomColumn(name: "id", kind: .integer)) }
        made.append(RandomColumn(name: "k", kind: .integer))
        made += kinds.enumerated().map { RandomColumn(name: "\(prefix)\($0.offset + 1)", kind: $0.element) }
        return RandomTable(name: name, columns: made, watermarkDelay: watermarkDelay)
    }

    // MARK: Aggregates

    private mutating func makeAggregation(
        _ function: String?, _ modifier: AggregateModifier?, retracts: Bool, _ random: inout SeededGenerator
    ) {
        var table = Self.randomTable("t", columns: 3, &random)
        table.addColumn(for: function)
        if retracts, random.chance(25) {
            table.columns.insert(RandomColumn(name: "id", kind: .integer), at: 0)
            table.isKeyed = true
        }
        tables = [table]
        var style = RowStyle()
        style.nulls = random.pick([0, 12, 40])
        var columns = table.namedColumns
        var from: Sketch = "t"
        if retracts {
            if random.chance(60) {
                style.deletions = random.pick([15, 35, 50])
                style.deletable = ["t"]
            }
            if style.deletions == 0 && !table.isKeyed || random.chance(30) {
                (from, columns) = Self.updating(table, &random)
            }
        }
        rows = random.rows(of: tables, style)
        let maker = ExpressionMaker(columns: columns)
        let condition: Sketch =
            random.chance(30) ? .optional(" WHERE \(maker.condition(depth: 1, &random))") : ""
        let aggregates = AggregateMaker(maker: maker, function: function, modifier: modifier)
        var calls = [aggregates.call(&random).sql]
        let others = AggregateMaker(maker: maker)
        for _ in 0..<random.below(3) { calls.append(others.call(&random).sql) }
        let having: Sketch =
            random.chance(15) ? .optional(" HAVING count(*) > \(random.below(4))") : ""
        var keys: [Sketch] = ["k"]
        if random.chance(20) { keys.append("COALESCE(\(maker.expression(random.pick(columns).kind, depth: 1, &random)), NULL)") }
        if random.chance(15) { keys = [] }
        let items = Sketch.list(keys + calls, separator: ", ", minimum: 1)
        if keys.isEmpty {
            query = "SELECT \(items) FROM \(from)\(condition)\(having)"
            return
        }
        var grouping = Sketch.list(keys, separator: ", ", minimum: 1)
        if random.chance(12) {
            let all = Sketch.list(keys + [.text(random.pick(columns).sql)], separator: ", ", minimum: 1)
            switch random.below(3) {
            case 0: grouping = .choice("ROLLUP (\(all))", simpler: [grouping])
            case 1: grouping = .choice("CUBE (\(all))", simpler: [grouping])
            default: grouping = .choice("GROUPING SETS ((\(all)), (\(grouping)), ())", simpler: [grouping])
            }
        }
        query = "SELECT \(items) FROM \(from)\(condition) GROUP BY \(grouping)\(having)"
    }

    /// A subquery over a table whose rows change as rows of the table come.
    static func updating(_ table: RandomTable, _ random: inout SeededGenerator) -> (Sketch, [NamedColumn]) {
        let group = random.pick(table.columns.filter { $0.name != "k" })
        let maker = ExpressionMaker(columns: table.namedColumns)
        let aggregates = AggregateMaker(maker: maker)
        var inner: [(sql: Sketch, kind: ColumnKind)] = [("count(*)", .bigint)]
        for _ in 0..<2 {
            let call = aggregates.call(&random)
            if let kind = call.kind { inner.append((call.sql, kind)) }
        }
        var columns = [NamedColumn("k", .integer), NamedColumn("g", group.kind)]
        var items: [Sketch] = ["k", "\(group.name) AS g"]
        for (index, call) in inner.enumerated() {
            // Roundings of the inner result would be differences of the outer one.
            if call.kind == .double || call.kind == .real { continue }
            items.append("\(call.sql) AS a\(index)")
            columns.append(NamedColumn("a\(index)", call.kind))
        }
        return (
            "(SELECT \(Sketch.list(items, separator: ", ", minimum: 1)) FROM t GROUP BY k, \(group.name)) AS s", columns
        )
    }

    // MARK: Sets

    private mutating func makeSets(_ random: inout SeededGenerator) {
        let a = Self.randomTable("t", columns: 2, &random)
        let b = RandomTable(name: "u", columns: a.columns, watermarkDelay: nil)
        tables = [a, b]
        var style = RowStyle()
        style.nulls = random.pick([0, 20])
        if random.chance(50) {
            style.deletions = 30
            style.deletable = random.chance(50) ? ["t"] : ["t", "u"]
        }
        // Few values, so that rows of both sides are equal.
        style.isCoarse = random.chance(60)
        rows = random.rows(of: tables, style)
        let maker = ExpressionMaker(columns: a.namedColumns)
        let items = a.columns.map { Sketch.text($0.name) }
        func side(_ name: String) -> Sketch {
            let condition: Sketch =
                random.chance(30) ? .optional(" WHERE \(maker.condition(depth: 1, &random))") : ""
            let distinct: Sketch = random.chance(30) ? .optional("DISTINCT ") : ""
            return "SELECT \(distinct)\(items.map(\.sql).joined(separator: ", ")) FROM \(name)\(condition)"
        }
        let operations = ["UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"]
        var both: Sketch = "\(side("t")) \(random.pick(operations)) \(side("u"))"
        if random.chance(25) {
            both = .choice("(\(both)) \(random.pick(operations)) \(side(random.pick(["t", "u"])))", simpler: [both])
        }
        query = .choice(both, simpler: [side("t")])
        if random.chance(30) {
            query = "SELECT k, count(*) FROM (\(both)) AS s GROUP BY k"
        } else if random.chance(20) {
            query = "SELECT DISTINCT k FROM (\(both)) AS s"
        }
    }
}

extension RandomTable {
    var namedColumns: [NamedColumn] { columns.map { NamedColumn($0.name, $0.kind) } }

    /// Makes sure that a function finds a column that it can take.
    mutating func addColumn(for function: String?) {
        guard let kinds = AggregateMaker.functions.first(where: { $0.name == function })?.kinds else { return }
        if !columns.contains(where: { kinds.contains($0.kind) }) { columns.append(RandomColumn(name: "x", kind: kinds[0])) }
    }
}
