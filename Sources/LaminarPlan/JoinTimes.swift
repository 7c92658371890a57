import LaminarExpressions
import LaminarTypes

extension Join {
    /// The bounds that the keys and the condition set between a time of the left row and one of the right row; what of the
    /// condition says no more than that is taken out of it. Nil: none.
    ///
    /// - Parameters:
    ///   - left: a column of the left input; `right`: one of the right input.
    public mutating func takeTimeBounds(left: Int, right: Int, leftWidth: Int) -> (lower: Int64?, upper: Int64?)? {
        var bounds = TimeBounds(left: left, right: leftWidth + right)
        for key in keys where key.left.timeColumn == left && key.right.timeColumn == right { bounds.narrow(0, 0) }
        var rest: [Expression] = []
        if let residual {
            for conjunct in residual.conjuncts where !bounds.take(conjunct) { rest.append(conjunct) }
        }
        guard bounds.isBound else { return nil }
        residual = rest.first.map { rest.dropFirst().reduce($0, conjunction) }
        return (bounds.lower, bounds.upper)
    }
}

extension Expression {
    /// The operands of nested ANDs.
    public var conjuncts: [Expression] {
        if case .and(let operands) = node { return operands.flatMap(\.conjuncts) }
        return [self]
    }

    /// The length of a constant interval that is the same for all times, in microseconds.
    public var constantLength: Int64? {
        guard case .constant(.interval(let interval)) = node, interval.months == 0 else { return nil }
        let (days, overflow) = Int64(interval.days).multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, sumOverflow) = days.addingReportingOverflow(interval.microseconds)
        return overflow || sumOverflow ? nil : sum
    }
}

/// What is known of the distance from a left time to a right one.
private struct TimeBounds {
    /// Columns of the pair.
    let left: Int
    let right: Int
    var lower: Int64?
    var upper: Int64?
    var isBound: Bool { lower != nil || upper != nil }

    init(left: Int, right: Int) {
        self.left = left
        self.right = right
    }

    mutating func narrow(_ lower: Int64?, _ upper: Int64?) {
        if let lower { self.lower = max(self.lower ?? lower, lower) }
        if let upper { self.upper = min(self.upper ?? upper, upper) }
    }

    /// Counts a conjunct in if all it says is how far apart the times are.
    mutating func take(_ conjunct: Expression) -> Bool {
        guard case .call(let kernel, let operands) = conjunct.node, operands.count == 2,
            let comparison = Comparison(rawValue: kernel.name)
        else { return false }
        // `right − left` compared with a distance, whatever stands where.
        if let a = term(operands[0]), let b = term(operands[1]), a.column != b.column {
            let isForward = a.column == right
            let (distance, overflow) = isForward
                ? b.offset.subtractingReportingOverflow(a.offset) : a.offset.subtractingReportingOverflow(b.offset)
            return !overflow && apply(isForward ? comparison : comparison.mirrored, distance)
        }
        for (difference, length, comparison) in [
            (operands[0], operands[1], comparison), (operands[1], operands[0], comparison.mirrored),
        ] {
            guard let length = length.constantLength, case .call(let kernel, let times) = difference.node,
                kernel.name == "subtractTimestamps", let a = term(times[0]), let b = term(times[1]),
                a.column != b.column
            else { continue }
            let (shift, overflow) = b.offset.subtractingReportingOverflow(a.offset)
            let (sum, sumOverflow) = length.addingReportingOverflow(shift)
            guard !overflow, !sumOverflow, sum != .min else { return false }
            return a.column == right ? apply(comparison, sum) : apply(comparison.mirrored, 0 &- sum)
        }
        return false
    }

    private mutating func apply(_ comparison: Comparison, _ distance: Int64) -> Bool {
        guard distance > .min, distance < .max else { return false }
        switch comparison {
        case .equal: narrow(distance, distance)
        case .less: narrow(nil, distance - 1)
        case .lessOrEqual: narrow(nil, distance)
        case .greater: narrow(distance + 1, nil)
        case .greaterOrEqual: narrow(distance, nil)
        }
        return true
    }

    /// One of the two times, and how many microseconds are added to it.
    private func term(_ expression: Expression) -> (column: Int, offset: Int64)? {
        let expression = expression.withoutMilliseconds
        if let column = expression.timeColumn { return column == left || column == right ? (column, 0) : nil }
        guard case .call(let kernel, let operands) = expression.node, operands.count == 2,
            let base = term(operands[0])
        else { return nil }
        var distance: Int64?
        switch kernel.name {
        case "addInterval": distance = operands[1].constantLength
        case "subtractInterval": distance = operands[1].constantLength.map { 0 &- $0 }
        case "add", "subtract":
            // A BIGINT of milliseconds.
            guard expression.type == .bigint, case .constant(.integer(let value)) = operands[1].node,
                value.magnitude < 1 << 50
            else { return nil }
            distance = (kernel.name == "add" ? value : 0 &- value) * 1000
        default: return nil
        }
        guard let distance else { return nil }
        let (sum, overflow) = base.offset.addingReportingOverflow(distance)
        return overflow ? nil : (base.column, sum)
    }

    private enum Comparison: String {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        var mirrored: Comparison {
            switch self {
            case .equal: .equal
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            }
        }
    }
}
