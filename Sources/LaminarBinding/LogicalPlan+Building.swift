import LaminarExpressions
import LaminarPlan
import LaminarText
import LaminarTypes

/// `SELECT expressions FROM plan`, properties carried along.
func projected(_ plan: LogicalPlan, _ expressions: [Expression], names: [String], span: Span) -> LogicalPlan {
    var position: [Int: Int] = [:]
    for (index, expression) in expressions.enumerated() {
        if case .input(let column) = expression.node, position[column] == nil { position[column] = index }
    }
    let fields = zip(names, expressions).map { Field($0, $1.type, isNullable: $1.isNullable) }
    var properties = plan.properties
    properties.eventTime = properties.eventTime.flatMap { position[$0] }
    properties.keyedWatermark = properties.keyedWatermark.flatMap { keyed in
        let mapped = keyed.columns.compactMap { position[$0] }
        return mapped.count == keyed.columns.count
            ? KeyedWatermark(columns: mapped, idle: keyed.idle, delay: keyed.delay) : nil
    }
    properties.key = properties.key.flatMap { key in
        let mapped = key.compactMap { position[$0] }
        return mapped.count == key.count ? mapped : nil
    }
    properties.stateBound = .stateless
    properties.processingTimes = Set(
        expressions.indices.filter { index in
            expressions[index].isProcessingTime(of: plan.properties)
        })
    return LogicalPlan(
        .project(plan, expressions), fields: fields, properties: properties,
        windowColumns: plan.windowColumns?.mapped { position[$0] }, name: nil, span: span)
}

/// `plan WHERE predicate`.
func filtered(_ plan: LogicalPlan, _ predicate: Expression) -> LogicalPlan {
    var properties = plan.properties
    properties.stateBound = .stateless
    return LogicalPlan(
        .filter(plan, predicate), fields: plan.fields, properties: properties,
        windowColumns: plan.windowColumns, name: nil, span: plan.span)
}

/// The plan without the columns behind the first `count`, which only served an ORDER BY.
func removingHiddenColumns(_ plan: LogicalPlan, toCount count: Int) -> LogicalPlan {
    if count == plan.fields.count { return plan }
    let kept = plan.fields.prefix(count)
    return projected(
        plan, kept.enumerated().map { .input($0.offset, $0.element) }, names: kept.map(\.name), span: plan.span)
}

/// The rows of several plans of equal column types, names from the first.
func unionAll(_ plans: [LogicalPlan], span: Span) -> LogicalPlan {
    var fields = plans[0].fields
    for plan in plans.dropFirst() {
        for index in fields.indices where plan.fields[index].isNullable { fields[index].isNullable = true }
    }
    var properties = StreamProperties()
    properties.changelog = plans.contains { $0.properties.changelog == .updating } ? .updating : .appendOnly
    let eventTimes = Set(plans.map(\.properties.eventTime))
    properties.processingTimes = plans.dropFirst().reduce(plans[0].properties.processingTimes) {
        $0.intersection($1.properties.processingTimes)
    }
    if eventTimes.count == 1 { properties.eventTime = plans[0].properties.eventTime }
    return LogicalPlan(.unionAll(plans), fields: fields, properties: properties, name: nil, span: span)
}

/// One row for each distinct row of the plan.
func distinct(_ plan: LogicalPlan, span: Span) -> LogicalPlan {
    let keys = plan.fields.enumerated().map { Expression.input($0.offset, $0.element, span: span) }
    let properties = StreamProperties(
        changelog: .updating, eventTime: nil, key: Array(plan.fields.indices), stateBound: .keyCardinality)
    return LogicalPlan(
        .aggregate(plan, Aggregation(keys: keys, calls: [])), fields: plan.fields, properties: properties,
        name: nil, span: span)
}
