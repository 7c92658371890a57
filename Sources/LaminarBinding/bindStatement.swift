import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    mutating func bindStatement(_ statement: StatementSyntax) {
        readRelations = []
        let queriesBefore = queries.count
        switch statement.kind {
        case .createSource(let create): bindCreateSource(create, statement.span)
        case .createView(let create):
            bindCreateView(create, statement.span)
            noteReader(create.name.last.text, statement.span, queriesBefore)
        case .createSink(let create):
            bindCreateSink(create, statement.span)
            noteReader(create.name.last.text, statement.span, queriesBefore)
        case .createFunction(let create): bindCreateFunction(create, statement.span)
        case .insert(let insert):
            bindInsert(insert, statement.span)
            noteReader(insert.name.last.text, statement.span, queriesBefore)
        case .query(let query):
            bindBareQuery(query, statement.span)
            noteReader(nil, statement.span, queriesBefore)
        case .drop(let drop): bindDrop(drop)
        case .alter: diagnostics.unsupported("ALTER", at: statement.span)
        case .show: diagnostics.unsupported("SHOW", at: statement.span)
        case .describe: diagnostics.unsupported("DESCRIBE", at: statement.span)
        case .explain:
            diagnostics.unsupported(
                "EXPLAIN as a statement", at: statement.span, hint: "Use \"laminar-compile explain\".")
        case .set(let set): bindSet(set)
        case .checkpoint: diagnostics.unsupported("CHECKPOINT", at: statement.span)
        case .restore: diagnostics.unsupported("RESTORE", at: statement.span)
        case .subscribe: diagnostics.unsupported("SUBSCRIBE", at: statement.span)
        case .invalid: break
        }
        for index in queries.indices.dropFirst(min(queriesBefore, queries.count)) {
            if let timeToLive = stateTimeToLive {
                queries[index].plan = queries[index].plan.expiring(after: timeToLive)
            }
            if options.isStateStrict || !keepsStateForEver {
                reportUnboundedState(of: queries[index].plan, isStrict: options.isStateStrict, &diagnostics)
            }
        }
    }

    /// The name under which an object enters the catalogue; nil if it exists and may not be replaced.
    mutating func declaredName(_ name: NameSyntax, isOrReplace: Bool, ifNotExists: Bool) -> String? {
        let key = name.last.text
        guard relations[key] != nil, !isOrReplace else { return key }
        if !ifNotExists {
            diagnostics.report(
                .error, "42P07", at: name.span, "relation \"\(key)\" already exists",
                hint: "Choose another name, or write CREATE OR REPLACE.")
        }
        return nil
    }

    private mutating func bindCreateView(_ create: CreateViewSyntax, _ span: Span) {
        guard let name = declaredName(create.name, isOrReplace: create.isOrReplace, ifNotExists: create.ifNotExists)
        else { return }
        relations[name] = .invalid
        emission = Emission()
        emission.isMaterializedView = create.kind == .materializedView
        for option in create.options where !bindViewOption(option, create) { return }
        guard var (plan, presentation) = bindOutermostQuery(create.query) else { return }
        if presentation.limit != nil || presentation.offset != 0 {
            guard let first = limited(plan, presentation, ties: nil, span: create.query.span) else { return }
            plan = first
        }
        // The order of a view's rows has no meaning to those who read it.
        presentation = SinkPlan.Presentation()
        plan = removingHiddenColumns(plan, toCount: visibleColumnCount)
        if !create.columns.isEmpty {
            guard create.columns.count <= plan.fields.count else {
                diagnostics.report(
                    .error, "42601", at: create.columns[plan.fields.count].span,
                    "view \"\(name)\" names \(create.columns.count) columns but its query has \(plan.fields.count)")
                return
            }
            for (index, column) in create.columns.enumerated() { plan.fields[index].name = column.text }
        }
        plan.name = name
        relations[name] = .view(plan)
        queries.removeAll { $0.sink.name == name }
        // LOCAL and TEMPORARY: for the other statements of the file, not a result of its own.
        if options.exposesStreams, create.kind != .view, create.modifier == nil {
            queries.append(
                LogicalQuery(sink: SinkDefinition(name: name, kind: .stream, connector: nil, span: span), plan: plan))
        }
    }

    /// `refresh.interval.sec = n` of a materialised view, which is EMIT EVERY; false after a report.
    private mutating func bindViewOption(_ option: OptionSyntax, _ create: CreateViewSyntax) -> Bool {
        guard option.key == "refresh.interval.sec", create.kind == .materializedView else {
            diagnostics.report(
                .error, "42704", at: option.keySpan, "a view has no option \"\(option.key)\"",
                hint: "A materialized view can have refresh.interval.sec, the same as EMIT EVERY; write others on its source or sink.")
            return false
        }
        guard let seconds = option.text.flatMap({ Int64($0) }), seconds > 0, seconds <= Int64.max / 1_000_000 else {
            diagnostics.report(
                .error, "22023", at: option.value.span, "invalid value for option \"refresh.interval.sec\"",
                hint: "It must be a number of seconds, greater than zero.")
            return false
        }
        if create.query.tail?.emit != nil {
            diagnostics.report(
                .error, "42601", at: option.span, "refresh.interval.sec and EMIT cannot both say when results come out",
                hint: "Leave one of them away.")
            return false
        }
        emission.mode = .every(seconds * 1_000_000)
        emission.span = option.span
        return true
    }

    private mutating func bindBareQuery(_ query: QuerySyntax, _ span: Span) {
        emission = Emission()
        guard var (plan, presentation) = bindOutermostQuery(query) else { return }
        presentation.hiddenColumns = plan.fields.count - visibleColumnCount
        let number = queries.filter { $0.sink.kind == .query }.count + 1
        let name = number == 1 ? "output" : "output_\(number)"
        plan.name = plan.name ?? name
        queries.append(
            LogicalQuery(
                sink: SinkDefinition(name: name, kind: .query, connector: nil, span: span), plan: plan,
                presentation: presentation))
    }

    mutating func reportMissingRelation(_ name: NameSyntax) {
        let known = Array(relations.keys) + commonTables.flatMap(\.keys)
        diagnostics.report(
            .error, "42P01", at: name.span, "relation \"\(name.text)\" does not exist",
            hint: nearestName(to: name.last.text, among: known.sorted()).map { "Did you mean \"\($0)\"?" })
    }
}
