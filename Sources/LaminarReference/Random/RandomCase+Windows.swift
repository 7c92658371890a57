import LaminarCases

extension RandomCase {
    /// Grouped windows of event time: all shapes, spellings and EMIT clauses, rows out of order and late.
    mutating func makeWindows(_ function: String?, _ choice: WindowChoice, _ random: inout SeededGenerator) {
        if choice.window == .session { return makeSessions(function, choice, &random) }
        let hasWatermark = choice.emission != nil || random.chance(85)
        var table = Self.timedTable(hasWatermark ? random.pick([0, 2, 10]) : nil, &random)
        table.addColumn(for: function)
        let (input, definition) = several(table, [0, 2, 10], &random)
        rows = random.rows(of: tables, timeStyle(hasWatermark, &random))
        endsInput = random.chance(80)
        let columns = table.namedColumns.filter { $0.sql != "ts" }
        let size = random.pick([10, 15, 30])
        let step = random.pick([5, 10, 7, 45])
        let offset = random.chance(20) ? ", \(seconds(random.pick([3, 27])))" : ""
        let kind = choice.window ?? random.pick([.tumble, .tumble, .hop, .slide, .cumulate])
        let windows: (name: String, arguments: String) =
            switch kind {
            case .hop: ("HOP", "\(seconds(step)), \(seconds(size))\(offset)")
            case .slide: ("SLIDE", "\(seconds(size)), \(seconds(step))\(offset)")
            case .cumulate: ("CUMULATE", "\(seconds(5)), \(seconds(size))\(offset)")
            case .tumble, .session: ("TUMBLE", "\(seconds(size))\(offset)")
            }
        let calls = calls(function, columns, &random)
        let isKeyed = hasWatermark && setKeyWatermarks(&random)
        let keys: [Sketch] = isKeyed || random.chance(70) ? ["k"] : []
        let tail = hasWatermark ? tail(choice.emission, &random) : ""
        let condition: Sketch =
            random.chance(20)
            ? .optional(" WHERE \(ExpressionMaker(columns: columns).condition(depth: 1, &random))") : ""
        switch random.below(3) {
        case 0:
            let bounds = ["\(windows.name)_START(ts, \(windows.arguments))", "\(windows.name)_END(ts, \(windows.arguments))"]
            let items = Sketch.list(bounds.map { .text($0) } + keys + calls, separator: ", ", minimum: 1)
            let grouping = keys + [.text("\(windows.name)(ts, \(windows.arguments))")]
            query = "\(definition)SELECT \(items) FROM \(input)\(condition) GROUP BY \(Sketch.list(grouping, separator: ", ", minimum: 1))\(tail)"
        case 1 where hasWatermark && tables.count == 1 && keys.isEmpty && windows.name == "TUMBLE" && random.chance(50):
            // A cascade: windows of windows.
            query = """
                WITH w AS (SELECT window_time AS wt, count(*) AS n FROM TUMBLE(t, ts, \(seconds(size)))\(condition) \
                GROUP BY window_start, window_end, window_time) SELECT window_start, window_end, sum(n) AS n, count(*) AS w \
                FROM TUMBLE(w, wt, \(seconds(size * 2))) GROUP BY window_start, window_end\(tail)
                """
        default:
            let relation =
                random.chance(50)
                ? "\(windows.name)(\(input), ts, \(windows.arguments))"
                : "TABLE(\(windows.name)(TABLE \(input), DESCRIPTOR(ts), \(windows.arguments)))"
            let bounds: [Sketch] = ["window_start", "window_end"]
            let items = Sketch.list(bounds + keys + calls, separator: ", ", minimum: 1)
            let having: Sketch = random.chance(15) ? .optional(" HAVING count(*) > \(random.below(3))") : ""
            query = "\(definition)SELECT \(items) FROM \(relation)\(condition) GROUP BY \(Sketch.list(bounds + keys, separator: ", ", minimum: 1))\(having)\(tail)"
        }
    }

    mutating func makeSessions(_ function: String?, _ choice: WindowChoice, _ random: inout SeededGenerator) {
        let hasWatermark = choice.emission != nil || random.chance(85)
        var table = Self.timedTable(hasWatermark ? random.pick([0, 5, 15]) : nil, &random)
        table.addColumn(for: function)
        let (input, definition) = several(table, [0, 5, 15], &random)
        var style = timeStyle(hasWatermark, &random)
        style.step = random.pick([4, 8])
        rows = random.rows(of: tables, style)
        endsInput = random.chance(80)
        let columns = table.namedColumns.filter { $0.sql != "ts" }
        let gap = seconds(random.pick([3, 6, 10]))
        let calls = calls(function, columns, &random)
        let isKeyed = hasWatermark && setKeyWatermarks(&random)
        let keys: [Sketch] = isKeyed || random.chance(70) ? ["k"] : []
        let tail = hasWatermark ? tail(choice.emission, &random) : ""
        let bounds: [Sketch] = [.text("SESSION_START(ts, \(gap))"), .text("SESSION_END(ts, \(gap))")]
        let items = Sketch.list(bounds + keys + calls, separator: ", ", minimum: 1)
        let grouping = keys + [.text("SESSION(ts, \(gap))")]
        query = "\(definition)SELECT \(items) FROM \(input) GROUP BY \(Sketch.list(grouping, separator: ", ", minimum: 1))\(tail)"
    }

    /// A source, or one time in eight a table by `id` whose rows replace each other.
    private static func timedTable(_ watermarkDelay: Int?, _ random: inout SeededGenerator) -> RandomTable {
        let isKeyed = random.chance(12)
        var table = randomTable(
            "t", columns: 2, watermarkDelay: watermarkDelay, hasTime: true, hasID: isKeyed, &random)
        table.isKeyed = isKeyed
        return table
    }

    /// The tables: the given one, or two of its kind with their rows put together, each with a watermark of its own.
    ///
    /// - Returns: the relation that windows are over, and the WITH clause that makes it.
    private mutating func several(
        _ table: RandomTable, _ delays: [Int], _ random: inout SeededGenerator
    ) -> (input: String, definition: Sketch) {
        tables = [table]
        guard random.chance(25) else { return ("t", "") }
        var other = table
        other.name = "u"
        if table.watermarkDelay != nil { other.watermarkDelay = random.pick(delays) }
        tables.append(other)
        return ("merged", "WITH merged AS (SELECT * FROM t UNION ALL SELECT * FROM u) ")
    }

    /// Gives each `k` a watermark of its own, one time in four, where rows come from one table; whether it did.
    private mutating func setKeyWatermarks(_ random: inout SeededGenerator) -> Bool {
        guard tables.count == 1, random.chance(25) else { return false }
        tables[0].keyIdle = random.pick([2, 5, 20, 60])
        return true
    }

    private func seconds(_ count: Int) -> String { "INTERVAL '\(count)' SECOND" }

    private mutating func timeStyle(_ hasWatermark: Bool, _ random: inout SeededGenerator) -> RowStyle {
        var style = RowStyle()
        style.step = random.pick([1, 3, 6])
        style.jitter = random.pick([0, 5, 20])
        style.nulls = random.pick([0, 15])
        if random.chance(20) { style.base = -60 }
        if random.chance(hasWatermark ? 30 : 60) {
            style.deletions = 25
            style.deletable = ["t", "u"]
        }
        return style
    }

    private func calls(
        _ function: String?, _ columns: [NamedColumn], _ random: inout SeededGenerator
    ) -> [Sketch] {
        let maker = ExpressionMaker(columns: columns)
        var calls = [AggregateMaker(maker: maker, function: function).call(&random).sql]
        if random.chance(50) { calls.append(AggregateMaker(maker: maker).call(&random).sql) }
        return calls
    }

    private func tail(_ emission: RandomEmission?, _ random: inout SeededGenerator) -> Sketch {
        let lateness = random.chance(40) ? " ALLOW LATENESS \(seconds(random.pick([3, 20])))" : ""
        let emission = emission ?? random.pick(RandomEmission.allCases)
        return "\(lateness)\(emission.clause(&random))"
    }
}
