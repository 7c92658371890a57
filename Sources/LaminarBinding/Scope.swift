import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// The columns that an expression can name, by relation and position.
struct Scope {
    struct Column {
        /// The alias or name of the relation; nil for an unnamed one.
        var relation: String?
        var name: String
        var expression: Expression
        var field: Field
        /// Found by its name, but no part of `*`.
        var isHidden = false
        /// Found only with its relation's name before it: one of the two columns that USING made one of.
        var isQualifiedOnly = false
    }

    var columns: [Column] = []
    /// Names that stand for expressions where no column has them: `window_start` after GROUP BY TUMBLE(...).
    var implied: [String: Expression] = [:]

    init() {}

    /// The columns of a plan under one name.
    init(_ plan: LogicalPlan, relation: String?) {
        columns = plan.fields.enumerated().map { index, field in
            Column(relation: relation, name: field.name, expression: .input(index, field), field: field)
        }
        if let window = plan.windowColumns, window.hidesTime, let time = window.time { columns[time].isHidden = true }
    }

    enum Lookup {
        case found(Expression)
        case ambiguous
        case missing
    }

    func lookUp(relation: String?, name: String) -> Lookup {
        let matches = columns.filter { column in
            column.name == name && (relation == nil ? !column.isQualifiedOnly : column.relation == relation)
        }
        if matches.count == 1 { return .found(matches[0].expression) }
        if matches.count > 1 { return .ambiguous }
        if relation == nil, let expression = implied[name] { return .found(expression) }
        return .missing
    }

    /// Resolves `c`, `r.c` or a window's `w.start`; reports and returns nil if that fails.
    func resolve(_ name: NameSyntax, diagnostics: inout Diagnostics) -> Expression? {
        let column = name.last.text
        let relation = name.qualifier.last?.text
        switch lookUp(relation: relation, name: column) {
        case .found(var expression):
            expression.span = name.span
            return expression
        case .ambiguous:
            diagnostics.report(
                .error, "42702", at: name.span, "column reference \"\(name.text)\" is ambiguous",
                hint: "Write the relation's name before it.")
            return nil
        case .missing: break
        }
        // A window as a struct: `w.start` is the column `w_start`.
        if let relation, ["start", "end"].contains(column),
            case .found(var expression) = lookUp(relation: nil, name: "\(relation)_\(column)")
        {
            expression.span = name.span
            return expression
        }
        if let relation, !columns.contains(where: { $0.relation == relation }) {
            let relations = Set(columns.compactMap(\.relation)).sorted()
            diagnostics.report(
                .error, "42P01", at: name.qualifier.last?.span ?? name.span,
                "missing FROM-clause entry for table \"\(relation)\"",
                hint: nearestName(to: relation, among: relations).map { "Did you mean \"\($0)\"?" })
            return nil
        }
        let candidates = columns.filter { relation == nil || $0.relation == relation }.map(\.name)
        diagnostics.report(
            .error, "42703", at: name.span, "column \"\(name.text)\" does not exist",
            hint: nearestName(to: column, among: candidates).map { "Did you mean \"\($0)\"?" })
        return nil
    }
}
