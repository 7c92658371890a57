import LaminarCases

/// A column that expressions may name.
struct NamedColumn {
    var sql: String
    var kind: ColumnKind

    init(_ sql: String, _ kind: ColumnKind) {
        self.sql = sql
        self.kind = kind
    }
}

/// Makes random expressions over some columns, such as every back end and the reference know.
struct ExpressionMaker {
    var columns: [NamedColumn]

    func literal(_ kind: ColumnKind, _ random: inout SeededGenerator) -> Sketch {
        switch kind {
        case .boolean: .text(random.pick(["TRUE", "FALSE"]))
        case .smallint: .text("CAST(\(random.below(5)) AS SMALLINT)")
        case .integer: .text(String(random.below(5)))
        case .bigint: .text("CAST(\(random.below(5)) AS BIGINT)")
        case .real: .text("CAST(\(random.below(5)) AS REAL)")
        case .double: .text("CAST(\(random.below(5)) AS DOUBLE PRECISION)")
        case .numeric: .text("\(random.below(5)).5")
        case .text: .text(random.pick(["''", "'a'", "'b'", "'zebra'"]))
        case .date: .text("DATE '2024-01-02'")
        case .timestamp: .text("TIMESTAMP '2024-01-01 00:01:00'")
        }
    }

    /// A column, or a literal where no column is of this kind.
    func leaf(_ kind: ColumnKind, _ random: inout SeededGenerator) -> Sketch {
        let fitting = columns.filter { $0.kind == kind }
        return fitting.isEmpty || random.chance(10) ? literal(kind, &random) : .text(random.pick(fitting).sql)
    }

    func expression(_ kind: ColumnKind, depth: Int, _ random: inout SeededGenerator) -> Sketch {
        let simple = leaf(kind, &random)
        if depth == 0 || random.chance(40) { return simple }
        func inner() -> Sketch { expression(kind, depth: depth - 1, &random) }
        let made: Sketch
        switch random.below(kind.isNumber || kind == .text ? 6 : 3) {
        case 0:
            made = "CASE WHEN \(condition(depth: depth - 1, &random)) THEN \(inner()) ELSE \(inner()) END"
        case 1: made = "COALESCE(\(inner()), \(inner()))"
        case 2 where kind == .boolean: return condition(depth: depth, &random)
        case 2:
            made = "CASE WHEN \(condition(depth: depth - 1, &random)) THEN \(inner()) END"
        default: made = kind == .text ? text(depth: depth, &random) : number(kind, depth: depth, &random)
        }
        return .choice(made, simpler: [simple])
    }

    private func text(depth: Int, _ random: inout SeededGenerator) -> Sketch {
        let inner = expression(.text, depth: depth - 1, &random)
        switch random.below(3) {
        case 0: return "upper(\(inner))"
        case 1: return "lower(\(inner))"
        default: return "(\(inner) || \(expression(.text, depth: depth - 1, &random)))"
        }
    }

    private func number(_ kind: ColumnKind, depth: Int, _ random: inout SeededGenerator) -> Sketch {
        let inner = expression(kind, depth: depth - 1, &random)
        switch random.below(kind.isInteger ? 5 : 3) {
        case 0: return "(\(inner) + \(leaf(kind, &random)))"
        case 1: return "(\(inner) - \(leaf(kind, &random)))"
        case 2: return "abs(\(inner))"
        case 3: return "(\(inner) % CAST(3 AS \(kind.sql)))"
        default: return "(- \(inner))"
        }
    }

    func condition(depth: Int, _ random: inout SeededGenerator) -> Sketch {
        let kind = random.pick(columns).kind
        let simple: Sketch = "\(leaf(kind, &random)) IS NOT NULL"
        if depth > 0 {
            func inner() -> Sketch { condition(depth: depth - 1, &random) }
            switch random.below(6) {
            case 0: return .choice("(\(inner()) AND \(inner()))", simpler: [simple])
            case 1: return .choice("(\(inner()) OR \(inner()))", simpler: [simple])
            case 2: return .choice("(NOT \(inner()))", simpler: [simple])
            default: break
            }
        }
        let (a, b) = (leaf(kind, &random), random.chance(60) ? literal(kind, &random) : leaf(kind, &random))
        switch random.below(8) {
        case 0: return "\(a) IS NULL"
        case 1: return simple
        case 2: return "\(a) IS NOT DISTINCT FROM \(b)"
        default: return .choice("\(a) \(random.pick(["=", "<>", "<", "<=", ">", ">="])) \(b)", simpler: [simple])
        }
    }
}
