import LaminarExpressions

/// Rewrites a logical program into one that computes the same with less work.
///
/// - Constant filters: WHERE TRUE goes away.
/// - Predicates move below projections, windows and unions, towards the source, where a decoder can use them.
/// - A predicate over the keys of an aggregation moves below it: groups that it drops are never made.
public func rewrite(_ program: LogicalProgram) -> LogicalProgram {
    var program = program
    for index in program.queries.indices { program.queries[index].plan = pushingDownFilters(program.queries[index].plan) }
    return program
}

private func pushingDownFilters(_ plan: LogicalPlan) -> LogicalPlan {
    var plan = plan
    switch plan.node {
    case .source, .values: return plan
    case .project(let input, let expressions):
        plan.node = .project(pushingDownFilters(input), expressions)
        return plan
    case .window(let input, let assignment):
        plan.node = .window(pushingDownFilters(input), assignment)
        return plan
    case .aggregate(let input, let aggregation):
        plan.node = .aggregate(pushingDownFilters(input), aggregation)
        return plan
    case .unionAll(let inputs):
        plan.node = .unionAll(inputs.map(pushingDownFilters))
        return plan
    case .filter(let input, let predicate):
        if case .constant(.boolean(true)) = predicate.node { return pushingDownFilters(input) }
        return push(predicate, below: input, filter: plan)
    }
}

/// `predicate` over `input`, as deep as it may go; `filter` is the plan that held it.
private func push(_ predicate: Expression, below input: LogicalPlan, filter: LogicalPlan) -> LogicalPlan {
    var moved = input
    func filtered(_ plan: LogicalPlan, _ predicate: Expression) -> LogicalPlan {
        var result = plan
        result.node = .filter(plan, predicate)
        result.name = nil
        return pushingDownFilters(result)
    }
    switch input.node {
    case .project(let inner, let expressions):
        moved.node = .project(filtered(inner, predicate.substitutingInputs { expressions[$0] }), expressions)
        return moved
    case .unionAll(let inputs):
        // A predicate that can fail stays put: below the union it would fail in another order.
        guard !predicate.canFail else { break }
        moved.node = .unionAll(inputs.map { filtered($0, predicate) })
        return moved
    case .window(let inner, let assignment) where predicate.inputs.allSatisfy({ $0 < inner.fields.count }):
        moved.node = .window(filtered(inner, predicate), assignment)
        return moved
    case .aggregate(let inner, let aggregation):
        // Sound only where groups that the predicate drops cannot be told from groups that never were: a running
        // aggregation without keys has its one row regardless.
        // A named aggregation may have other readers, who share its state.
        guard input.name == nil, !aggregation.keys.isEmpty, !predicate.canFail,
            predicate.inputs.allSatisfy({ $0 < aggregation.keys.count }), !predicate.inputs.isEmpty
        else { break }
        moved.node = .aggregate(
            filtered(inner, predicate.substitutingInputs { aggregation.keys[$0] }), aggregation)
        return moved
    default: break
    }
    var result = filter
    result.node = .filter(pushingDownFilters(input), predicate)
    return result
}
