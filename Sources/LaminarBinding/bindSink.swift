import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    mutating func bindCreateSink(_ create: CreateSinkSyntax, _ span: Span) {
        guard let name = declaredName(create.name, isOrReplace: create.isOrReplace, ifNotExists: create.ifNotExists)
        else { return }
        var columns: [Field]?
        var primaryKey: [Int] = []
        var key: [IdentifierSyntax] = []
        if let elements = create.columns, elements.columns.isEmpty, !elements.primaryKeys.isEmpty {
            key = elements.primaryKeys.flatMap(\.columns)
        } else if let elements = create.columns {
            for key in elements.uniqueKeys {
                diagnostics.unsupported("a UNIQUE constraint of a sink", at: key.span, hint: "Declare a PRIMARY KEY.")
            }
            var fields: [Field] = []
            for column in elements.columns {
                guard let type = column.type else {
                    diagnostics.unsupported("a sink column without a type", at: column.span)
                    return
                }
                guard let resolved = resolveType(type) else { return }
                refuseUnique(column)
                fields.append(Field(column.name.text, resolved))
                if column.primaryKey != nil { primaryKey.append(fields.count - 1) }
            }
            for key in elements.primaryKeys {
                for column in key.columns {
                    if let index = fields.firstIndex(where: { $0.name == column.text }) {
                        primaryKey.append(index)
                    } else {
                        diagnostics.report(
                            .error, "42703", at: column.span, "column \"\(column.text)\" named in key does not exist")
                    }
                }
            }
            columns = fields
        }
        var changes = DeclaredChanges()
        let connector = connectorDefinition(
            create.connector, format: create.format, options: create.options, changes: &changes)
        var definition = SinkDefinition(
            name: name, kind: .sink, connector: connector, primaryKey: primaryKey, span: create.name.span)
        bindChanges(changes, &definition)
        let sink = DeclaredSink(definition: definition, columns: columns, key: key)
        relations[name] = .sink(sink)
        emission = Emission()
        switch create.input {
        case .none: break
        case .query(let query):
            guard let (plan, presentation) = bindOutermostQuery(query) else { return }
            append(plan, presentation, to: sink, columns: [], at: query.span)
        case .relation(let relation, let filter):
            guard var plan = plan(named: relation) else { return }
            if let filter {
                let scope = Scope(plan, relation: relation.last.text)
                guard let predicate = bindPredicate(filter, scope, clause: "WHERE") else { return }
                plan = filtered(plan, predicate)
            }
            visibleColumnCount = plan.fields.count
            append(plan, SinkPlan.Presentation(), to: sink, columns: [], at: relation.span)
        }
    }

    mutating func bindInsert(_ insert: InsertSyntax, _ span: Span) {
        emission = Emission()
        // OVERWRITE asks for what every sink here does: it starts anew with the run.
        let name = insert.name.last.text
        let sink: DeclaredSink
        switch relations[name] {
        case .sink(let declared): sink = declared
        case .invalid: return
        case .source, .view:
            diagnostics.unsupported("INSERT INTO a source or view", at: insert.name.span)
            return
        case nil:
            guard options.allowsUndeclaredSinks else {
                diagnostics.report(
                    .error, "42P01", at: insert.name.span, "sink \"\(insert.name.text)\" does not exist",
                    hint: "Declare it with CREATE SINK.")
                return
            }
            sink = DeclaredSink(
                definition: SinkDefinition(name: name, kind: .sink, connector: nil, span: insert.name.span),
                columns: nil)
        }
        guard let (plan, presentation) = bindOutermostQuery(insert.query) else { return }
        append(
            plan, presentation, to: sink, columns: insert.columns, partition: insert.partition, at: insert.query.span)
    }

    /// Sends late rows to a sink, or makes them the stream of this name; false after a report.
    mutating func appendLateRows(_ plan: LogicalPlan, to name: NameSyntax) -> Bool {
        let key = name.last.text
        let outerCount = visibleColumnCount
        visibleColumnCount = plan.fields.count
        defer { visibleColumnCount = outerCount }
        switch relations[key] {
        case .sink(let sink):
            append(plan, SinkPlan.Presentation(), to: sink, columns: [], at: name.span)
            return true
        case nil:
            var plan = plan
            plan.name = key
            relations[key] = .view(plan)
            if options.exposesStreams {
                queries.append(
                    LogicalQuery(
                        sink: SinkDefinition(name: key, kind: .stream, connector: nil, span: name.span), plan: plan))
            }
            return true
        case .invalid: return false
        case .source, .view:
            diagnostics.report(
                .error, "42809", at: name.span, "\"\(name.text)\" is no sink",
                hint: "Name a sink, or a stream that does not exist yet.")
            return false
        }
    }

    /// Adds a query that fills `sink`, its columns cast to the sink's as an assignment.
    ///
    /// - Parameter partition: Values of columns that the query does not give.
    private mutating func append(
        _ plan: LogicalPlan, _ presentation: SinkPlan.Presentation, to sink: DeclaredSink,
        columns: [IdentifierSyntax], partition: [OptionSyntax] = [], at span: Span
    ) {
        var plan = plan
        var presentation = presentation
        if presentation.limit != nil || presentation.offset != 0 {
            guard let first = limited(plan, presentation, ties: nil, span: span) else { return }
            plan = first
            presentation = SinkPlan.Presentation()
        }
        if !presentation.isEmpty {
            guard let ordered = inStreamOrder(plan, presentation.ordering, at: span) else { return }
            plan = ordered
        }
        plan = removingHiddenColumns(plan, toCount: visibleColumnCount)
        if let fields = sink.columns {
            guard
                let assigned = assigned(
                    plan, to: fields, columns: columns, partition: partition, sink: sink.definition, at: span)
            else { return }
            plan = assigned
        } else if let place = columns.first?.span ?? partition.first?.span {
            diagnostics.unsupported("a column list of a sink without declared columns", at: place)
            return
        }
        var definition = sink.definition
        for column in sink.key {
            guard let index = plan.fields.firstIndex(where: { $0.name == column.text }) else {
                diagnostics.report(
                    .error, "42703", at: column.span, "column \"\(column.text)\" named in key does not exist",
                    hint: nearestName(to: column.text, among: plan.fields.map(\.name)).map { "Did you mean \"\($0)\"?" })
                return
            }
            definition.primaryKey.append(index)
        }
        guard var plan = adapted(plan, to: &definition, at: span) else { return }
        plan.name = plan.name ?? sink.definition.name
        queries.append(LogicalQuery(sink: definition, plan: plan))
    }

    private mutating func assigned(
        _ plan: LogicalPlan, to fields: [Field], columns: [IdentifierSyntax], partition: [OptionSyntax],
        sink: SinkDefinition, at span: Span
    ) -> LogicalPlan? {
        func position(of name: String, _ span: Span, among chosen: some Sequence<Int>) -> Int? {
            guard let index = fields.firstIndex(where: { $0.name == name }) else {
                diagnostics.report(
                    .error, "42703", at: span, "column \"\(name)\" of sink \"\(sink.name)\" does not exist",
                    hint: nearestName(to: name, among: fields.map(\.name)).map { "Did you mean \"\($0)\"?" })
                return nil
            }
            if chosen.contains(index) {
                diagnostics.report(.error, "42701", at: span, "column \"\(name)\" specified more than once")
                return nil
            }
            return index
        }
        var values: [Int: Expression] = [:]
        for option in partition {
            guard let index = position(of: option.key, option.keySpan, among: values.keys),
                let value = bindExpression(option.value, Scope()),
                let converted = cast(
                    fold(value), to: fields[index].type, context: .assignment, span: option.value.span,
                    diagnostics: &diagnostics)
            else { return nil }
            values[index] = converted
        }
        var targets = fields.indices.filter { values[$0] == nil }
        if !columns.isEmpty {
            targets = []
            for column in columns {
                guard let index = position(of: column.text, column.span, among: targets + values.keys) else { return nil }
                targets.append(index)
            }
        }
        guard targets.count == plan.fields.count else {
            diagnostics.report(
                .error, "42601", at: span,
                "sink \"\(sink.name)\" takes \(targets.count) columns but the query has \(plan.fields.count)")
            return nil
        }
        var expressions: [Expression] = []
        for (index, field) in fields.enumerated() {
            if let value = values[index] {
                expressions.append(value)
            } else if let position = targets.firstIndex(of: index) {
                let source = Expression.input(position, plan.fields[position], span: span)
                guard
                    let converted = cast(
                        source, to: field.type, context: .assignment, span: span, diagnostics: &diagnostics)
                else { return nil }
                expressions.append(converted)
            } else {
                expressions.append(.constant(.null, field.type, span: span))
            }
        }
        return projected(plan, expressions, names: fields.map(\.name), span: span)
    }

    /// A connector and its options in either spelling, `FROM KAFKA (...)` or `WITH ('connector' = 'kafka', ...)`.
    mutating func connectorDefinition(
        _ connector: ConnectorSyntax?, format: FormatSyntax?, options: [OptionSyntax],
        changes: inout DeclaredChanges
    ) -> ConnectorDefinition? {
        var collected: [ConnectorDefinition.Option] = []
        for option in (connector?.options ?? []) + options + (format?.options ?? []) {
            guard let text = option.text else {
                diagnostics.report(
                    .error, "42601", at: option.value.span, "option \"\(option.key)\" needs a literal value")
                continue
            }
            collected.append(ConnectorDefinition.Option(key: option.key, value: text, span: option.span))
        }
        if let index = collected.firstIndex(where: { $0.key.lowercased() == "changelog" }) {
            changes.option = collected.remove(at: index)
        }
        if let format {
            changes.format = (format.name.text.lowercased(), format.name.span)
        } else if let option = collected.first(where: { $0.key.lowercased() == "format" }) {
            changes.format = (option.value.lowercased(), option.span)
        }
        var name = connector?.name.text
        if name == nil, let index = collected.firstIndex(where: { $0.key == "connector" }) {
            name = collected.remove(at: index).value
        }
        guard let name else {
            if let option = collected.first {
                diagnostics.report(
                    .error, "42601", at: option.span, "options are given but no connector",
                    hint: "Add connector = '...' or write FROM CONNECTOR (...).")
            } else if let format {
                diagnostics.report(
                    .error, "42601", at: format.span, "a format is given but no connector",
                    hint: "Add connector = '...' or write FROM CONNECTOR (...).")
            }
            return nil
        }
        return ConnectorDefinition(
            name: name.lowercased(), options: collected, format: encodingName(format),
            span: connector?.span ?? options.first?.span ?? .none)
    }

    /// The format that the connector is to read or write: of RisingWave's `FORMAT PLAIN | UPSERT ENCODE JSON` the
    /// encoding.
    private mutating func encodingName(_ format: FormatSyntax?) -> String? {
        guard let format, let encoding = format.encoding else { return format?.name.text }
        switch format.name.text.lowercased() {
        case "plain", "upsert": return encoding.text
        case "debezium" where encoding.text.lowercased() == "json": return "debezium"
        default:
            diagnostics.unsupported(
                "FORMAT \(format.name.text.uppercased()) ENCODE \(encoding.text.uppercased())", at: format.span,
                hint: "Write FORMAT PLAIN, UPSERT or DEBEZIUM with ENCODE JSON.")
            return nil
        }
    }
}
