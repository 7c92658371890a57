import LaminarCases

/// Queries that the binder turns into others before there is a plan. The reference evaluates other words for the same: outer
/// joins that are grouped or ranked by the left row, which its `id` (or, of a table by key, its key) tells apart.
extension RandomCase {
    /// Tables `t` and `u` with deletions, or by key, and the columns of both as `a` and `b`.
    private mutating func makeTwoTables(
        columns: Int = 2, _ random: inout SeededGenerator
    ) -> (left: [NamedColumn], right: [NamedColumn]) {
        var t = Self.randomTable("t", columns: columns, hasID: true, &random)
        var u = Self.randomTable("u", columns: columns, hasID: true, prefix: "d", &random)
        t.isKeyed = random.chance(25)
        u.isKeyed = random.chance(25)
        tables = [t, u]
        var style = RowStyle()
        style.nulls = random.pick([0, 20])
        if random.chance(60) {
            style.deletions = 30
            style.deletable = random.pick([["t"], ["u"], ["t", "u"]])
        }
        rows = random.rows(of: tables, style)
        return (
            t.columns.map { NamedColumn("a.\($0.name)", $0.kind) }, u.columns.map { NamedColumn("b.\($0.name)", $0.kind) }
        )
    }

    private func condition(
        _ both: ExpressionMaker, _ random: inout SeededGenerator
    ) -> Sketch {
        if random.chance(20) { return both.condition(depth: 1, &random) }
        let key: Sketch = .text(random.pick(["a.k = b.k", "a.k = b.k", "a.k IS NOT DISTINCT FROM b.k", "a.k >= b.k"]))
        return random.chance(50) ? "\(key)\(Sketch.optional(" AND \(both.condition(depth: 1, &random))"))" : key
    }

    // MARK: ASOF

    mutating func makeAsofJoin(_ random: inout SeededGenerator) {
        let (left, right) = makeTwoTables(&random)
        // Ties go by the key, or by what makes them equal.
        guard let kind = left.map(\.kind).first(where: { kind in kind != .boolean && right.contains { $0.kind == kind } }),
            let mine = left.filter({ $0.kind == kind }).randomElement(using: &random),
            let other = right.filter({ $0.kind == kind }).randomElement(using: &random)
        else { return }
        let both = ExpressionMaker(columns: left + right)
        let looksBack = random.chance(50)
        let comparison = "\(mine.sql) \(looksBack ? random.pick([">=", ">"]) : random.pick(["<=", "<"])) \(other.sql)"
        var condition: Sketch = random.chance(85) ? "a.k = b.k AND \(comparison)" : .text(comparison)
        if random.chance(25) { condition = "\(condition)\(Sketch.optional(" AND \(equality(both, &random))"))" }
        let kindOfJoin = random.pick(["", "LEFT "])
        // Where ties have no key to go by, only what they share comes out.
        let shown = tables[1].isKeyed ? "b.id, b.k, \(other.sql)" : other.sql
        let names = tables[1].isKeyed ? "b_id, b_k, b_x" : "b_x"
        let named = tables[1].isKeyed ? "b.id AS b_id, b.k AS b_k, \(other.sql) AS b_x" : "\(other.sql) AS b_x"
        let order = "\(other.sql) \(looksBack ? "DESC" : "ASC") NULLS LAST, b.id"
        query = .twin(
            "SELECT a.id, a.k, \(shown) FROM t AS a ASOF \(kindOfJoin)JOIN u AS b ON {0}",
            reference: """
                SELECT id, k, \(names) FROM (SELECT a.id, a.k, \(named), ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY \(order)) AS rn \
                FROM t AS a \(kindOfJoin)JOIN u AS b ON {0}) AS s WHERE rn = 1
                """, [condition])
    }

    /// A condition that is no second inequality of the two sides.
    private func equality(_ both: ExpressionMaker, _ random: inout SeededGenerator) -> Sketch {
        let column = random.pick(both.columns.filter { $0.sql.hasPrefix("b.") })
        return .text("\(column.sql) IS NOT NULL")
    }

    // MARK: Correlated subqueries and LATERAL

    mutating func makeSubquery(_ random: inout SeededGenerator) {
        let (left, right) = makeTwoTables(&random)
        let both = ExpressionMaker(columns: left + right)
        let condition = condition(both, &random)
        let outer: Sketch =
            random.chance(25)
            ? .optional(" WHERE \(ExpressionMaker(columns: left).condition(depth: 1, &random))") : ""
        // A grouped outer join has each left row once; the id of an outer join's padding is NULL.
        let joined = "FROM t AS a LEFT JOIN u AS b ON {0}{1} GROUP BY a.id, a.k"
        let present = "FILTER (WHERE b.id IS NOT NULL)"
        switch random.below(9) {
        case 0, 1:
            let call = aggregateCall(right, &random)
            query = .twin(
                "SELECT a.id, a.k, (SELECT \(call) FROM u AS b WHERE {0}) FROM t AS a{1}",
                reference: "SELECT a.id, a.k, \(call) \(present) \(joined)", [condition, outer])
        case 2:
            let call = aggregateCall(right, &random)
            query = .twin(
                "SELECT a.id, a.k, s.v FROM t AS a, LATERAL (SELECT \(call) AS v FROM u AS b WHERE {0}) AS s{1}",
                reference: "SELECT a.id, a.k, \(call) \(present) \(joined)", [condition, outer])
        case 3:
            let not = random.chance(50)
            query = .twin(
                "SELECT a.id, a.k, \(not ? "NOT " : "")EXISTS (SELECT 1 FROM u AS b WHERE {0}) FROM t AS a{1}",
                reference: "SELECT a.id, a.k, count(b.id) \(not ? "=" : ">") 0 \(joined)", [condition, outer])
        case 4:
            let not = random.chance(50)
            query = .twin(
                "SELECT a.id, a.k FROM t AS a WHERE a.k = 1 OR \(not ? "NOT " : "")EXISTS (SELECT 1 FROM u AS b WHERE {0})",
                reference: """
                    SELECT a.id, a.k FROM t AS a LEFT JOIN u AS b ON {0} GROUP BY a.id, a.k \
                    HAVING a.k = 1 OR count(b.id) \(not ? "=" : ">") 0
                    """, [condition])
        case 5:
            query = .twin(
                "SELECT a.id, a.k, a.k IN (SELECT b.k FROM u AS b WHERE {0}) FROM t AS a{1}",
                reference: """
                    SELECT a.id, a.k, CASE WHEN count(b.id) = 0 THEN FALSE WHEN bool_or(a.k = b.k) \(present) THEN TRUE \
                    WHEN a.k IS NULL OR count(b.id) > count(b.k) THEN CAST(NULL AS BOOLEAN) ELSE FALSE END \(joined)
                    """, [condition, outer])
        case 6:
            query = .twin(
                "SELECT a.id, a.k, a.k > ALL (SELECT b.k FROM u AS b WHERE {0}) FROM t AS a{1}",
                reference: """
                    SELECT a.id, a.k, CASE WHEN count(b.id) = 0 THEN TRUE WHEN bool_or(a.k <= b.k) \(present) THEN FALSE \
                    WHEN a.k IS NULL OR count(b.id) > count(b.k) THEN CAST(NULL AS BOOLEAN) ELSE TRUE END \(joined)
                    """, [condition, outer])
        case 7:
            let value = random.pick(right).sql
            let order = "\(value)\(random.pick([" DESC", ""])) NULLS LAST, b.id"
            let limit = 1 + random.below(3)
            let kind = random.chance(50) ? "LEFT " : ""
            query = .twin(
                """
                SELECT a.id, a.k, s.b_id, s.v FROM t AS a \(kind.isEmpty ? "CROSS " : kind)JOIN LATERAL \
                (SELECT b.id AS b_id, \(value) AS v FROM u AS b WHERE {0} ORDER BY \(order) LIMIT \(limit)) AS s\
                \(kind.isEmpty ? "" : " ON TRUE"){1}
                """,
                reference: """
                    SELECT id, k, b_id, v FROM (SELECT a.id, a.k, b.id AS b_id, \(value) AS v, \
                    ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY \(order)) AS rn \
                    FROM t AS a \(kind)JOIN u AS b ON {0}{1}) AS s WHERE rn <= \(limit)
                    """, [condition, outer])
        default:
            let group = random.pick(right).sql
            query = .twin(
                "SELECT a.id, s.g, s.n FROM t AS a, LATERAL (SELECT \(group) AS g, count(*) AS n FROM u AS b WHERE {0} GROUP BY \(group)) AS s{1}",
                reference: "SELECT a.id, \(group), count(*) FROM t AS a JOIN u AS b ON {0}{1} GROUP BY a.id, \(group)",
                [condition, outer])
        }
    }

    private func aggregateCall(_ columns: [NamedColumn], _ random: inout SeededGenerator) -> String {
        let value = random.pick(columns)
        switch random.below(6) {
        case 0: return "count(*)"
        case 1: return "count(DISTINCT \(value.sql))"
        case 2 where value.kind != .boolean: return "min(\(value.sql))"
        case 3 where value.kind != .boolean: return "max(\(value.sql))"
        case 4 where value.kind.isNumber: return "sum(\(value.sql))"
        default: return "count(\(value.sql))"
        }
    }

    // MARK: Functions that give rows

    mutating func makeRowFunction(_ random: inout SeededGenerator) {
        var table = Self.randomTable("t", columns: 1, hasID: true, &random)
        table.columns += [RandomColumn(name: "low", kind: .integer), RandomColumn(name: "high", kind: .integer)]
        table.isKeyed = random.chance(25)
        tables = [table]
        var style = RowStyle()
        style.count = 20
        style.nulls = random.pick([0, 20])
        if random.chance(60) {
            style.deletions = 30
            style.deletable = ["t"]
        }
        rows = random.rows(of: tables, style)
        let filter: Sketch =
            random.chance(30)
            ? .optional(" WHERE \(ExpressionMaker(columns: [NamedColumn("a.k", .integer), NamedColumn("a.low", .integer)]).condition(depth: 1, &random))") : ""
        let kind = random.chance(35) ? "LEFT " : ""
        if random.chance(40) {
            let count = 1 + random.below(3)
            let elements = (0..<count).map { _ in random.pick(["a.low", "a.high", "a.k", "a.low + a.high", "7"]) }
            let cases = elements.enumerated().map { "WHEN \($0.offset + 1) THEN \($0.element)" }.joined(separator: " ")
            let numbers = (1...count).map { "(\($0))" }.joined(separator: ", ")
            query = .twin(
                "SELECT a.id, a.k, e.v, e.n FROM t AS a, unnest(ARRAY[\(elements.joined(separator: ", "))]) WITH ORDINALITY AS e(v, n){0}",
                reference: """
                    SELECT a.id, a.k, CASE v.n \(cases) END, CAST(v.n AS BIGINT) FROM t AS a CROSS JOIN (VALUES \(numbers)) AS v(n){0}
                    """, [filter])
            return
        }
        // Values lie between -20 and 20, and step by so much from the first.
        let (low, high) = (random.pick(["a.low", "a.k", "0"]), random.pick(["a.high", "a.k", "a.low + 3", "2"]))
        let step = random.pick([1, 1, 2, 3, -1, -2])
        let numbers = (-24...24).map { "(\($0))" }.joined(separator: ", ")
        let meets =
            step > 0
            ? "v.n >= \(low) AND v.n <= \(high) AND (v.n - \(low)) % \(step) = 0"
            : "v.n <= \(low) AND v.n >= \(high) AND (\(low) - v.n) % \(-step) = 0"
        let call = "generate_series(\(low), \(high)\(step == 1 ? "" : ", \(step)"))"
        let items = random.chance(50) ? ("a.id, a.k, v.n", "") : ("a.k, count(*), sum(v.n)", " GROUP BY a.k")
        let lateral = kind.isEmpty ? "t AS a, \(call) AS v(n)" : "t AS a LEFT JOIN LATERAL \(call) AS v(n) ON TRUE"
        query = .twin(
            "SELECT \(items.0) FROM \(lateral){0}\(items.1)",
            reference: "SELECT \(items.0) FROM t AS a \(kind)JOIN (VALUES \(numbers)) AS v(n) ON \(meets){0}\(items.1)",
            [filter])
    }
}
