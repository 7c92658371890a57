import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    mutating func bindJoin(_ join: JoinSyntax, span: Span) -> (plan: LogicalPlan, scope: Scope)? {
        if let probe = join.probe {
            diagnostics.unsupported("TEMPORAL PROBE JOIN", at: probe.span)
            return nil
        }
        // Both sides are bound whatever the first says, so that each reports its own mistakes.
        let left = bindTable(join.left)
        var rightTable = join.right
        var time: ExpressionSyntax?
        if case .versioned(let relation, let asOf) = rightTable.kind {
            rightTable.kind = .named(relation)
            time = asOf
        }
        let right = bindTable(rightTable, beside: left?.scope)
        guard let left, let right else { return nil }
        let kind: Join.Kind =
            switch join.kind {
            case .inner, .cross: .inner
            case .left: .left
            case .right: .right
            case .full: .full
            case .semi: .semi
            case .anti: .anti
            }
        if let time, !checkLatest(kind, left, right.plan, time, join) { return nil }
        return bindJoin(
            kind, left, right, join.condition, asof: join.asof, readsLatest: time != nil, span: join.operatorSpan)
    }

    /// Whether a left row can meet the version of the right table that is valid at `time`: the latest one, at a processing
    /// time.
    private mutating func checkLatest(
        _ kind: Join.Kind, _ left: (plan: LogicalPlan, scope: Scope), _ right: LogicalPlan, _ time: ExpressionSyntax,
        _ join: JoinSyntax
    ) -> Bool {
        let outer = processingTimes
        processingTimes = left.plan.properties.processingTimes
        defer { processingTimes = outer }
        guard let expression = bindExpression(time, left.scope) else { return false }
        guard isProcessingTime(expression) else {
            diagnostics.unsupported(
                "FOR SYSTEM_TIME AS OF an event time", at: time.span,
                hint: "Write a processing time, PROCTIME() or a column that is declared AS PROCTIME(), for the latest version, or "
                    + "ASOF JOIN.")
            return false
        }
        guard kind == .inner || kind == .left, join.asof == nil else {
            diagnostics.report(
                .error, "42601", at: join.operatorSpan, "FOR SYSTEM_TIME AS OF takes an INNER or a LEFT JOIN",
                hint: "A version is looked up for each row of the left side.")
            return false
        }
        guard left.plan.properties.changelog == .appendOnly else {
            diagnostics.unsupported(
                "FOR SYSTEM_TIME AS OF with a left side that takes rows back", at: join.operatorSpan,
                hint: "What was given out for a row is not kept, so it could not be taken back.")
            return false
        }
        if let source = left.plan.sourceNames.intersection(right.sourceNames).min() {
            diagnostics.unsupported(
                "FOR SYSTEM_TIME AS OF where both sides read \"\(source)\"", at: join.operatorSpan,
                hint: "Which of its rows are there already would depend on how they come in batches.")
            return false
        }
        return true
    }

    /// `a, b`: every pair.
    mutating func bindCommaJoin(
        _ left: (plan: LogicalPlan, scope: Scope), _ right: (plan: LogicalPlan, scope: Scope), span: Span
    ) -> (plan: LogicalPlan, scope: Scope)? {
        bindJoin(.inner, left, right, .none, span: span)
    }

    private mutating func bindJoin(
        _ kind: Join.Kind, _ left: (plan: LogicalPlan, scope: Scope), _ right: (plan: LogicalPlan, scope: Scope),
        _ condition: JoinSyntax.Condition, asof: AsofSyntax? = nil, readsLatest: Bool = false, span: Span
    ) -> (plan: LogicalPlan, scope: Scope)? {
        let width = left.plan.fields.count
        var rightScope = right.scope
        for index in rightScope.columns.indices {
            rightScope.columns[index].expression = rightScope.columns[index].expression.substitutingInputs { column in
                .input(width + column, right.plan.fields[column])
            }
        }
        let relations = Set(left.scope.columns.compactMap(\.relation))
        if let duplicate = right.scope.columns.compactMap(\.relation).first(where: relations.contains) {
            diagnostics.report(
                .error, "42712", at: span, "table name \"\(duplicate)\" specified more than once",
                hint: "Give one of them an alias.")
            return nil
        }
        var both = Scope()
        both.columns = left.scope.columns + rightScope.columns
        var conditions: [Expression] = []
        var merged: [Scope.Column] = []
        switch condition {
        case .none: break
        case .on(let syntax):
            let outer = aggregates
            aggregates = AggregateCollector(forbiddenClause: "JOIN conditions")
            defer { aggregates = outer }
            guard let predicate = bindPredicate(syntax, both, clause: "JOIN/ON") else { return nil }
            if predicate.readsSubquery, asof != nil || readsLatest || right.plan.readsOuter(outerScopes.count) {
                diagnostics.unsupported(
                    "a subquery in the condition of an ASOF, LATERAL or FOR SYSTEM_TIME join", at: syntax.span, hint: "Write it in WHERE.")
                return nil
            }
            conditions = predicate.conjuncts
        case .using(let names, let alias):
            if let alias {
                diagnostics.unsupported("an alias of USING", at: alias.span)
                return nil
            }
            guard
                let columns = merge(
                    names.map { ($0.text, $0.span) }, kind, left.scope, rightScope, &conditions, isAsof: asof != nil)
            else { return nil }
            merged = columns
        case .natural:
            var names: [(String, Span)] = []
            for column in left.scope.columns where !column.isHidden {
                if right.scope.columns.contains(where: { !$0.isHidden && $0.name == column.name }),
                    !names.contains(where: { $0.0 == column.name })
                {
                    names.append((column.name, span))
                }
            }
            guard let columns = merge(names, kind, left.scope, rightScope, &conditions) else { return nil }
            merged = columns
        }
        if let match = asof?.matchCondition {
            guard let predicate = bindPredicate(match, both, clause: "MATCH_CONDITION") else { return nil }
            conditions += predicate.conjuncts
        }
        // A lateral right side reads the left one's rows.
        let level = outerScopes.count
        let plan: LogicalPlan
        if let asof {
            guard
                let nearest = asofJoined(
                    kind, left.plan, right.plan, conditions, tolerance: asof.tolerance, span: asof.span)
            else { return nil }
            plan = nearest
        } else if right.plan.readsOuter(level) {
            guard kind == .inner || kind == .left || kind.isFiltering else {
                diagnostics.report(
                    .error, "42P10", at: span, "invalid reference to the left side of the join",
                    hint: "The combining JOIN type must be INNER or LEFT for a LATERAL reference.")
                return nil
            }
            guard
                let dependent = dependentJoin(
                    left.plan, right.plan, kind: kind, conditions: conditions, level: level, span: span)
            else { return nil }
            plan = dependent
        } else if conditions.contains(where: \.readsSubquery) {
            guard let matched = joinedBySubqueries(kind, left.plan, right.plan, conditions, span: span) else { return nil }
            plan = matched
        } else {
            var join = Join(kind: kind, keys: [], residual: nil)
            join.readsLatest = readsLatest
            for condition in conditions where condition.node != .constant(.boolean(true)) {
                join.add(condition, leftWidth: width)
            }
            plan = joined(left.plan, right.plan, join, span: span)
        }
        // Names lead to the padded columns from here on.
        let names = Set(merged.map(\.name))
        var scope = Scope()
        let sides = kind.isFiltering ? left.scope.columns : left.scope.columns + rightScope.columns
        scope.columns = merged
        for var column in sides {
            column.expression = column.expression.substitutingInputs { .input($0, plan.fields[$0]) }
            column.field.isNullable = column.expression.isNullable
            if names.contains(column.name) {
                column.isHidden = true
                column.isQualifiedOnly = true
            }
            scope.columns.append(column)
        }
        for index in merged.indices {
            let expression = scope.columns[index].expression.substitutingInputs { .input($0, plan.fields[$0]) }
            scope.columns[index].expression = expression
            scope.columns[index].field.isNullable = expression.isNullable
        }
        return (plan, scope)
    }

    /// The columns that USING or NATURAL makes one of, and the keys of the join; nil after a report.
    private mutating func merge(
        _ names: [(String, Span)], _ kind: Join.Kind, _ left: Scope, _ right: Scope,
        _ conditions: inout [Expression], isAsof: Bool = false
    ) -> [Scope.Column]? {
        var columns: [Scope.Column] = []
        for (index, (name, span)) in names.enumerated() {
            // As DuckDB has it, the last column of an ASOF JOIN's USING is the one that need not be equal.
            let symbol = isAsof && index == names.count - 1 ? ">=" : "="
            guard let a = mergedSide(left, name, "left", span), let b = mergedSide(right, name, "right", span),
                let equality = resolveOperator(symbol: symbol, left: a, right: b, span: span, diagnostics: &diagnostics)
            else { return nil }
            conditions.append(equality)
            var pair = [a, b]
            guard let type = coerceToCommonType(&pair, context: "JOIN/USING", diagnostics: &diagnostics) else {
                return nil
            }
            let expression: Expression =
                switch kind {
                case .inner, .left, .semi, .anti: pair[0]
                case .right: pair[1]
                case .full: Expression(.coalesce(pair), type, isNullable: true, span: span)
                }
            columns.append(
                Scope.Column(
                    relation: nil, name: name, expression: expression,
                    field: Field(name, type, isNullable: expression.isNullable)))
        }
        return columns
    }

    private mutating func mergedSide(_ scope: Scope, _ name: String, _ side: String, _ span: Span) -> Expression? {
        switch scope.lookUp(relation: nil, name: name) {
        case .found(var expression):
            expression.span = span
            return expression
        case .ambiguous:
            diagnostics.report(
                .error, "42702", at: span, "common column name \"\(name)\" appears more than once in \(side) table")
        case .missing:
            diagnostics.report(
                .error, "42703", at: span,
                "column \"\(name)\" specified in USING clause does not exist in \(side) table",
                hint: nearestName(to: name, among: scope.columns.map(\.name)).map { "Did you mean \"\($0)\"?" })
        }
        return nil
    }

    /// The join of two plans; what it keeps for ever is warned of.
    func joined(_ left: LogicalPlan, _ right: LogicalPlan, _ join: Join, span: Span) -> LogicalPlan {
        var fields = left.fields
        if join.kind == .right || join.kind == .full {
            for index in fields.indices { fields[index].isNullable = true }
        }
        if !join.kind.isFiltering {
            fields += right.fields.map { field in
                var field = field
                if join.kind == .left || join.kind == .full { field.isNullable = true }
                return field
            }
        }
        var join = join
        if !join.readsLatest { join.timing = timing(of: &join, left, right, span: span) }
        let isAppendOnly =
            join.timing != nil || join.readsLatest
            || join.kind == .inner && left.properties.changelog == .appendOnly
                && right.properties.changelog == .appendOnly
        var plan = LogicalPlan(
            .join(left, right, join), fields: fields,
            properties: StreamProperties(changelog: isAppendOnly ? .appendOnly : .updating, stateBound: .unbounded),
            name: nil, span: span)
        carryTimes(through: &plan, left, right)
        return plan
    }
}

extension LogicalPlan {
    /// The sources whose rows it is made of.
    fileprivate var sourceNames: Set<String> {
        if case .source(let definition) = node { return [definition.name] }
        return inputs.reduce(into: []) { $0.formUnion($1.sourceNames) }
    }
}
