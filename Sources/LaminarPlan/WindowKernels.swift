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
            Expression(
                .call(Kernel(name, arguments, .int64), [time, size, offset]), time.type, isNullable: time.isNullable,
                span: span)
        }
    }
}
