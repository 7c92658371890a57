import LaminarCases

extension RandomCase {
    mutating func makeJoin(_ random: inout SeededGenerator) {
        let t = Self.randomTable("t", columns: 2, &random)
        let u = Self.randomTable("u", columns: 2, prefix: "d", &random)
        tables = [t, u]
        var style = RowStyle()
        style.nulls = random.pick([0, 20])
        if random.chance(60) {
            style.deletions = 30
            style.deletable = random.pick([["t"], ["u"], ["t", "u"]])
        }
        rows = random.rows(of: tables, style)
        let left = t.columns.map { NamedColumn("a.\($0.name)", $0.kind) }
        var right = u.columns.map { NamedColumn("b.\($0.name)", $0.kind) }
        var rightSide: Sketch = "u AS b"
        var isPlain = true
        if random.chance(30) {
            // A side that changes.
            isPlain = false
            let group = random.pick(u.columns.filter { $0.name != "k" })
            rightSide = "(SELECT k, \(group.name), count(*) AS n FROM u GROUP BY k, \(group.name)) AS b"
            right = [NamedColumn("b.k", .integer), NamedColumn("b.\(group.name)", group.kind), NamedColumn("b.n", .bigint)]
        }
        let both = ExpressionMaker(columns: left + right)
        var condition: Sketch = random.pick(["a.k = b.k", "a.k = b.k", "a.k IS NOT DISTINCT FROM b.k"])
        if random.chance(35) { condition = "\(condition)\(Sketch.optional(" AND \(both.condition(depth: 1, &random))"))" }
        if random.chance(10) { condition = both.condition(depth: 1, &random) }
        let filter: Sketch = random.chance(25) ? .optional(" WHERE \(both.condition(depth: 1, &random))") : ""
        switch random.below(8) {
        case 0:
            let not = random.chance(50) ? "NOT " : ""
            let rightFrom = rightSide
            query = """
                SELECT \(Sketch.list(left.map { .text($0.sql) }, separator: ", ", minimum: 1)) FROM t AS a \
                WHERE \(not)EXISTS (SELECT 1 FROM \(rightFrom) WHERE \(condition))
                """
        case 1:
            let not = random.chance(50) ? "NOT " : ""
            query = """
                SELECT \(Sketch.list(left.map { .text($0.sql) }, separator: ", ", minimum: 1)) FROM t AS a \
                WHERE a.k \(not)IN (SELECT b.k FROM \(rightSide))
                """
        default:
            var kind = random.pick(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
            if !style.deletable.contains("t") || style.deletions == 0, isPlain, random.chance(25) {
                // The rows that there are when a left one comes.
                kind = random.pick(["JOIN", "LEFT JOIN"])
                rightSide = "u FOR SYSTEM_TIME AS OF PROCTIME() AS b"
            }
            let joined: Sketch = "t AS a \(kind) \(rightSide) ON \(condition)"
            if random.chance(35) {
                let calls = AggregateMaker(maker: both, isOrdered: false).call(&random).sql
                query = "SELECT \(Sketch.list(["a.k", "count(*)", calls], separator: ", ", minimum: 1)) FROM \(joined)\(filter) GROUP BY a.k"
            } else {
                let items = (left + right).map { Sketch.text($0.sql) }
                query = "SELECT \(Sketch.list(items, separator: ", ", minimum: 1)) FROM \(joined)\(filter)"
            }
        }
    }
}
