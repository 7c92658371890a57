import LaminarExpressions
import LaminarPlan
import LaminarText
import LaminarTypes

/// The distinct values that a subquery takes from its enclosing query, for which it is computed once each.
private struct Domain {
    /// One column for each term.
    var plan: LogicalPlan
    /// The terms as they stand in the subquery.
    var terms: [Expression]
    var level: Int

    var count: Int { terms.count }
    var columns: [Expression] { plan.fields.enumerated().map { .input($0.offset, $0.element, span: plan.span) } }
    var names: [String] { plan.fields.map(\.name) }

    /// A subquery's expression over rows that have the domain's columns at `start`; `own` says where its input went.
    func placed(_ expression: Expression, start: Int = 0, own: (Int) -> Expression) -> Expression {
        if let term = terms.firstIndex(of: expression) {
            return .input(start + term, plan.fields[term], span: expression.span)
        }
        if case .input(let column) = expression.node {
            if column >= AggregateCollector.firstColumn { return expression }
            var result = own(column)
            if expression.span != .none { result.span = expression.span }
            return result
        }
        return expression.mapOperands { placed($0, start: start, own: own) }
    }
}

/// A subquery computed for each row of its domain: the domain's columns, then its own.
private struct Dependent {
    var plan: LogicalPlan
    /// Whether the domain's columns come from `=`, so that a NULL in them matches nothing.
    var isStrict: Bool
}

extension Binder {
    /// Joins rows with a subquery that may read them: the rows' columns, then (but for semi and anti joins) the
    /// subquery's.
    ///
    /// Conditions of the subquery are pulled up into the join where nothing stands in the way. What is left is computed
    /// for each distinct combination of the values that it takes from outside, and joined on these.
    /// - Parameters:
    ///   - kind: inner, left, semi or anti.
    ///   - conditions: What else must be TRUE, over the rows' columns and then the subquery's.
    ///   - level: The level of the rows in the subquery's outer columns.
    ///   - translated: A column that the subquery names, as an expression over the rows; nil after a report.
    /// - SeeAlso: T. Neumann, A. Kemper, "Unnesting Arbitrary Queries", BTW 2015.
    mutating func dependentJoin(
        _ outer: LogicalPlan, _ subquery: LogicalPlan, kind: Join.Kind, conditions: [Expression] = [], level: Int,
        padsEmptyGroups: Bool = true, span: Span,
        _ translated: (inout Binder, Expression) -> Expression? = { $1 }
    ) -> LogicalPlan? {
        let width = outer.fields.count
        var values: [Int: Expression] = [:]
        for (column, expression) in subquery.outerColumns(level) {
            var own = expression
            own.node = .input(OuterColumn.index(of: column))
            guard let value = translated(&self, own) else { return nil }
            values[column] = value
        }
        var inner = subquery
        var conditions = conditions
        var outputs = inner.fields.enumerated().map { Expression.input(width + $0.offset, $0.element, span: span) }
        func onPair(_ expression: Expression, _ fields: [Field]) -> Expression {
            expression.replacingInputs { _, column in
                values[column] ?? (column < fields.count ? .input(width + column, fields[column]) : nil)
            }
        }
        // Rows that a function gives for each row need no join.
        if kind == .left, conditions.allSatisfy({ $0.node == .constant(.boolean(true)) }),
            case .project(let rows, let columns) = inner.node,
            case .expand(let one, let count, _) = rows.node, one.isOneEmptyRow
        {
            let plan = expanded(outer, onPair(count, []), keepsEmpty: true, span: span)
            let own = columns.map { onPair($0, rows.fields).nullable(where: width) }
            let names = (outer.fields + subquery.fields).map(\.name)
            return projected(
                plan, outer.fields.enumerated().map { .input($0.offset, $0.element, span: span) } + own, names: names,
                span: span)
        }
        pulling: while inner.readsOuter(level) {
            switch inner.node {
            case .filter(let input, let predicate):
                conditions += predicate.conjuncts.map { onPair($0, input.fields) }
                inner = input
            case .project(let input, let expressions)
            where kind != .left || expressions.allSatisfy { if case .input(let column) = $0.node { column < OuterColumn.firstColumn } else { false } }:
                let columns = expressions.map { onPair($0, input.fields) }
                func above(_ expression: Expression) -> Expression {
                    expression.replacingInputs { _, column in
                        column >= width && column - width < columns.count ? columns[column - width] : nil
                    }
                }
                conditions = conditions.map(above)
                outputs = outputs.map(above)
                inner = input
            default: break pulling
            }
        }
        if kind == .inner, case .expand(let one, let count, false) = inner.node, one.isOneEmptyRow {
            var plan = expanded(outer, onPair(count, []), span: span)
            for condition in conditions where condition.node != .constant(.boolean(true)) {
                plan = filtered(plan, fold(condition))
            }
            return projected(
                plan, outer.fields.enumerated().map { .input($0.offset, $0.element, span: span) } + outputs,
                names: (outer.fields + subquery.fields).map(\.name), span: span)
        }
        var join = Join(kind: kind, keys: [], residual: nil)
        var right = inner
        var shift = 0
        if inner.readsOuter(level) {
            guard let domain = domain(of: inner, outer, values, level, span: span),
                let dependent = dependent(inner, domain, padsEmptyGroups: padsEmptyGroups)
            else { return nil }
            right = dependent.plan
            shift = domain.count
            for (index, term) in domain.terms.enumerated() {
                join.keys.append(
                    Join.Key(
                        left: term.replacingInputs { _, column in values[column] },
                        right: .input(index, right.fields[index], span: span), nullsAreEqual: !dependent.isStrict))
            }
        }
        func shifted(_ expression: Expression) -> Expression {
            expression.replacingInputs { input, column in
                guard shift > 0, column >= width, column < AggregateCollector.firstColumn else { return nil }
                var input = input
                input.node = .input(column + shift)
                return input
            }
        }
        for condition in conditions where condition.node != .constant(.boolean(true)) {
            join.add(fold(shifted(condition)), leftWidth: width)
        }
        right.name = nil
        let plan = joined(outer, right, join, span: span)
        if kind.isFiltering || shift == 0 && outputs.enumerated().allSatisfy({ $1.node == .input(width + $0) })
            && outputs.count == inner.fields.count
        {
            return plan
        }
        let columns = outer.fields.indices.map { Expression.input($0, plan.fields[$0], span: span) }
        let own = outputs.map { output in
            shifted(output).replacingInputs { _, column in
                column < plan.fields.count ? .input(column, plan.fields[column]) : nil
            }
        }
        return projected(plan, columns + own, names: (outer.fields + subquery.fields).map(\.name), span: span)
    }

    /// The distinct values of what `inner` reads of `outer`.
    private func domain(
        of inner: LogicalPlan, _ outer: LogicalPlan, _ values: [Int: Expression], _ level: Int, span: Span
    ) -> Domain? {
        var terms: [Expression] = []
        inner.collectTerms(level, &terms)
        // What else is read is read as it is.
        let known = Domain(plan: inner, terms: terms, level: level)
        for column in inner.outerColumns(besides: known.terms, level).sorted(by: { $0.key < $1.key }) {
            terms.append(column.value)
        }
        let columns = terms.map { $0.replacingInputs { _, column in values[column] } }
        let plan = projected(outer, columns, names: terms.indices.map { "outer_\($0 + 1)" }, span: span)
        return Domain(plan: distinct(plan, span: span), terms: terms, level: level)
    }

    /// `plan` for each row of the domain; nil after a report.
    private mutating func dependent(
        _ plan: LogicalPlan, _ domain: Domain, padsEmptyGroups: Bool = true
    ) -> Dependent? {
        let count = domain.count
        guard plan.readsOuter(domain.level) else {
            return Dependent(plan: product(domain.plan, plan), isStrict: false)
        }
        /// An expression of the operator over its input, which now has the domain's columns in front.
        func placed(_ expression: Expression, _ input: LogicalPlan) -> Expression {
            domain.placed(expression) { .input(count + $0, input.fields[count + $0]) }
        }
        switch plan.node {
        case .values(let rows):
            let branches = rows.map { row in
                projected(
                    domain.plan, domain.columns + row.map { domain.placed($0) { .input($0, plan.fields[$0]) } },
                    names: domain.names + plan.fields.map(\.name), span: plan.span)
            }
            return Dependent(plan: branches.count == 1 ? branches[0] : unionAll(branches, span: plan.span), isStrict: false)
        case .filter(let input, let predicate):
            if !input.readsOuter(domain.level) { return selected(input, predicate, domain) }
            guard let child = dependent(input, domain) else { return nil }
            return Dependent(plan: filtered(child.plan, placed(predicate, child.plan)), isStrict: child.isStrict)
        case .project(let input, let expressions):
            guard let child = dependent(input, domain, padsEmptyGroups: padsEmptyGroups) else { return nil }
            let own = expressions.map { placed($0, child.plan) }
            let columns = (0..<count).map { Expression.input($0, child.plan.fields[$0], span: plan.span) }
            return Dependent(
                plan: projected(
                    child.plan, columns + own, names: domain.names + plan.fields.map(\.name), span: plan.span),
                isStrict: child.isStrict)
        case .aggregate(let input, let aggregation):
            return grouped(plan, input, aggregation, domain, padsEmptyGroups: padsEmptyGroups)
        case .over(let input, let window):
            guard let child = dependent(input, domain) else { return nil }
            var window = window.mapExpressions { placed($0, child.plan) }
            window.partition = (0..<count).map { .input($0, child.plan.fields[$0], span: plan.span) } + window.partition
            return Dependent(plan: over(child.plan, window, span: plan.span), isStrict: child.isStrict)
        case .expand(let input, let times, let keepsEmpty):
            guard let child = dependent(input, domain) else { return nil }
            return Dependent(
                plan: expanded(child.plan, placed(times, child.plan), keepsEmpty: keepsEmpty, span: plan.span),
                isStrict: child.isStrict)
        case .unionAll(let inputs):
            var children: [Dependent] = []
            for input in inputs {
                guard let child = dependent(input, domain) else { return nil }
                children.append(child)
            }
            let isStrict = children.allSatisfy(\.isStrict)
            let branches = children.map { isStrict ? $0.plan : withoutNulls($0, domain).plan }
            return Dependent(plan: unionAll(branches, span: plan.span), isStrict: isStrict)
        case .join(let left, let right, let join): return combined(plan, left, right, join, domain)
        case .recursion, .feedback:
            diagnostics.unsupported("WITH RECURSIVE that reads columns of an enclosing query", at: plan.span)
            return nil
        case .source, .keyed, .window, .eventTimeOrder, .keyedWindows, .lateRows, .periodic:
            diagnostics.unsupported("a window in a correlated subquery", at: plan.span)
            return nil
        }
    }

    private func product(_ left: LogicalPlan, _ right: LogicalPlan) -> LogicalPlan {
        joined(left, right, Join(kind: .inner, keys: [], residual: nil), span: right.span)
    }

    /// A filter over rows of the subquery's own. Where it says what each term is equal to, these rows know their
    /// domain; else they are joined with it.
    private func selected(_ input: LogicalPlan, _ predicate: Expression, _ domain: Domain) -> Dependent {
        let count = domain.count
        var rest: [Expression] = []
        var known: [Int: Expression] = [:]
        for conjunct in predicate.conjuncts {
            if let (term, value) = conjunct.termEquality(domain.terms, domain.level), known[term] == nil {
                known[term] = value
            } else {
                rest.append(conjunct)
            }
        }
        let own = input.fields.enumerated().map { Expression.input($0.offset, $0.element, span: input.span) }
        if known.count == count {
            var plan = projected(
                input, domain.terms.indices.compactMap { known[$0] } + own, names: domain.names + input.fields.map(\.name),
                span: input.span)
            for conjunct in rest {
                plan = filtered(plan, domain.placed(conjunct) { .input(count + $0, plan.fields[count + $0]) })
            }
            return Dependent(plan: plan, isStrict: true)
        }
        var join = Join(kind: .inner, keys: [], residual: nil)
        for conjunct in predicate.conjuncts {
            join.add(domain.placed(conjunct) { .input(count + $0, input.fields[$0]) }, leftWidth: count)
        }
        return Dependent(plan: joined(domain.plan, input, join, span: input.span), isStrict: false)
    }

    private func withoutNulls(_ dependent: Dependent, _ domain: Domain) -> Dependent {
        guard dependent.isStrict else { return dependent }
        var plan = dependent.plan
        for index in 0..<domain.count where plan.fields[index].isNullable {
            let column = Expression.input(index, plan.fields[index], span: plan.span)
            let isNull = Expression(.isNull(column), .boolean, isNullable: false, span: plan.span)
            plan = filtered(
                plan, .call(Kernel("not", [.bool], .bool), [isNull], .boolean, span: plan.span))
        }
        return Dependent(plan: plan, isStrict: false)
    }

    private mutating func grouped(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ aggregation: Aggregation, _ domain: Domain, padsEmptyGroups: Bool
    ) -> Dependent? {
        let count = domain.count
        guard aggregation.window == nil else {
            diagnostics.unsupported("a windowed aggregation in a correlated subquery", at: plan.span)
            return nil
        }
        guard var child = dependent(input, domain) else { return nil }
        // A group of NULL would match nothing, and yet its aggregates could fail.
        child.plan = withoutNulls(child, domain).plan
        func placed(_ expression: Expression) -> Expression {
            domain.placed(expression) { .input(count + $0, child.plan.fields[count + $0]) }
        }
        var calls = aggregation.calls.map { $0.mapExpressions(placed) }
        if child.plan.properties.changelog == .updating, input.properties.changelog != .updating {
            for index in calls.indices {
                guard checkRetractable(calls[index]) else { return nil }
                guard let call = calls[index].retractable else {
                    diagnostics.unsupported("\(calls[index].function) over updating input", at: calls[index].span)
                    return nil
                }
                calls[index] = call
            }
        }
        let columns = (0..<count).map { Expression.input($0, child.plan.fields[$0], span: plan.span) }
        let keys = columns + aggregation.keys.map(placed)
        let domainFields = zip(domain.names, columns).map { Field($0, $1.type, isNullable: $1.isNullable) }
        let grouped = LogicalPlan(
            .aggregate(child.plan, Aggregation(keys: keys, calls: calls)), fields: domainFields + plan.fields,
            properties: StreamProperties(changelog: .updating, key: Array(keys.indices), stateBound: .keyCardinality),
            name: nil, span: plan.span)
        if !aggregation.keys.isEmpty || !padsEmptyGroups { return Dependent(plan: grouped, isStrict: child.isStrict) }
        // Without GROUP BY there is a row also of no rows.
        let joinKeys = columns.indices.map {
            Join.Key(
                left: domain.columns[$0], right: .input($0, grouped.fields[$0], span: plan.span),
                nullsAreEqual: !child.isStrict)
        }
        let padded = joined(domain.plan, grouped, Join(kind: .left, keys: joinKeys, residual: nil), span: plan.span)
        let results = calls.enumerated().map { index, call in
            let column = Expression.input(2 * count + index, padded.fields[2 * count + index], span: plan.span)
            guard call.kernel.isCount else { return column }
            return Expression(
                .coalesce([column, .constant(.integer(0), call.type, span: plan.span)]), call.type, isNullable: false,
                span: plan.span)
        }
        return Dependent(
            plan: projected(
                padded, domain.columns + results, names: domain.names + plan.fields.map(\.name), span: plan.span),
            isStrict: false)
    }

    private mutating func combined(
        _ plan: LogicalPlan, _ left: LogicalPlan, _ right: LogicalPlan, _ join: Join, _ domain: Domain
    ) -> Dependent? {
        let count = domain.count
        let residualReads = join.residual?.readsOuter(domain.level) ?? false
        var entersLeft = left.readsOuter(domain.level) || join.keys.contains { $0.left.readsOuter(domain.level) }
        var entersRight = right.readsOuter(domain.level) || join.keys.contains { $0.right.readsOuter(domain.level) }
        switch join.kind {
        case .inner: if residualReads && !entersRight { entersLeft = true }
        case .left, .semi, .anti: if entersRight || residualReads { entersLeft = true }
        case .right: if entersLeft || residualReads { entersRight = true }
        case .full: (entersLeft, entersRight) = (true, true)
        }
        var sides = [Dependent(plan: left, isStrict: true), Dependent(plan: right, isStrict: true)]
        if entersLeft {
            guard let side = dependent(left, domain) else { return nil }
            sides[0] = side
        }
        if entersRight {
            guard let side = dependent(right, domain) else { return nil }
            sides[1] = side
        }
        var isStrict = sides.allSatisfy(\.isStrict)
        if join.kind == .full { isStrict = false }
        if !isStrict {
            if entersLeft { sides[0] = withoutNulls(sides[0], domain) }
            if entersRight { sides[1] = withoutNulls(sides[1], domain) }
        }
        let (leftPlan, rightPlan) = (sides[0].plan, sides[1].plan)
        let leftStart = entersLeft ? count : 0
        let rightStart = entersRight ? count : 0
        let leftWidth = leftPlan.fields.count
        var result = Join(kind: join.kind, keys: [], residual: nil)
        if entersLeft && entersRight {
            for index in 0..<count {
                result.keys.append(
                    Join.Key(
                        left: .input(index, leftPlan.fields[index], span: plan.span),
                        right: .input(index, rightPlan.fields[index], span: plan.span), nullsAreEqual: !isStrict))
            }
        }
        for key in join.keys {
            result.keys.append(
                Join.Key(
                    left: domain.placed(key.left) { .input(leftStart + $0, leftPlan.fields[leftStart + $0]) },
                    right: domain.placed(key.right) { .input(rightStart + $0, rightPlan.fields[rightStart + $0]) },
                    nullsAreEqual: key.nullsAreEqual))
        }
        for conjunct in join.residual?.conjuncts ?? [] {
            let placed = domain.placed(conjunct, start: entersLeft ? 0 : leftWidth) { column in
                if column < left.fields.count { return .input(leftStart + column, leftPlan.fields[leftStart + column]) }
                let index = rightStart + column - left.fields.count
                return .input(leftWidth + index, rightPlan.fields[index])
            }
            result.add(placed, leftWidth: leftWidth)
        }
        let combined = joined(leftPlan, rightPlan, result, span: plan.span)
        if join.kind.isFiltering { return Dependent(plan: combined, isStrict: isStrict) }
        func column(_ index: Int) -> Expression { .input(index, combined.fields[index], span: plan.span) }
        let domainColumns = (0..<count).map { index -> Expression in
            if join.kind == .full {
                return Expression(
                    .coalesce([column(index), column(leftWidth + index)]), domain.plan.fields[index].type,
                    isNullable: true, span: plan.span)
            }
            return column(entersLeft && join.kind != .right ? index : leftWidth + index)
        }
        let own = left.fields.indices.map { column(leftStart + $0) }
            + right.fields.indices.map { column(leftWidth + rightStart + $0) }
        return Dependent(
            plan: projected(
                combined, domainColumns + own, names: domain.names + plan.fields.map(\.name), span: plan.span),
            isStrict: isStrict)
    }
}

extension Expression {
    /// `term = value` with the value over own columns alone, in either order; nil for anything else.
    fileprivate func termEquality(_ terms: [Expression], _ level: Int) -> (term: Int, value: Expression)? {
        guard case .call(let kernel, let operands) = node, kernel.name == "equal", operands.count == 2 else { return nil }
        for (a, b) in [(operands[0], operands[1]), (operands[1], operands[0])] {
            guard let term = terms.firstIndex(of: a), b.isOwn, b.type.physical == a.type.physical, !b.canFail else {
                continue
            }
            return (term, b)
        }
        return nil
    }

    /// Whether it reads columns of its own query, and no other's.
    fileprivate var isOwn: Bool { !inputs.isEmpty && inputs.allSatisfy { $0 < AggregateCollector.firstColumn } }

    /// Whether it reads only columns of the query at `level`.
    fileprivate func isOuter(_ level: Int) -> Bool {
        !inputs.isEmpty && inputs.allSatisfy { $0 >= OuterColumn.firstColumn && OuterColumn.level(of: $0) == level }
    }

    /// The columns that it reads outside of `terms`.
    fileprivate func outerColumns(besides terms: [Expression], _ level: Int) -> [Int: Expression] {
        if terms.contains(self) { return [:] }
        if case .input = node { return outerColumns(level) }
        return operands.reduce(into: [:]) { $0.merge($1.outerColumns(besides: terms, level)) { first, _ in first } }
    }
}

extension LogicalPlan {
    /// The one row without columns that SELECT without FROM reads.
    fileprivate var isOneEmptyRow: Bool {
        guard case .values(let rows) = node else { return false }
        return rows.count == 1 && fields.isEmpty
    }

    /// Adds what filters compare own values with, where that is more than a column: a cast of one, say.
    fileprivate func collectTerms(_ level: Int, _ terms: inout [Expression]) {
        if case .filter(_, let predicate) = node {
            for case .call(let kernel, let operands) in predicate.conjuncts.map(\.node)
            where kernel.name == "equal" && operands.count == 2 {
                for (a, b) in [(operands[0], operands[1]), (operands[1], operands[0])]
                where a.isOuter(level) && b.isOwn && !a.canFail && !terms.contains(a) {
                    if case .input = a.node { continue }
                    terms.append(a)
                }
            }
        }
        for input in inputs { input.collectTerms(level, &terms) }
    }

    fileprivate func outerColumns(besides terms: [Expression], _ level: Int) -> [Int: Expression] {
        let own = expressions.reduce(into: [Int: Expression]()) {
            $0.merge($1.outerColumns(besides: terms, level)) { first, _ in first }
        }
        return inputs.reduce(into: own) { $0.merge($1.outerColumns(besides: terms, level)) { first, _ in first } }
    }
}

extension Expression {
    /// The same over a column that can be NULL where it was taken to be none.
    fileprivate func nullable(where column: Int) -> Expression {
        var result = mapOperands { $0.nullable(where: column) }
        if inputs.contains(column) { result.isNullable = true }
        return result
    }
}
