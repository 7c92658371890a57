import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// A query of WITH RECURSIVE that names itself: `start UNION [ALL] step`.
///
/// What `step` gives goes back into the rows that it reads, until nothing new comes. `step` is linear in them, so that
/// what it makes of the last round's rows alone is what it makes of all rows less what it has made before: the semi-naive
/// evaluation of Bancilhon and Ramakrishnan (1986), with the weights of a changelog where rows are taken back.
extension Binder {
    mutating func bindRecursion(_ table: CommonTableSyntax) -> LogicalPlan? {
        let name = table.name.text
        let query = table.query
        guard case .setOperation(let union) = query.body.kind, union.operation == .union else {
            return refuse(
                "recursive query \"\(name)\" does not have the form non-recursive-term UNION [ALL] recursive-term",
                at: query.span)
        }
        if union.left.mentions(name) {
            return refuse(
                "recursive reference to query \"\(name)\" must not appear within its non-recursive term", at: query.span)
        }
        if !query.orderBy.isEmpty || query.limit != nil || query.offset != nil {
            diagnostics.unsupported(
                "ORDER BY or LIMIT of a recursive query", at: query.span,
                hint: "Write them where the query is read, outside of WITH.")
            return nil
        }
        guard let common = bindCommonTables(query.with) else { return nil }
        commonTables.append(common)
        defer { commonTables.removeLast() }
        guard var start = bindBody(union.left) else { return nil }
        start = withoutUnknowns(start)
        guard rename(&start, table.columns, what: "WITH query \"\(name)\"") else { return nil }

        recursions += 1
        let recursion = recursions
        guard var (rows, step) = bindStep(table, union, start, recursion, start.properties.changelog) else { return nil }
        if union.isAll, start.properties.changelog == .appendOnly, step.properties.changelog == .updating {
            // What the step takes back comes back into it.
            guard let updating = bindStep(table, union, start, recursion, .updating) else { return nil }
            (rows, step) = updating
        }
        guard step.reads(recursion) else { return refuse("the step of \"\(name)\" does not read it", at: query.span) }
        let check = RecursionCheck(rows: rows, recursion: recursion, name: name, isAll: union.isAll)
        if let problem = check.problem(in: step) {
            diagnostics.report(.error, problem.sqlState, at: problem.span, problem.message, hint: problem.hint)
            return nil
        }
        if !union.isAll, start.properties.changelog == .updating {
            let problem = check.takesBack(start)
            diagnostics.report(.error, problem.sqlState, at: problem.span, problem.message, hint: problem.hint)
            return nil
        }
        var result = union.isAll ? unionAll([start, step], span: query.span) : rows
        result.properties.stateBound = .unbounded
        return LogicalPlan(
            .recursion(result, step: step, recursion), fields: result.fields, properties: result.properties, name: nil,
            span: query.span)
    }

    /// The rows that the recursive reference stands for, and the step over them; nil after a report.
    private mutating func bindStep(
        _ table: CommonTableSyntax, _ union: SetOperationSyntax, _ start: LogicalPlan, _ recursion: Int,
        _ changelog: ChangelogKind
    ) -> (rows: LogicalPlan, step: LogicalPlan)? {
        let name = table.name.text
        let span = table.query.span
        var fields = start.fields
        for index in fields.indices { fields[index].isNullable = true }
        let back = LogicalPlan(
            .feedback(recursion), fields: fields, properties: StreamProperties(changelog: changelog), name: nil, span: span)
        var rows = unionAll([start, back], span: span)
        if !union.isAll { rows = distinct(rows, span: span) }
        rows.name = name
        commonTables.append([name: rows])
        defer { commonTables.removeLast() }
        guard let bound = bindBody(union.right), let step = coerced(bound, to: fields, name: name) else { return nil }
        return (rows, step)
    }

    private mutating func refuse(_ message: String, at span: Span) -> LogicalPlan? {
        diagnostics.report(.error, "42P19", at: span, message)
        return nil
    }

    /// The plan with bare literals as text, as the columns of a result are.
    private func withoutUnknowns(_ plan: LogicalPlan) -> LogicalPlan {
        if !plan.fields.contains(where: { $0.type == .unknown }) { return plan }
        let columns = plan.fields.enumerated().map { index, field in
            let column = Expression.input(index, field, span: plan.span)
            return field.type == .unknown ? asText(column) : column
        }
        return projected(plan, columns, names: plan.fields.map(\.name), span: plan.span)
    }

    /// The step with the columns' types of the non-recursive term.
    private mutating func coerced(_ step: LogicalPlan, to fields: [Field], name: String) -> LogicalPlan? {
        guard step.fields.count == fields.count else {
            diagnostics.report(
                .error, "42601", at: step.span, "each UNION query must have the same number of columns")
            return nil
        }
        var columns: [Expression] = []
        for (index, field) in fields.enumerated() {
            let column = unionColumn(step, index)
            if column.type == field.type {
                columns.append(column)
                continue
            }
            var ignored = Diagnostics()
            guard
                let converted = cast(
                    column, to: field.type, context: .assignment, span: step.span, diagnostics: &ignored)
            else {
                diagnostics.report(
                    .error, "42804", at: step.span,
                    "recursive query \"\(name)\" column \(index + 1) has type \(field.type) in non-recursive term but type \(column.type) overall",
                    hint: "Cast the output of the non-recursive term to the correct type.")
                return nil
            }
            columns.append(converted)
        }
        return projected(step, columns, names: fields.map(\.name), span: step.span)
    }
}

/// Whether the step of a recursion is linear in the rows that it reads.
private struct RecursionCheck {
    struct Problem {
        var sqlState: String
        var message: String
        var hint: String?
        var span: Span
    }

    /// What the recursive reference stands for.
    let rows: LogicalPlan
    let recursion: Int
    let name: String
    let isAll: Bool

    func problem(in plan: LogicalPlan) -> Problem? {
        if plan == rows { return nil }
        guard plan.reads(recursion) else {
            return !isAll && plan.properties.changelog == .updating ? takesBack(plan) : nil
        }
        switch plan.node {
        case .filter(let input, _), .project(let input, _), .expand(let input, _, _): return problem(in: input)
        case .unionAll(let inputs):
            if inputs.count(where: { $0.reads(recursion) }) > 1 { return repeated(plan.span) }
            return inputs.lazy.compactMap(problem).first
        case .join(let left, let right, let join):
            if join.timing != nil { return unsupported("an interval or window join of", plan.span) }
            let (readsLeft, readsRight) = (left.reads(recursion), right.reads(recursion))
            if readsLeft && readsRight { return repeated(plan.span) }
            switch join.kind {
            case .inner: break
            case .semi where readsLeft: break
            case .left where readsLeft, .right where readsRight, .anti where readsLeft:
                if !isAll { return takesBack(plan) }
            case .left, .right, .full, .semi, .anti:
                return Problem(
                    sqlState: "42P19",
                    message: "recursive reference to query \"\(name)\" must not appear within an outer join or a subquery",
                    hint: nil, span: plan.span)
            }
            return problem(in: left) ?? problem(in: right)
        case .aggregate:
            return Problem(
                sqlState: "42P19", message: "aggregation is not allowed in a recursive query's recursive term",
                hint: "Aggregate where the query is read, outside of WITH.", span: plan.span)
        case .over: return unsupported("LIMIT, a window function or a subquery over", plan.span)
        case .recursion: return unsupported("a recursion inside", plan.span)
        case .source, .values, .feedback, .window, .keyed, .eventTimeOrder, .keyedWindows, .periodic, .lateRows:
            return unsupported("windows over", plan.span)
        }
    }

    func takesBack(_ plan: LogicalPlan) -> Problem {
        Problem(
            sqlState: "0A000",
            message: "WITH RECURSIVE with UNION over rows that can be taken back is not supported yet",
            hint: "With UNION ALL rows may be taken back; of tables without a key they never are.", span: plan.span)
    }

    private func repeated(_ span: Span) -> Problem {
        Problem(
            sqlState: "42P19", message: "recursive reference to query \"\(name)\" must not appear more than once",
            hint: nil, span: span)
    }

    private func unsupported(_ what: String, _ span: Span) -> Problem {
        Problem(
            sqlState: "0A000", message: "\(what) the rows of a recursive query in its own step is not supported yet",
            hint: nil, span: span)
    }
}

extension LogicalPlan {
    /// Whether rows that a recursion gave back reach this plan.
    fileprivate func reads(_ recursion: Int) -> Bool {
        if case .feedback(recursion) = node { return true }
        return inputs.contains { $0.reads(recursion) }
    }
}

extension QuerySyntax {
    /// Whether the query's FROM clauses name a relation, as a recursive WITH query names itself.
    func mentions(_ relation: String) -> Bool {
        if body.mentions(relation) { return true }
        return with?.queries.contains { $0.query.mentions(relation) } ?? false
    }
}

extension QueryBodySyntax {
    func mentions(_ relation: String) -> Bool {
        switch kind {
        case .select(let select): select.from.contains { $0.mentions(relation) }
        case .setOperation(let operation): operation.left.mentions(relation) || operation.right.mentions(relation)
        case .nested(let query): query.mentions(relation)
        case .table(let name): name.text == relation
        case .values, .invalid: false
        }
    }
}

extension TableSyntax {
    func mentions(_ relation: String) -> Bool {
        switch kind {
        case .named(let name), .versioned(let name, _): name.text == relation
        case .query(let query, _): query.mentions(relation)
        case .join(let join): join.left.mentions(relation) || join.right.mentions(relation)
        case .nested(let table): table.mentions(relation)
        case .function, .invalid: false
        }
    }
}
