import LaminarCases

extension RandomCase {
    /// Several sets of keys at once, with aggregates of every modifier, over rows that may be taken back: against the union
    /// of a query for each set.
    mutating func makeGroupingSets(_ random: inout SeededGenerator) {
        let table = Self.randomTable("t", columns: 3, &random)
        tables = [table]
        var style = RowStyle()
        style.nulls = random.pick([0, 20])
        style.isCoarse = random.chance(50)
        if random.chance(50) {
            style.deletions = 35
            style.deletable = ["t"]
        }
        rows = random.rows(of: tables, style)
        let maker = ExpressionMaker(columns: table.namedColumns)
        // Approximate numbers are no keys: sums of one set may differ in their last bit from those of another.
        var keys = Array(table.columns.filter { $0.kind != .real && $0.kind != .double }.prefix(3)).map(\.name)
        let sets: [[Int]]
        let grouping: String
        var all = Array(keys.indices)
        switch random.below(4) {
        case 0:
            grouping = "ROLLUP (\(keys.joined(separator: ", ")))"
            sets = (0...keys.count).map { Array(all.prefix($0)) }
        case 1:
            grouping = "CUBE (\(keys.joined(separator: ", ")))"
            sets = (0..<(1 << keys.count)).map { mask in all.filter { mask >> $0 & 1 == 1 } }
        case 2 where keys.count > 1:
            grouping = "\(keys[0]), ROLLUP (\(keys.dropFirst().joined(separator: ", ")))"
            sets = (0..<keys.count).map { Array(all.prefix($0 + 1)) }
        default:
            var chosen: [[Int]] = []
            for _ in 0...(1 + random.below(2)) { chosen.append(all.filter { _ in random.chance(50) }) }
            // Only keys of some set are keys.
            let used = all.filter { key in chosen.contains { $0.contains(key) } }
            if used.isEmpty { chosen.append([0]) }
            let kept = used.isEmpty ? [0] : used
            chosen = chosen.map { set in set.compactMap { kept.firstIndex(of: $0) } }
            keys = kept.map { keys[$0] }
            all = Array(keys.indices)
            sets = chosen
            grouping = "GROUPING SETS (" + chosen.map { "(\($0.map { keys[$0] }.joined(separator: ", ")))" }.joined(separator: ", ") + ")"
        }
        let aggregates = AggregateMaker(maker: maker)
        let calls = Sketch.list((0...random.below(3)).map { _ in aggregates.call(&random).sql }, separator: ", ", minimum: 1)
        let condition: Sketch = random.chance(25) ? .optional(" WHERE \(maker.condition(depth: 1, &random))") : ""
        let having: Sketch = random.chance(20) ? .optional(" HAVING count(*) > \(random.below(3))") : ""
        let one = sets.map { set in
            let items = all.map { index in
                set.contains(index) ? keys[index] : "CAST(NULL AS \(table.columns.first { $0.name == keys[index] }?.kind.sql ?? "TEXT"))"
            }
            let bits = all.reduce(0) { $0 << 1 | (set.contains($1) ? 0 : 1) }
            let group = set.isEmpty ? "" : " GROUP BY \(set.map { keys[$0] }.joined(separator: ", "))"
            return "SELECT \(items.joined(separator: ", ")), \(bits), {0} FROM t{1}\(group){2}"
        }
        query = .twin(
            "SELECT \(keys.joined(separator: ", ")), GROUPING(\(keys.joined(separator: ", "))), {0} FROM t{1} GROUP BY \(grouping){2}",
            reference: one.joined(separator: " UNION ALL "), [calls, condition, having])
    }
}
