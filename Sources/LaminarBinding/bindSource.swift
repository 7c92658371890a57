import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    mutating func bindCreateSource(_ create: CreateSourceSyntax, _ span: Span) {
        guard let name = declaredName(create.name, isOrReplace: create.isOrReplace, ifNotExists: create.ifNotExists)
        else { return }
        if create.kind == .lookupTable {
            diagnostics.unsupported("CREATE LOOKUP TABLE", at: create.name.span)
            return
        }
        if let query = create.query {
            diagnostics.unsupported(
                "CREATE TABLE AS", at: query.span, hint: "Use CREATE STREAM or CREATE MATERIALIZED VIEW.")
            return
        }
        let errorsBefore = diagnostics.errorCount
        relations[name] = .invalid
        let elements = create.columns
        if let wildcard = elements.wildcard {
            diagnostics.unsupported("inferring columns with *", at: wildcard, hint: "Write the columns out.")
            return
        }
        guard var definition = bindColumns(elements, name: name, span: create.name.span) else { return }
        var changes = DeclaredChanges()
        var (connector, options) = (create.connector, create.options)
        var timing = TimingOptions()
        takeTiming(&options, &timing)
        if var named = connector {
            takeTiming(&named.options, &timing)
            connector = named
        }
        definition.connector = connectorDefinition(
            connector, format: create.format, options: options, changes: &changes)
        bindKeys(elements, &definition)
        bindWatermark(elements, &definition)
        setTiming(timing, &definition, at: create.name.span)
        bindChanges(changes, create, &definition)
        guard diagnostics.errorCount == errorsBefore else { return }
        sources.removeAll { $0.name == name }
        relations[name] = .source(definition)
        sources.append(definition)
    }

    /// Stored columns first, so that generated ones may name any of them; a generated one may name earlier generated
    /// ones too.
    private mutating func bindColumns(
        _ elements: TableElementsSyntax, name: String, span: Span
    ) -> SourceDefinition? {
        var definition = SourceDefinition(name: name, columns: [], visible: [], span: span)
        var seen: Set<String> = []
        var isComplete = true
        for column in elements.columns {
            if !seen.insert(column.name.text).inserted {
                diagnostics.report(
                    .error, "42701", at: column.name.span, "column \"\(column.name.text)\" specified more than once")
                isComplete = false
            }
            if let metadata = column.metadata {
                diagnostics.unsupported("a METADATA column", at: metadata.span)
                isComplete = false
            }
            refuseUnique(column)
            guard column.generated == nil else { continue }
            guard let syntax = column.type else {
                diagnostics.report(.error, "42601", at: column.span, "column \"\(column.name.text)\" needs a type")
                isComplete = false
                continue
            }
            guard let type = resolveType(syntax) else {
                isComplete = false
                continue
            }
            let isNullable = column.notNull == nil && column.primaryKey == nil
            if let comment = column.comment { definition.comments[definition.columns.count] = comment }
            definition.columns.append(Field(column.name.text, type, isNullable: isNullable))
            if let value = column.defaultValue {
                if var bound = bindExpression(value, Scope()),
                    let converted = cast(
                        bound, to: type, context: .assignment, span: value.span, diagnostics: &diagnostics)
                {
                    bound = fold(converted)
                    definition.defaults[definition.columns.count - 1] = bound
                } else {
                    isComplete = false
                }
            }
        }
        var scope = Scope()
        for (index, field) in definition.columns.enumerated() {
            scope.columns.append(
                Scope.Column(relation: name, name: field.name, expression: .input(index, field), field: field))
        }
        var stored = 0
        for column in elements.columns {
            if let generated = column.generated {
                guard var expression = bindExpression(generated, scope) else {
                    isComplete = false
                    continue
                }
                if expression.readsSubquery {
                    diagnostics.report(
                        .error, "0A000", at: generated.span, "cannot use subquery in column generation expression")
                    isComplete = false
                    continue
                }
                if expression.type == .unknown,
                    let text = cast(
                        expression, to: .text, context: .implicit, span: generated.span, diagnostics: &diagnostics)
                {
                    expression = text
                }
                if let syntax = column.type {
                    guard let type = resolveType(syntax),
                        let converted = cast(
                            expression, to: type, context: .assignment, span: generated.span,
                            diagnostics: &diagnostics)
                    else {
                        isComplete = false
                        continue
                    }
                    expression = converted
                }
                let field = Field(column.name.text, expression.type, isNullable: expression.isNullable)
                definition.visible.append(.init(field: field, expression: expression))
                scope.columns.append(
                    Scope.Column(relation: name, name: field.name, expression: expression, field: field))
            } else if stored < definition.columns.count, definition.columns[stored].name == column.name.text {
                let field = definition.columns[stored]
                definition.visible.append(.init(field: field, expression: .input(stored, field)))
                stored += 1
            }
        }
        for key in elements.uniqueKeys { diagnostics.unsupported("a UNIQUE constraint", at: key.span, hint: uniqueHint) }
        for constraint in elements.otherConstraints {
            diagnostics.unsupported("this constraint", at: constraint.span)
        }
        return isComplete ? definition : nil
    }

    mutating func refuseUnique(_ column: ColumnSyntax) {
        if let unique = column.unique { diagnostics.unsupported("a UNIQUE column", at: unique, hint: uniqueHint) }
    }

    private mutating func bindKeys(_ elements: TableElementsSyntax, _ definition: inout SourceDefinition) {
        for column in elements.columns where column.primaryKey != nil {
            if let index = definition.visible.firstIndex(where: { $0.field.name == column.name.text }) {
                definition.primaryKey.append(index)
            }
        }
        for key in elements.primaryKeys {
            for column in key.columns {
                guard let index = definition.visible.firstIndex(where: { $0.field.name == column.text }) else {
                    diagnostics.report(
                        .error, "42703", at: column.span, "column \"\(column.text)\" named in key does not exist",
                        hint: nearestName(to: column.text, among: definition.visible.map(\.field.name))
                            .map { "Did you mean \"\($0)\"?" })
                    continue
                }
                definition.primaryKey.append(index)
            }
        }
    }

    private mutating func bindWatermark(_ elements: TableElementsSyntax, _ definition: inout SourceDefinition) {
        var scope = Scope()
        for column in definition.visible {
            scope.columns.append(
                Scope.Column(
                    relation: definition.name, name: column.field.name, expression: column.expression,
                    field: column.field))
        }
        if elements.watermarks.count > 1 {
            diagnostics.report(
                .error, "42601", at: elements.watermarks[1].span,
                "source \"\(definition.name)\" has more than one watermark")
            return
        }
        for watermark in elements.watermarks {
            guard let time = eventTimeColumn(watermark.column.last, definition) else { return }
            var candidate: Expression?
            if let syntax = watermark.expression {
                if case .call(let call) = syntax.kind, call.name.last.text == "proctime", call.arguments.isEmpty {
                    setWatermark(&definition, time, nil)
                    definition.watermark?.followsClock = true
                    continue
                }
                guard let expression = bindExpression(syntax, scope) else { return }
                if expression.readsSubquery {
                    diagnostics.report(.error, "0A000", at: syntax.span, "cannot use subquery in a watermark")
                    return
                }
                guard
                    let converted = cast(
                        expression, to: time.expression.type, context: .assignment, span: syntax.span,
                        diagnostics: &diagnostics)
                else { return }
                candidate = fold(converted)
            }
            setWatermark(&definition, time, candidate)
        }
        for column in elements.columns {
            guard let lateness = column.lateness else { continue }
            guard let time = eventTimeColumn(column.name, definition),
                let interval = bindExpression(lateness, Scope()),
                let candidate = resolveOperator(
                    symbol: "-",
                    left: interval.type == .interval ? time.expression.asMicroseconds : time.expression,
                    right: interval, span: lateness.span, diagnostics: &diagnostics)
            else { continue }
            setWatermark(&definition, time, fold(candidate))
        }
    }

    private mutating func eventTimeColumn(
        _ name: IdentifierSyntax, _ definition: SourceDefinition
    ) -> (index: Int, expression: Expression)? {
        guard let index = definition.visible.firstIndex(where: { $0.field.name == name.text }) else {
            diagnostics.report(
                .error, "42703", at: name.span, "column \"\(name.text)\" does not exist",
                hint: nearestName(to: name.text, among: definition.visible.map(\.field.name))
                    .map { "Did you mean \"\($0)\"?" })
            return nil
        }
        let column = definition.visible[index]
        if column.expression.readsClock {
            diagnostics.report(
                .error, "42804", at: name.span, "\"\(name.text)\" is processing time, which has no watermark of rows",
                hint: "Windows over it close by the clock; leave WATERMARK FOR away.")
            return nil
        }
        guard column.field.type.isTimestamp || column.field.type == .bigint else {
            diagnostics.report(
                .error, "42804", at: name.span,
                "event time \"\(name.text)\" must be a timestamp, not \(column.field.type)",
                hint: "It is a TIMESTAMP, a TIMESTAMPTZ, or a BIGINT that counts milliseconds since 1970.")
            return nil
        }
        return (index, column.expression)
    }

    private func setWatermark(
        _ definition: inout SourceDefinition, _ time: (index: Int, expression: Expression), _ candidate: Expression?
    ) {
        let microseconds = time.expression.asMicroseconds
        let candidate = candidate?.asMicroseconds
        definition.watermark = WatermarkDefinition(
            column: time.index, time: microseconds, candidate: candidate,
            delay: candidate.flatMap { constantDelay($0, behind: microseconds) })
    }

    /// The microseconds `d` if `candidate` is `time - d`.
    private func constantDelay(_ candidate: Expression, behind time: Expression) -> Int64? {
        if candidate == time { return 0 }
        guard case .call(let kernel, let operands) = candidate.node, kernel.name.hasPrefix("subtract"),
            operands.count == 2, operands[0] == time, case .constant(.interval(let interval)) = operands[1].node,
            interval.months == 0
        else { return nil }
        let day: Int64 = 86_400_000_000
        let (days, overflow) = Int64(interval.days).multipliedReportingOverflow(by: day)
        let (sum, sumOverflow) = days.addingReportingOverflow(interval.microseconds)
        return overflow || sumOverflow ? nil : sum
    }
}

private let uniqueHint = "Declare a PRIMARY KEY, by which rows are told apart, or leave it out: it is not checked."
