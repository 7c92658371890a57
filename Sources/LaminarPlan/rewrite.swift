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
    case .source, .values, .feedback: return plan
    case .recursion(let rows, let step, let number):
        plan.node = .recursion(pushingDownFilters(rows), step: pushingDownFilters(step), number)
        return plan
    case .project(let input, let expressions):
        plan.node = .project(pushingDownFilters(input), expressions)
        return plan
    case .window(let input, let assignment):
        plan.node = .window(pushingDownFilters(input), assignment)
        return plan
    case .aggregate(let input, let aggregation):
        plan.node = .aggregate(pushingDownFilters(input), aggregation)
        return plan
    case .over(let input, let over):
        plan.node = .over(pushingDownFilters(input), over)
        return plan
    case .expand(let input, let count, let keepsEmpty):
        plan.node = .expand(pushingDownFilters(input), count: count, keepsEmpty: keepsEmpty)
        return plan
    case .unionAll(let inputs):
        plan.node = .unionAll(inputs.map(pushingDownFilters))
        return plan
    case .join(let left, let right, let join):
        plan.node = .join(pushingDownFilters(left), pushingDownFilters(right), join)
        return plan
    case .keyed(let input, let changes):
        plan.node = .keyed(pushingDownFilters(input), changes)
        return plan
    case .periodic(let input, let emission):
        plan.node = .periodic(pushingDownFilters(input), emission)
        return plan
    case .lateRows(let input, let window):
        plan.node = .lateRows(pushingDownFilters(input), window)
        return plan
    case .keyedWindows(let input, let windows):
        plan.node = .keyedWindows(pushingDownFilters(input), windows)
        return plan
    case .eventTimeOrder(let input, let lateness, let ties):
        plan.node = .eventTimeOrder(pushingDownFilters(input), lateness: lateness, ties: ties)
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
    case .join(let left, let right, let join) where input.name == nil:
        return pushIntoJoin(predicate, input, left, right, join, filter: filter)
    // Rows that a predicate drops still belong to sessions, and may hold two parts of one together.
    case .window(let inner, let assignment)
    where assignment.window.kind != .session && predicate.inputs.allSatisfy({ $0 < inner.fields.count }):
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

/// Splits a predicate over a join: what reads one side alone moves to that side where the join keeps no padded rows of
/// it; over an inner join equalities become keys, and the rest part of the condition.
private func pushIntoJoin(
    _ predicate: Expression, _ input: LogicalPlan, _ left: LogicalPlan, _ right: LogicalPlan, _ join: Join,
    filter: LogicalPlan
) -> LogicalPlan {
    let width = left.fields.count
    var join = join
    var leftParts: [Expression] = []
    var rightParts: [Expression] = []
    var kept: [Expression] = []
    let conjuncts: [Expression] = if case .and(let operands) = predicate.node { operands } else { [predicate] }
    for conjunct in conjuncts {
        let inputs = conjunct.inputs
        let isLeft = inputs.allSatisfy { $0 < width }
        let isRight = inputs.allSatisfy { $0 >= width }
        if conjunct.canFail {
            // It is evaluated for the rows that SQL says, and no others.
            kept.append(conjunct)
        } else if isLeft, !inputs.isEmpty, [.inner, .left, .semi, .anti].contains(join.kind) {
            leftParts.append(conjunct)
        } else if isRight, !inputs.isEmpty, [.inner, .right].contains(join.kind) {
            rightParts.append(conjunct.renumberingInputs { $0 - width })
        } else if join.kind == .inner {
            join.add(conjunct, leftWidth: width)
        } else {
            kept.append(conjunct)
        }
    }
    func filtered(_ plan: LogicalPlan, _ parts: [Expression]) -> LogicalPlan {
        guard let first = parts.first else { return plan }
        var result = plan
        result.node = .filter(plan, parts.dropFirst().reduce(first, conjunction))
        result.name = nil
        return result
    }
    var joined = input
    joined.node = .join(
        pushingDownFilters(filtered(left, leftParts)), pushingDownFilters(filtered(right, rightParts)), join)
    guard let first = kept.first else { return joined }
    var result = filter
    result.node = .filter(joined, kept.dropFirst().reduce(first, conjunction))
    return result
}

extension Join {
    /// Adds a conjunct of the condition, over the left columns and then the right ones: an equality of the two sides
    /// becomes a key, all else part of the residual.
    public mutating func add(_ conjunct: Expression, leftWidth: Int) {
        if let key = Self.key(conjunct, leftWidth: leftWidth) {
            keys.append(key)
        } else {
            residual = residual.map { conjunction($0, conjunct) } ?? conjunct
        }
    }

    private static func key(_ conjunct: Expression, leftWidth: Int) -> Key? {
        let operands: [Expression]
        var nullsAreEqual = false
        switch conjunct.node {
        case .call(let kernel, let arguments) where kernel.name == "equal" && arguments.count == 2: operands = arguments
        case .call(let kernel, let arguments) where kernel.name == "not" && arguments.count == 1:
            guard case .isDistinct(_, let a, let b) = arguments[0].node else { return nil }
            operands = [a, b]
            nullsAreEqual = true
        default: return nil
        }
        let (a, b) = (operands[0], operands[1])
        // Columns of an enclosing query belong to neither side.
        guard a.inputs.union(b.inputs).allSatisfy({ $0 < 1 << 40 }) else { return nil }
        // A key that can fail would fail for rows that no pair evaluates.
        guard a.type.physical == b.type.physical, !a.canFail, !b.canFail, !a.inputs.isEmpty, !b.inputs.isEmpty else {
            return nil
        }
        func isLeft(_ side: Expression) -> Bool { side.inputs.allSatisfy { $0 < leftWidth } }
        func isRight(_ side: Expression) -> Bool { side.inputs.allSatisfy { $0 >= leftWidth } }
        func key(_ left: Expression, _ right: Expression) -> Key {
            Key(left: left, right: right.renumberingInputs { $0 - leftWidth }, nullsAreEqual: nullsAreEqual)
        }
        if isLeft(a), isRight(b) { return key(a, b) }
        if isLeft(b), isRight(a) { return key(b, a) }
        return nil
    }
}
