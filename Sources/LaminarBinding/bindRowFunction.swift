import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// The functions in a select list that give rows: their columns stand behind those of FROM, side by side.
struct RowFunctionCollector {
    /// The columns of FROM.
    var width: Int
    var columns: [(field: Field, values: [Value])] = []
    var span = Span.none
}

extension Binder {
    /// A function of constants in FROM, computed here and now: VALUES. Nil after a report.
    mutating func bindRowFunction(_ call: CallSyntax, withOrdinality: Bool) -> LogicalPlan? {
        guard var function = rowFunction(call, Scope()) else { return nil }
        if withOrdinality {
            function.fields.append(Field("ordinality", .bigint, isNullable: false))
            for row in function.rows.indices { function.rows[row].append(.integer(Int64(row + 1))) }
        }
        return values(function, span: call.span)
    }

    private mutating func rowFunction(_ call: CallSyntax, _ scope: Scope) -> TableFunctionRows? {
        let before = diagnostics
        guard let arguments = bindArguments(call, scope) else {
            // Columns of other relations of the FROM clause cannot be read yet.
            let isLateral = diagnostics.all.dropFirst(before.all.count).contains { ["42703", "42P01"].contains($0.sqlState) }
            if isLateral, scope.columns.isEmpty {
                diagnostics = before
                diagnostics.unsupported("a table function over columns", at: call.span)
            }
            return nil
        }
        return tableFunctionRows(call.name.last.text, arguments, span: call.span, diagnostics: &diagnostics)
    }

    private func values(_ function: TableFunctionRows, span: Span) -> LogicalPlan {
        let rows = function.rows.map { row in
            zip(row, function.fields).map { Expression.constant($0, $1.type, span: span) }
        }
        var fields = function.fields
        for column in fields.indices {
            fields[column].isNullable = function.rows.contains { $0[column].isNull }
        }
        return LogicalPlan(
            .values(rows), fields: fields, properties: StreamProperties(stateBound: .constant), name: nil, span: span)
    }

    /// A call in a select list: a column of the rows that its functions give together.
    mutating func bindRowFunctionColumn(_ call: CallSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        guard rowFunctions != nil else {
            diagnostics.report(
                .error, "0A000", at: span, "set-returning functions are not allowed here",
                hint: "They may stand in FROM and in a select list.")
            return nil
        }
        // Arguments are constants, not other such calls.
        let outer = rowFunctions
        rowFunctions = nil
        let bound = rowFunction(call, scope)
        rowFunctions = outer
        guard let bound else { return nil }
        guard bound.fields.count == 1 else {
            diagnostics.unsupported("a row value", at: span)
            return nil
        }
        guard var collector = rowFunctions else { return nil }
        let field = Field(bound.fields[0].name, bound.fields[0].type)
        collector.columns.append((field, bound.rows.map { $0[0] }))
        collector.span = span
        rowFunctions = collector
        return .input(collector.width + collector.columns.count - 1, field, span: span)
    }

    /// The rows of FROM, each with every row of the select list's functions, which go in step.
    mutating func expanded(_ plan: LogicalPlan, _ functions: RowFunctionCollector) -> LogicalPlan? {
        let count = functions.columns.map(\.values.count).max() ?? 0
        var rows = TableFunctionRows(fields: functions.columns.map(\.field), rows: [])
        rows.rows = (0..<count).map { row in
            functions.columns.map { row < $0.values.count ? $0.values[row] : .null }
        }
        var right = values(rows, span: functions.span)
        for column in right.fields.indices { right.fields[column].isNullable = true }
        if plan.fields.isEmpty, case .values(let single) = plan.node, single.count == 1 { return right }
        return bindCommaJoin((plan, Scope()), (right, Scope()), span: functions.span)?.plan
    }
}
