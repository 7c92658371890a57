import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// What LIMIT or OFFSET says: a number, or nil for all rows; else an expression over no columns but those of subqueries.
private enum RowCount {
    case constant(Int64?)
    case computed(Expression)
}

extension Binder {
    /// A query's ORDER BY, LIMIT and OFFSET; the plan has a LIMIT that is not constant in it.
    mutating func bindPresentation(
        _ query: QuerySyntax, _ plan: LogicalPlan, _ order: SelectOrdering?
    ) -> (plan: LogicalPlan, presentation: SinkPlan.Presentation)? {
        let visible = visibleColumnCount
        defer { visibleColumnCount = visible }
        var counts: [RowCount] = []
        for (clause, syntax) in [("LIMIT", query.limit), ("OFFSET", query.offset)] {
            guard let syntax else {
                counts.append(.constant(nil))
                continue
            }
            guard let count = bindCount(syntax, clause: clause) else { return nil }
            counts.append(count)
        }
        guard let ordering = order?.ordering ?? bindOrdering(of: plan, query.orderBy) else { return nil }
        var presentation = SinkPlan.Presentation()
        presentation.ordering = ordering
        if case (.constant(let limit), .constant(let offset)) = (counts[0], counts[1]) {
            presentation.limit = limit
            presentation.offset = offset ?? 0
            return (plan, presentation)
        }
        if let ties = query.withTies {
            diagnostics.unsupported("WITH TIES of a LIMIT that is not constant", at: ties)
            return nil
        }
        return limited(plan, ordering, limit: counts[0], offset: counts[1], span: query.span).map { ($0, presentation) }
    }

    /// ORDER BY of a result's columns, by name or position; nil after a report.
    private mutating func bindOrdering(
        of plan: LogicalPlan, _ items: [SortItemSyntax]
    ) -> [SinkPlan.Presentation.Ordering]? {
        let scope = Scope(plan, relation: nil)
        var result: [SinkPlan.Presentation.Ordering] = []
        for item in items {
            if case .star(nil) = item.expression.kind {
                result += plan.fields.indices.map { ordering(item, column: $0) }
                continue
            }
            var column: Int?
            if case .literal(.integer(let digits)) = item.expression.kind, let ordinal = Int(digits) {
                guard (1...plan.fields.count).contains(ordinal) else {
                    diagnostics.report(
                        .error, "42P10", at: item.span, "ORDER BY position \(digits) is not in select list")
                    return nil
                }
                column = ordinal - 1
            } else if case .name(let name) = item.expression.kind, name.parts.count == 1 {
                guard case .input(let index)? = scope.resolve(name, diagnostics: &diagnostics)?.node else { return nil }
                column = index
            }
            guard let column else {
                diagnostics.report(
                    .error, "0A000", at: item.span, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause",
                    hint: "Only result column names can be used, not expressions or functions.")
                return nil
            }
            result.append(ordering(item, column: column))
        }
        return result
    }

    func ordering(_ item: SortItemSyntax, column: Int) -> SinkPlan.Presentation.Ordering {
        SinkPlan.Presentation.Ordering(
            column: column, isDescending: item.isDescending, nullsFirst: item.nullsFirst ?? item.isDescending)
    }

    /// The rows that LIMIT and OFFSET leave.
    mutating func limited(
        _ plan: LogicalPlan, _ presentation: SinkPlan.Presentation, ties: Span?, span: Span
    ) -> LogicalPlan? {
        if let ties, presentation.ordering.isEmpty {
            diagnostics.report(.error, "42601", at: ties, "WITH TIES cannot be specified without ORDER BY clause")
            return nil
        }
        return limited(
            plan, presentation.ordering, limit: presentation.limit, offset: presentation.offset,
            withTies: ties != nil, span: span)
    }

    /// The first rows of each partition in an order, or those from `offset` on.
    mutating func limited(
        _ plan: LogicalPlan, partition: [Int] = [], _ ordering: [SinkPlan.Presentation.Ordering], limit: Int64?,
        offset: Int64 = 0, withTies: Bool = false, span: Span
    ) -> LogicalPlan? {
        let end = limit.flatMap { limit -> Int64? in
            let (end, overflow) = limit.addingReportingOverflow(offset)
            return overflow ? nil : end
        }
        if end == nil, offset == 0 { return plan }
        let ranked = numbered(plan, partition: partition, ordering, withRank: withTies, span: span)
        var tests: [Expression] = []
        func test(_ index: Int, _ symbol: String, _ bound: Int64) -> Expression? {
            resolveOperator(
                symbol: symbol, left: .input(index, ranked.fields[index], span: span),
                right: .constant(.integer(bound), .bigint, span: span), span: span, diagnostics: &diagnostics)
        }
        if offset > 0 {
            guard let after = test(plan.fields.count, ">", offset) else { return nil }
            tests.append(after)
        }
        if let end {
            guard let before = test(plan.fields.count + (withTies ? 1 : 0), "<=", end) else { return nil }
            tests.append(before)
        }
        let predicate = tests.count == 1 ? tests[0] : Expression(.and(tests), .boolean, isNullable: false, span: span)
        return removingHiddenColumns(filtered(ranked, predicate), toCount: plan.fields.count)
    }
    /// The rows with their number in an order of each partition behind their columns, and with their rank behind that.
    func numbered(
        _ plan: LogicalPlan, partition: [Int] = [], _ ordering: [SinkPlan.Presentation.Ordering],
        withRank: Bool = false, span: Span
    ) -> LogicalPlan {
        func column(_ index: Int) -> Expression { .input(index, plan.fields[index], span: span) }
        var calls = [Over.Call(.rowNumber, name: "row_number", arguments: [], type: .bigint, isNullable: false)]
        if withRank {
            calls.append(Over.Call(.rank, name: "rank", arguments: [], type: .bigint, isNullable: false))
        }
        let order = ordering.map {
            Over.Order(orderable(column($0.column)), isDescending: $0.isDescending, nullsFirst: $0.nullsFirst)
        }
        return over(plan, Over(partition: partition.map(column), order: order, calls: calls), span: span)
    }

    /// The rows of a LIMIT or OFFSET that depends on rows: those whose number in the order lies between them.
    private mutating func limited(
        _ plan: LogicalPlan, _ ordering: [SinkPlan.Presentation.Ordering], limit: RowCount, offset: RowCount, span: Span
    ) -> LogicalPlan? {
        let numbered = numbered(plan, ordering, span: span)
        guard
            let attached = attachingScalars(
                to: numbered, [expression(limit, none: .max, span), expression(offset, none: 0, span)], span: span)
        else { return nil }
        let number = Expression.input(plan.fields.count, numbered.fields[plan.fields.count], span: span)
        guard
            let behind = resolveOperator(
                symbol: "-", left: number, right: attached.expressions[1], span: span, diagnostics: &diagnostics),
            let first = resolveOperator(
                symbol: ">", left: behind, right: .constant(.integer(0), .bigint, span: span), span: span,
                diagnostics: &diagnostics),
            let last = resolveOperator(
                symbol: "<=", left: behind, right: attached.expressions[0], span: span, diagnostics: &diagnostics)
        else { return nil }
        let predicate = Expression(.and([first, last]), .boolean, isNullable: false, span: span)
        return removingHiddenColumns(filtered(attached.plan, fold(predicate)), toCount: plan.fields.count)
    }

    private func expression(_ count: RowCount, none: Int64, _ span: Span) -> Expression {
        switch count {
        case .constant(let value): return .constant(.integer(value ?? none), .bigint, span: span)
        case .computed(let value):
            let otherwise = Expression.constant(.integer(none), .bigint, span: span)
            return Expression(.coalesce([value, otherwise]), .bigint, isNullable: false, span: span)
        }
    }

    private mutating func bindCount(_ syntax: ExpressionSyntax, clause: String) -> RowCount? {
        guard let expression = bindExpression(syntax, Scope()),
            let converted = cast(
                fold(expression), to: .bigint, context: .assignment, span: syntax.span, diagnostics: &diagnostics)
        else { return nil }
        let count = fold(converted)
        switch count.node {
        case .constant(.null): return .constant(nil)
        case .constant(.integer(let number)):
            guard number >= 0 else {
                diagnostics.report(
                    .error, clause == "LIMIT" ? "2201W" : "2201X", at: syntax.span, "\(clause) must not be negative")
                return nil
            }
            return .constant(number)
        default:
            // 2201W or 2201X for rows where it is negative.
            let kernel = Kernel(clause == "LIMIT" ? "limitCount" : "offsetCount", [.int64], .int64, canFail: true)
            return .computed(.call(kernel, [count], .bigint, span: syntax.span))
        }
    }
}
