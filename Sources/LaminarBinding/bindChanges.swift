import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// What a declaration says of the changes that its connector carries.
struct DeclaredChanges {
    /// The value of the option `changelog`, if it is given.
    var option: ConnectorDefinition.Option?
    /// What FORMAT says: `upsert` and `debezium` tell more than an encoding.
    var format: (name: String, span: Span)?

    var isDebezium: Bool { format.map { debeziumFormats.contains($0.name) } ?? false }
}

private let debeziumFormats: Set<String> = ["debezium", "debezium_json", "debezium-json"]

extension Binder {
    // MARK: Sources

    /// Decides what the rows of a source may do: by the option `changelog`, by its format, or as a table with a key.
    mutating func bindChanges(
        _ declared: DeclaredChanges, _ create: CreateSourceSyntax, _ definition: inout SourceDefinition
    ) {
        let isKeyed = !definition.primaryKey.isEmpty
        if let option = declared.option {
            guard let changes = ChangeInput(rawValue: option.value.lowercased()) else {
                reportChangelogOption(option)
                return
            }
            definition.changes = changes
        } else if declared.isDebezium {
            definition.changes = isKeyed ? .upsert : .full
        } else if declared.format?.name == "upsert" {
            definition.changes = .upsert
        } else if let known = options.changelogSources {
            definition.isAppendOnly = create.appendOnly != nil || !known.contains(definition.name)
            return
        } else if create.kind == .table, isKeyed, create.appendOnly == nil {
            definition.changes = .upsert
        }
        if definition.changes == .append, declared.isDebezium, let option = declared.option {
            diagnostics.report(
                .error, "42601", at: option.span, "a Debezium envelope carries updates and deletions",
                hint: "Write changelog = 'full', or 'upsert' with a primary key.")
        }
        if definition.changes != .append, let appendOnly = create.appendOnly {
            diagnostics.report(
                .error, "42601", at: appendOnly,
                "source \"\(definition.name)\" cannot be APPEND ONLY, since its input updates rows")
        }
        if definition.changes == .upsert, !isKeyed {
            diagnostics.report(
                .error, "42601", at: declared.option?.span ?? declared.format?.span ?? create.name.span,
                "rows can only be upserted by a primary key",
                hint: "Declare PRIMARY KEY (column, ...), or write changelog = 'full' for rows that are taken back whole.")
        }
        definition.isAppendOnly = definition.changes == .append
    }

    /// A source as queries read it: where rows come by key, behind the operator that keeps the last of each.
    func relation(of definition: SourceDefinition, span: Span) -> LogicalPlan {
        var properties = StreamProperties(
            changelog: definition.isAppendOnly ? .appendOnly : .updating, eventTime: definition.watermark?.column,
            key: definition.primaryKey.isEmpty ? nil : definition.primaryKey)
        properties.keyedWatermark = definition.timing.keyed
        properties.processingTimes = Set(
            definition.visible.indices.filter { definition.visible[$0].expression.readsProcessingTime })
        var plan = LogicalPlan(
            .source(definition), fields: definition.visible.map(\.field), properties: properties,
            name: definition.name, span: span)
        guard definition.changes != .append, !definition.primaryKey.isEmpty else { return plan }
        plan.name = nil
        properties.stateBound = .keyCardinality
        return LogicalPlan(
            .keyed(plan, KeyedChanges(key: definition.primaryKey, input: definition.changes)), fields: plan.fields,
            properties: properties, name: definition.name, span: span)
    }

    // MARK: Sinks

    /// Decides what a sink takes as far as its declaration says so.
    mutating func bindChanges(_ declared: DeclaredChanges, _ sink: inout SinkDefinition) {
        if let option = declared.option {
            guard let changes = ChangeOutput(rawValue: option.value.lowercased()) else {
                reportChangelogOption(option)
                return
            }
            sink.declaredChanges = changes
            if declared.isDebezium, changes != .full {
                diagnostics.report(
                    .error, "42601", at: option.span, "a Debezium envelope carries whole changes",
                    hint: "Write changelog = 'full', or leave the option out.")
            }
        } else if declared.isDebezium {
            sink.declaredChanges = .full
        } else if declared.format?.name == "upsert" {
            sink.declaredChanges = .upsert
        }
    }

    /// `plan` as the sink takes it, and in `sink` how; nil after a report.
    mutating func adapted(_ plan: LogicalPlan, to sink: inout SinkDefinition, at span: Span) -> LogicalPlan? {
        let isUpdating = plan.properties.changelog == .updating
        switch sink.declaredChanges {
        case .append where isUpdating:
            diagnostics.report(
                .error, "42809", at: span,
                "sink \"\(sink.name)\" takes rows that stay, but the query takes rows back",
                hint: plan.windowColumns != nil || hasWindows(plan)
                    ? "Write EMIT ON WINDOW CLOSE, or give the sink changelog = 'upsert' or 'full'."
                    : "Give the sink changelog = 'upsert' or 'full', or aggregate over windows of a watermark.")
            return nil
        case .append:
            sink.changes = .append
            return plan
        case .full:
            sink.changes = .full
            return plan
        case .upsert: break
        case nil where !isUpdating:
            sink.changes = .append
            return plan
        case nil where sink.primaryKey.isEmpty:
            sink.changes = .full
            return plan
        case nil: break
        }
        sink.changes = .upsert
        if sink.primaryKey.isEmpty {
            guard let key = plan.properties.key else {
                diagnostics.report(
                    .error, "42809", at: span,
                    "sink \"\(sink.name)\" takes rows by key, but no columns of the query identify a row",
                    hint: "Declare the sink's columns with a PRIMARY KEY, or write changelog = 'full'.")
                return nil
            }
            sink.primaryKey = key
        }
        // Rows that only come take the place of earlier ones; what is unique by fewer columns is so by more.
        if !isUpdating { return plan }
        if let key = plan.properties.key, Set(key).isSubset(of: sink.primaryKey) { return plan }
        return collapsed(plan, by: sink.primaryKey, span: span)
    }

    /// One row for each key: of several the greatest, column by column, so that the order in which changes come does
    /// not matter.
    private mutating func collapsed(_ plan: LogicalPlan, by key: [Int], span: Span) -> LogicalPlan? {
        let order = plan.fields.indices.filter { !key.contains($0) }.map {
            SinkPlan.Presentation.Ordering(column: $0, isDescending: true, nullsFirst: false)
        }
        var result = limited(plan, partition: key, order, limit: 1, span: span)
        result?.properties.key = key
        result?.properties.changelog = .updating
        return result
    }

    // MARK: Options

    private mutating func reportChangelogOption(_ option: ConnectorDefinition.Option) {
        diagnostics.report(
            .error, "22023", at: option.span, "invalid value for option \"changelog\": \"\(option.value)\"",
            hint: "It must be append, upsert or full.")
    }
}

private func hasWindows(_ plan: LogicalPlan) -> Bool {
    if case .window = plan.node { return true }
    return plan.inputs.contains(where: hasWindows)
}
