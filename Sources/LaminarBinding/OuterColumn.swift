import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText

/// A column of an enclosing query inside a subquery's expressions: an input column far beyond any real one, which says
/// how deep the enclosing query lies, until `dependentJoin` brings its value to the rows.
enum OuterColumn {
    /// Everything from here on is a column of some enclosing query.
    static let firstColumn = 1 << 48

    /// - Parameter level: The position of the enclosing query's scope in `Binder.outerScopes`.
    static func column(_ index: Int, level: Int) -> Int { (level + 1) << 48 | index }

    static func level(of column: Int) -> Int { column >> 48 - 1 }

    static func index(of column: Int) -> Int { column & (firstColumn - 1) }
}

extension Binder {
    /// A column by its name: the query's own, else that of the innermost enclosing query that has one. Nil after a report.
    mutating func resolveColumn(_ name: NameSyntax, _ scope: Scope) -> Expression? {
        var attempt = diagnostics
        if let own = scope.resolve(name, diagnostics: &attempt) {
            diagnostics = attempt
            return own
        }
        let relation = name.qualifier.last?.text
        let isOwnRelation = relation != nil && scope.columns.contains { $0.relation == relation }
        if case .missing = scope.lookUp(relation: relation, name: name.last.text), !isOwnRelation {
            for level in outerScopes.indices.reversed() {
                switch outerScopes[level].lookUp(relation: relation, name: name.last.text) {
                case .found(var expression):
                    expression.span = name.span
                    return expression.outward(to: level)
                case .ambiguous: return outerScopes[level].resolve(name, diagnostics: &diagnostics)
                case .missing: continue
                }
            }
        }
        let before = diagnostics.all.count
        if let nested = bindNestedName(name, scope) { return diagnostics.all.count == before ? nested : nil }
        diagnostics = attempt
        return nil
    }

    /// Binds something inside a query that `scope` encloses.
    mutating func inside<Result>(_ scope: Scope, _ body: (inout Binder) -> Result) -> Result {
        outerScopes.append(scope)
        outerCollectors.append(aggregates)
        defer {
            outerScopes.removeLast()
            aggregates = outerCollectors.removeLast()
        }
        return body(&self)
    }
}

extension Expression {
    /// The expression as a query inside reads it.
    func outward(to level: Int) -> Expression {
        replacingInputs { input, column in
            if column >= OuterColumn.firstColumn { return nil }
            var input = input
            input.node = .input(OuterColumn.column(column, level: level))
            return input
        }
    }

    /// The expression with some of its input columns replaced; nil leaves one as it is.
    func replacingInputs(_ replacement: (Expression, Int) -> Expression?) -> Expression {
        guard case .input(let column) = node else { return mapOperands { $0.replacingInputs(replacement) } }
        guard var result = replacement(self, column) else { return self }
        if span != .none { result.span = span }
        return result
    }

    /// The columns of the enclosing query at `level` that it reads, by column, each as an expression.
    func outerColumns(_ level: Int) -> [Int: Expression] {
        guard case .input(let column) = node else {
            return operands.reduce(into: [:]) { $0.merge($1.outerColumns(level)) { first, _ in first } }
        }
        return column >= OuterColumn.firstColumn && OuterColumn.level(of: column) == level ? [column: self] : [:]
    }

    func readsOuter(_ level: Int) -> Bool { !outerColumns(level).isEmpty }
}

extension LogicalPlan {
    /// The columns of the enclosing query at `level` that anything in the plan reads.
    func outerColumns(_ level: Int) -> [Int: Expression] {
        let own = expressions.reduce(into: [Int: Expression]()) { $0.merge($1.outerColumns(level)) { first, _ in first } }
        return inputs.reduce(into: own) { $0.merge($1.outerColumns(level)) { first, _ in first } }
    }

    func readsOuter(_ level: Int) -> Bool { !outerColumns(level).isEmpty }

    /// The expressions of the operator itself, over its inputs.
    var expressions: [Expression] {
        switch node {
        case .source, .unionAll, .recursion, .feedback, .eventTimeOrder, .keyed: return []
        case .values(let rows): return rows.flatMap { $0 }
        case .filter(_, let predicate): return [predicate]
        case .project(_, let expressions): return expressions
        case .window(_, let assignment): return [assignment.time] + assignment.partition
        case .aggregate(_, let aggregation):
            return aggregation.keys + aggregation.calls.flatMap(\.expressions)
                + [aggregation.window?.time].compactMap { $0 }
        case .expand(_, let count, _): return [count]
        case .over(_, let over):
            var found: [Expression] = []
            _ = over.mapExpressions { expression in
                found.append(expression)
                return expression
            }
            return found
        case .join(_, _, let join):
            return join.keys.flatMap { [$0.left, $0.right] } + [join.residual].compactMap { $0 }
        case .lateRows(_, let window): return [window.time]
        case .keyedWindows(_, let windows): return [windows.eventTime, windows.end]
        case .periodic(_, let emission): return [emission.last].compactMap { $0 }
        }
    }
}
