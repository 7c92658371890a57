import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// ORDER BY of a SELECT, already in terms of its output columns (hidden ones included).
struct SelectOrdering {
    var ordering: [SinkPlan.Presentation.Ordering] = []
}

/// An output column of a SELECT before aggregation is resolved.
struct SelectColumn {
    var expression: Expression
    var name: String
}

extension Binder {
    mutating func bindSelect(
        _ select: SelectSyntax, orderBy: [SortItemSyntax], span: Span
    ) -> (plan: LogicalPlan, order: SelectOrdering?)? {
        let outerAggregates = aggregates
        let outerEventTime = eventTime
        let outerProcessingTimes = processingTimes
        let outerGroupWindow = groupWindow
        let outerColumnCount = groupedColumnCount
        let outerOverCalls = overCalls
        let outerWindows = namedWindows
        let outerRowFunctions = rowFunctions
        rowFunctions = nil
        groupWindow = nil
        defer {
            aggregates = outerAggregates
            eventTime = outerEventTime
            processingTimes = outerProcessingTimes
            groupWindow = outerGroupWindow
            groupedColumnCount = outerColumnCount
            overCalls = outerOverCalls
            namedWindows = outerWindows
            rowFunctions = outerRowFunctions
        }
        aggregates = nil
        overCalls = nil
        namedWindows = []
        guard var (input, scope) = bindFrom(select.from, span: span) else { return nil }
        eventTime = input.properties.eventTime.map { .input($0, input.fields[$0], span: span) }
        processingTimes = input.properties.processingTimes
        if let filter = select.filter {
            aggregates = AggregateCollector(forbiddenClause: "WHERE")
            if options.dialect == .duckdb { implyAliases(select.items, &scope) }
            guard let kept = applyingWhere(filter, to: input, scope) else { return nil }
            input = kept
        }

        groupedColumnCount = input.fields.count
        aggregates = AggregateCollector(forbiddenClause: "GROUP BY")
        var grouping = Grouping()
        if let groupBy = select.groupBy {
            guard let bound = bindGroupBy(groupBy, select, &scope) else { return nil }
            grouping = bound
        }
        if let window = groupWindow {
            guard let plan = windowed(input, window, grouping) else { return nil }
            input = plan
        }
        aggregates = AggregateCollector()
        aggregates?.grouping = select.groupBy == nil ? nil : grouping
        overCalls = OverCollector()
        namedWindows = select.windows
        rowFunctions = RowFunctionCollector()
        let list = bindSelectList(select.items, scope)
        let functions = rowFunctions
        rowFunctions = nil
        guard var columns = list else { return nil }
        let collected = overCalls
        overCalls = nil
        var having: Expression?
        if let syntax = select.having {
            guard let predicate = bindPredicate(syntax, scope, clause: "HAVING") else { return nil }
            having = predicate
        }
        overCalls = collected
        let visible = columns.count
        var qualify: Expression?
        if let syntax = select.qualify {
            var named = scope
            for column in columns where named.implied[column.name] == nil {
                named.implied[column.name] = column.expression
            }
            guard let predicate = bindPredicate(syntax, named, clause: "QUALIFY") else { return nil }
            qualify = predicate
        }
        var order = SelectOrdering()
        for item in orderBy {
            // ORDER BY ALL: by every output column in turn.
            if case .star(nil) = item.expression.kind {
                order.ordering += (0..<visible).map { ordering(item, column: $0) }
                continue
            }
            guard
                let column = bindOrderItem(
                    item.expression, item.span, scope, &columns, visible: visible, clause: "ORDER BY")
            else { return nil }
            order.ordering.append(ordering(item, column: column))
        }
        var distinctOn: [Int] = []
        if case .on(let expressions, let place) = select.distinct {
            for expression in expressions {
                guard
                    let column = bindOrderItem(
                        expression, expression.span, scope, &columns, visible: visible, clause: "SELECT DISTINCT ON")
                else { return nil }
                distinctOn.append(column)
            }
            let leading = order.ordering.prefix(Set(distinctOn).count)
            guard leading.allSatisfy({ distinctOn.contains($0.column) }) else {
                diagnostics.report(
                    .error, "42P10", at: place,
                    "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
                return nil
            }
        }
        columns = columns.map { SelectColumn(expression: fold($0.expression), name: $0.name) }
        let isGrouped = select.groupBy != nil || having != nil || !(aggregates?.calls.isEmpty ?? true)
        // What functions in the select list say of rows, grouped or not, goes with its columns.
        let selected = columns.count
        if let functions {
            guard let counts = counts(of: functions) else { return nil }
            columns += counts.map { SelectColumn(expression: fold($0), name: "count") }
        }
        // A column that a subquery names, in terms of the rows that it is joined with.
        var rowColumn: (inout Binder, Expression) -> Expression? = { $1 }
        if isGrouped {
            let keyExpressions = grouping.keys.map { fold($0.expression) }
            guard let plan = aggregated(input, by: grouping, span: span) else { return nil }
            let names = input.fields.map(\.name)
            var isComplete = true
            for index in columns.indices {
                guard
                    let grouped = groupedExpression(
                        columns[index].expression, keys: keyExpressions, names: names, fields: plan.fields)
                else {
                    isComplete = false
                    continue
                }
                columns[index].expression = grouped
            }
            if let predicate = having {
                guard
                    let grouped = groupedExpression(
                        predicate, keys: keyExpressions, names: names, fields: plan.fields)
                else { return nil }
                having = grouped
            }
            guard isComplete else { return nil }
            input = plan
            rowColumn = { binder, column in
                binder.groupedExpression(column, keys: keyExpressions, names: names, fields: plan.fields)
            }
            if let having {
                guard
                    let attached = attachingScalars(
                        to: input, [having], span: span,
                        { binder, column in
                            binder.groupedExpression(column, keys: keyExpressions, names: names, fields: plan.fields)
                        })
                else { return nil }
                let width = input.fields.count
                input = removingHiddenColumns(filtered(attached.plan, attached.expressions[0]), toCount: width)
            }
            if let predicate = qualify {
                guard
                    let grouped = groupedExpression(
                        predicate, keys: keyExpressions, names: names, fields: plan.fields)
                else { return nil }
                qualify = grouped
            }
            guard
                let windowed = withOverColumns(
                    input, span: span,
                    { binder, expression in
                        binder.groupedExpression(expression, keys: keyExpressions, names: names, fields: plan.fields)
                    })
            else { return nil }
            input = resolvingOverColumns(windowed, &columns, &qualify)
        } else if let windowed = withOverColumns(input, span: span, { $1 }) {
            input = resolvingOverColumns(windowed, &columns, &qualify)
        }
        guard
            let attached = attachingScalars(
                to: input, columns.map(\.expression) + [qualify].compactMap { $0 }, span: span, rowColumn)
        else { return nil }
        input = attached.plan
        for index in columns.indices { columns[index].expression = attached.expressions[index] }
        if qualify != nil, let predicate = attached.expressions.last { input = filtered(input, predicate) }
        if columns.count > selected, let functions {
            let counts = columns[selected...].map(\.expression)
            columns.removeLast(counts.count)
            let rows = expanded(input, counts, columns.map(\.expression), span: functions.span)
            input = rows.plan
            for index in columns.indices { columns[index].expression = rows.columns[index] }
        }
        // An outermost literal without a type is text, as PostgreSQL decides too; inside, its reader decides.
        var plan = projected(
            input, columns.map(\.expression), names: columns.map(\.name), span: span)
        visibleColumnCount = visible
        if case .distinct(let place) = select.distinct {
            if columns.count > visible {
                diagnostics.report(
                    .error, "42P10", at: orderBy[0].span,
                    "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
                return nil
            }
            plan = distinct(plan, span: place)
        }
        if case .on(_, let place) = select.distinct {
            guard let first = limited(plan, partition: distinctOn, order.ordering, limit: 1, span: place) else {
                return nil
            }
            plan = first
        }
        return (plan, order)
    }

    /// DuckDB: output names may stand in WHERE where no column has them.
    private mutating func implyAliases(_ items: [SelectItemSyntax], _ scope: inout Scope) {
        for item in items {
            guard let alias = item.alias?.text, case .missing = scope.lookUp(relation: nil, name: alias)
            else { continue }
            // What is wrong with it is reported where it stands.
            let before = diagnostics
            if let expression = bindExpression(item.expression, scope) { scope.implied[alias] = expression }
            diagnostics = before
        }
    }

    /// Puts the columns of window functions in the place of their calls.
    private func resolvingOverColumns(
        _ windowed: (plan: LogicalPlan, columns: [Int]), _ columns: inout [SelectColumn], _ qualify: inout Expression?
    ) -> LogicalPlan {
        if windowed.columns.isEmpty { return windowed.plan }
        func resolved(_ expression: Expression) -> Expression {
            if case .input(let column) = expression.node {
                if column < OverCollector.firstColumn || column >= RowFunctionCollector.firstColumn { return expression }
                var copy = expression
                copy.node = .input(windowed.columns[column - OverCollector.firstColumn])
                return copy
            }
            return expression.mapOperands(resolved)
        }
        for index in columns.indices { columns[index].expression = resolved(columns[index].expression) }
        qualify = qualify.map(resolved)
        return windowed.plan
    }

    /// The rows to be grouped, given to the windows that GROUP BY names.
    private mutating func windowed(_ input: LogicalPlan, _ window: GroupWindow, _ grouping: Grouping) -> LogicalPlan? {
        var assignment = window.assignment
        if assignment.window.kind == .session {
            guard grouping.sets.count == 1 else {
                diagnostics.unsupported("SESSION in grouping sets", at: window.span)
                return nil
            }
            // The other keys say whose session a row belongs to.
            assignment.partition = grouping.keys.map { fold($0.expression) }.filter { !window.bounds.contains($0) }
        }
        return windowed(input, assignment, span: window.span)
    }

    private mutating func bindSelectList(
        _ items: [SelectItemSyntax], _ scope: Scope
    ) -> [SelectColumn]? {
        var columns: [SelectColumn] = []
        var isComplete = true
        for item in items {
            switch item.expression.kind {
            case .star(let relation):
                let matching = starColumns(of: relation, scope)
                if matching.isEmpty {
                    if let relation, let row = bindNestedStar(relation, scope) {
                        columns += expandedRow(row, item.span)
                        continue
                    }
                    if let relation {
                        diagnostics.report(
                            .error, "42P01", at: item.span,
                            "missing FROM-clause entry for table \"\(relation.text)\"")
                    } else {
                        diagnostics.report(.error, "42601", at: item.span, "SELECT * with no tables specified is not valid")
                    }
                    isComplete = false
                }
                columns += matching.map { column in
                    var expression = column.expression
                    expression.span = item.span
                    return SelectColumn(expression: expression, name: column.name)
                }
            case .fieldStar(let operand):
                guard let row = bindExpression(operand, scope) else {
                    isComplete = false
                    continue
                }
                let fields = expandedRow(row, item.span)
                if fields.isEmpty {
                    diagnostics.report(
                        .error, "42809", at: item.span, "type \(row.type.bareName) is not composite")
                    isComplete = false
                }
                columns += fields
            case .call(let call) where call.windowFunction == .window:
                guard let bounds = windowStruct(call, scope, item) else {
                    isComplete = false
                    continue
                }
                columns += bounds
            case .name(let name) where name.parts.count == 1 && isWindowStruct(name.last.text, scope):
                // The struct that an inner query named: both of its columns.
                for bound in ["start", "end"] {
                    guard case .found(let expression) = scope.lookUp(relation: nil, name: "\(name.text)_\(bound)")
                    else { continue }
                    let alias = item.alias?.text ?? name.text
                    columns.append(SelectColumn(expression: expression, name: "\(alias)_\(bound)"))
                }
            default:
                guard let expression = bindExpression(item.expression, scope) else {
                    isComplete = false
                    continue
                }
                if let alias = item.alias?.text, case .input(let column) = expression.node {
                    aggregates?.nameCall(column, alias)
                }
                columns.append(SelectColumn(expression: expression, name: item.alias?.text ?? impliedName(item.expression)))
            }
        }
        return isComplete ? columns : nil
    }

    /// What `*` or `relation.*` stands for: columns of the query, else those of the innermost enclosing query that has such
    /// a relation.
    func starColumns(of relation: NameSyntax?, _ scope: Scope) -> [Scope.Column] {
        guard let name = relation?.last.text else { return scope.columns.filter { !$0.isHidden } }
        func named(_ scope: Scope) -> [Scope.Column] {
            scope.columns.filter { $0.relation == name && (!$0.isHidden || $0.isQualifiedOnly) }
        }
        let own = named(scope)
        if !own.isEmpty { return own }
        for level in outerScopes.indices.reversed() {
            let outer = named(outerScopes[level])
            if outer.isEmpty { continue }
            return outer.map { column in
                var column = column
                column.expression = column.expression.outward(to: level)
                return column
            }
        }
        return []
    }

    /// `TUMBLE(...)` as a value: a struct, given out as its two columns `name_start` and `name_end`.
    private mutating func windowStruct(
        _ call: CallSyntax, _ scope: Scope, _ item: SelectItemSyntax
    ) -> [SelectColumn]? {
        guard let bounds = groupWindowBounds(call, scope) else { return nil }
        let name = item.alias?.text ?? "window"
        return [
            SelectColumn(expression: bounds[0], name: "\(name)_start"),
            SelectColumn(expression: bounds[1], name: "\(name)_end"),
        ]
    }

    private func isWindowStruct(_ name: String, _ scope: Scope) -> Bool {
        guard case .missing = scope.lookUp(relation: nil, name: name) else { return false }
        guard case .found = scope.lookUp(relation: nil, name: "\(name)_start"),
            case .found = scope.lookUp(relation: nil, name: "\(name)_end")
        else { return false }
        return true
    }

    /// PostgreSQL's name for a column without an alias.
    private func impliedName(_ expression: ExpressionSyntax) -> String {
        switch expression.kind {
        case .name(let name): name.last.text
        case .call(let call): call.name.last.text
        case .cast(let operand, let type, _):
            switch impliedName(operand) {
            case "?column?": type.name
            case let name: name
            }
        case .typedLiteral(let type, _, _): type.name
        case .caseWhen: "case"
        case .field(_, let name): name.text
        case .row: "row"
        case .collate(let operand, _): impliedName(operand)
        default: "?column?"
        }
    }

    private mutating func bindGroupBy(
        _ groupBy: GroupBySyntax, _ select: SelectSyntax, _ scope: inout Scope
    ) -> Grouping? {
        var grouping = Grouping()
        var isComplete = true
        for item in groupBy.items {
            guard let sets = groupingSets(item, select, &scope, &grouping) else {
                isComplete = false
                continue
            }
            grouping.multiply(by: sets)
        }
        if groupBy.distinct != nil {
            var unique: [[Int]] = []
            for set in grouping.sets where !unique.contains(where: { Set($0) == Set(set) }) { unique.append(set) }
            grouping.sets = unique
        }
        return isComplete ? grouping : nil
    }

    /// One item of GROUP BY: an expression, an ordinal, an output name, or a group window.
    /// - Parameter isOutput: Whether an ordinal or output name led here, so that neither may lead on.
    mutating func bindGroupKey(
        _ syntax: ExpressionSyntax, _ select: SelectSyntax, _ scope: inout Scope, isOutput: Bool = false
    ) -> [SelectColumn]? {
        switch syntax.kind {
        case .literal(.integer(let digits)) where !isOutput:
            guard let ordinal = Int(digits), (1...select.items.count).contains(ordinal) else {
                diagnostics.report(
                    .error, "42P10", at: syntax.span, "GROUP BY position \(digits) is not in select list")
                return nil
            }
            return bindGroupKey(select.items[ordinal - 1].expression, select, &scope, isOutput: true)
        case .name(let name) where name.parts.count == 1:
            // PostgreSQL prefers an input column to an output name.
            if !isOutput, case .missing = scope.lookUp(relation: nil, name: name.last.text),
                let item = select.items.first(where: { $0.alias?.text == name.last.text })
            {
                return bindGroupKey(item.expression, select, &scope, isOutput: true)
            }
            if isWindowStruct(name.last.text, scope) {
                return ["start", "end"].compactMap { bound in
                    guard case .found(let expression) = scope.lookUp(relation: nil, name: "\(name.text)_\(bound)")
                    else { return nil }
                    return SelectColumn(expression: expression, name: "\(name.text)_\(bound)")
                }
            }
        case .call(let call) where call.windowFunction == .window:
            guard let bounds = groupWindowBounds(call, scope, isKey: true) else { return nil }
            let names = ["window_start", "window_end", "window_time"]
            for (name, bound) in zip(names, bounds) { scope.implied[name] = bound }
            return zip(names, bounds).map { SelectColumn(expression: $1, name: $0) }
        case .row(let elements, _):
            var keys: [SelectColumn] = []
            for element in elements {
                guard let bound = bindGroupKey(element, select, &scope) else { return nil }
                keys += bound
            }
            return keys
        default: break
        }
        guard let expression = bindExpression(syntax, scope) else { return nil }
        return [SelectColumn(expression: expression, name: impliedName(syntax))]
    }

    /// The output column that an item of ORDER BY or DISTINCT ON names; an expression that is none is appended as a
    /// hidden column.
    private mutating func bindOrderItem(
        _ syntax: ExpressionSyntax, _ span: Span, _ scope: Scope, _ columns: inout [SelectColumn], visible: Int,
        clause: String
    ) -> Int? {
        switch syntax.kind {
        case .literal(.integer(let digits)):
            guard let ordinal = Int(digits), (1...max(visible, 1)).contains(ordinal), visible > 0 else {
                diagnostics.report(
                    .error, "42P10", at: span, "\(clause) position \(digits) is not in select list")
                return nil
            }
            return ordinal - 1
        case .name(let name) where name.parts.count == 1:
            // An output name comes before an input column here; GROUP BY has it the other way round.
            if let index = columns.prefix(visible).firstIndex(where: { $0.name == name.last.text }) { return index }
        default: break
        }
        guard let expression = bindExpression(syntax, scope) else { return nil }
        if let index = columns.firstIndex(where: { $0.expression == expression }) { return index }
        columns.append(SelectColumn(expression: expression, name: "order_\(columns.count + 1)"))
        return columns.count - 1
    }
}
