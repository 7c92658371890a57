public import LaminarExpressions
public import LaminarText
import LaminarTypes

extension WindowAssignment {
    /// `window_start`, `window_end` and `window_time` as expressions over the row that `time` is over.
    public func boundExpressions(span: Span) -> [Expression] {
        let arguments: [PhysicalType] = [.int64, .int64, .int64]
        let size = Expression.constant(.integer(window.size), .bigint, span: span)
        let offset = Expression.constant(.integer(window.offset), .bigint, span: span)
        return ["windowStart", "windowEnd", "windowTime"].map { name in
            let bound = Expression(
                .call(Kernel(name, arguments, .int64), [time, size, offset]), time.type, isNullable: time.isNullable,
                span: span)
            return (name == "windowTime" ? bound.atPrecisionOfItsType : bound).asTime(boundType)
        }
    }
}

extension SQLType {
    /// The microseconds between two instants that the type can tell apart.
    var timeUnit: Int64 {
        switch self {
        case .timestamp(let digits), .timestamptz(let digits):
            digits >= 6 ? 1 : (0..<(6 - digits)).reduce(Int64(1)) { unit, _ in unit * 10 }
        // An event time in milliseconds.
        case .bigint: 1000
        default: 1
        }
    }
}

extension Expression {
    /// `window_time` is the last instant of the window that its type can hold: in TIMESTAMP(3) the last millisecond.
    var atPrecisionOfItsType: Expression {
        let unit = type.timeUnit
        if unit == 1 { return self }
        // Rounding down to the unit is the start of the window of that size.
        return Expression(
            .call(
                Kernel("windowStart", [.int64, .int64, .int64], .int64),
                [
                    self, .constant(.integer(unit), .bigint, span: span), .constant(.integer(0), .bigint, span: span),
                ]), type, isNullable: isNullable, span: span)
    }

    /// The call of a window bound's kernel, whatever precision it was brought to.
    public var windowBoundCall: Expression {
        let whole = withoutMilliseconds
        if whole != self { return whole.windowBoundCall }
        if case .call(let outer, let operands) = node, outer.name == "windowStart", operands.count == 3,
            case .call(let inner, _) = operands[0].node, inner.name == "windowTime"
        {
            return operands[0]
        }
        return self
    }
}
