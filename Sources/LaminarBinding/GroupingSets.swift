import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// What GROUP BY asks for: one or several sets of keys.
struct Grouping {
    /// All keys of all sets, each once, in the order in which they are written.
    var keys: [SelectColumn] = []
    /// Positions in `keys`; a plain GROUP BY is one set of all.
    var sets: [[Int]] = [[]]

    /// The position of a key, which is added if it is new.
    mutating func position(of key: SelectColumn) -> Int {
        if let index = keys.firstIndex(where: { $0.expression == key.expression }) { return index }
        keys.append(key)
        return keys.count - 1
    }

    /// Each set of this grouping joined with each of `others`: GROUP BY lists multiply.
    mutating func multiply(by others: [[Int]]) {
        sets = sets.flatMap { set in others.map { other in set + other.filter { !set.contains($0) } } }
    }
}

extension Binder {
    /// The sets that a GROUP BY item stands for, as positions in `grouping.keys`; nil after a report.
    mutating func groupingSets(
        _ item: GroupingItemSyntax, _ select: SelectSyntax, _ scope: inout Scope, _ grouping: inout Grouping
    ) -> [[Int]]? {
        switch item.kind {
        case .empty: return [[]]
        case .expression(let syntax):
            guard let bound = bindGroupKey(syntax, select, &scope) else { return nil }
            return [bound.map { grouping.position(of: $0) }]
        case .rollup(let levels):
            guard let elements = levelKeys(levels, select, &scope, &grouping) else { return nil }
            return (0...elements.count).reversed().map { Array(elements.prefix($0).joined()) }
        case .cube(let levels):
            guard let elements = levelKeys(levels, select, &scope, &grouping) else { return nil }
            guard elements.count <= 12 else {
                diagnostics.report(.error, "54011", at: item.span, "CUBE is limited to 12 elements")
                return nil
            }
            return (0..<(1 << elements.count)).reversed().map { mask in
                // The first element varies slowest, as in PostgreSQL's order of sets.
                elements.indices.filter { mask >> (elements.count - 1 - $0) & 1 == 1 }.flatMap { elements[$0] }
            }
        case .groupingSets(let items):
            var sets: [[Int]] = []
            for inner in items {
                guard let expanded = groupingSets(inner, select, &scope, &grouping) else { return nil }
                sets += expanded
            }
            return sets
        }
    }

    private mutating func levelKeys(
        _ levels: [ExpressionSyntax], _ select: SelectSyntax, _ scope: inout Scope, _ grouping: inout Grouping
    ) -> [[Int]]? {
        var elements: [[Int]] = []
        for level in levels {
            guard let bound = bindGroupKey(level, select, &scope) else { return nil }
            elements.append(bound.map { grouping.position(of: $0) })
        }
        return elements
    }

    /// The aggregation of `input` by each set, as one relation: all keys (NULL where a set lacks one), the results, and
    /// a column for each GROUPING call.
    mutating func aggregated(_ input: LogicalPlan, by grouping: Grouping, span: Span) -> LogicalPlan? {
        var keys = grouping.keys.map { fold($0.expression) }
        var input = input
        let read = (keys + (aggregates?.calls ?? []).flatMap(\.expressions)).reduce(into: Set<Int>()) {
            $0.formUnion($1.inputs)
        }
        guard let (rows, placed) = attachingScalars(to: input, read, span: span) else { return nil }
        input = rows
        keys = keys.map(placed)
        let calls = (aggregates?.calls ?? []).map { $0.mapExpressions(placed) }
        aggregates?.calls = calls
        let names = grouping.keys.map(\.name)
        let groupingCalls = aggregates?.groupingCalls ?? []
        if grouping.sets.count == 1, groupingCalls.isEmpty {
            return aggregated(input, keys: keys, names: names, span: span)
        }
        var branches: [LogicalPlan] = []
        for set in grouping.sets {
            let setKeys = set.map { keys[$0] }
            guard let plan = aggregated(input, keys: setKeys, names: set.map { names[$0] }, span: span) else {
                return nil
            }
            var columns: [Expression] = []
            for (position, key) in keys.enumerated() {
                if let index = set.firstIndex(of: position) {
                    columns.append(.input(index, plan.fields[index], span: key.span))
                } else {
                    columns.append(.constant(.null, key.type, span: key.span))
                }
            }
            let results = plan.fields.indices.dropFirst(set.count)
            columns += results.map { .input($0, plan.fields[$0], span: span) }
            for call in groupingCalls {
                // One bit an argument, the last the lowest; set where the row's set lacks the key.
                let bits = call.reduce(0) { bits, position in bits << 1 | (set.contains(position) ? 0 : 1) }
                columns.append(.constant(.integer(Int64(bits)), .integer, span: span))
            }
            branches.append(
                projected(
                    plan, columns,
                    names: names + results.map { plan.fields[$0].name } + groupingCalls.map { _ in "grouping" },
                    span: span))
        }
        return branches.count == 1 ? branches[0] : unionAll(branches, span: span)
    }

    /// `GROUPING(a, b)`: which of these keys the row's grouping set lacks.
    mutating func bindGroupingCall(_ call: CallSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        guard let grouping = aggregates?.grouping, aggregates?.forbiddenClause == nil else {
            diagnostics.report(.error, "42803", at: span, "grouping operations are not allowed here")
            return nil
        }
        guard let arguments = bindArguments(call, scope) else { return nil }
        var positions: [Int] = []
        for argument in arguments {
            guard let index = grouping.keys.firstIndex(where: { fold($0.expression) == fold(argument) }) else {
                diagnostics.report(
                    .error, "42803", at: argument.span,
                    "arguments to GROUPING must be grouping expressions of the associated query level")
                return nil
            }
            positions.append(index)
        }
        guard positions.count <= 31 else {
            diagnostics.report(.error, "54023", at: span, "GROUPING must have fewer than 32 arguments")
            return nil
        }
        aggregates?.groupingCalls.append(positions)
        let column = AggregateCollector.firstGroupingColumn + (aggregates?.groupingCalls.count ?? 1) - 1
        return Expression(.input(column), .integer, isNullable: false, span: span)
    }
}
