public import LaminarExpressions
import LaminarTypes

/// Event time is microseconds inside; a BIGINT column counts milliseconds and is converted where it comes in and where
/// it goes out.
extension Expression {
    /// A time of this column type in microseconds: itself, or a BIGINT converted.
    public var asMicroseconds: Expression {
        guard type == .bigint else { return self }
        if case .call(let kernel, let operands) = node, kernel == Self.toMilliseconds { return operands[0].heldAtEnds }
        return Expression(
            .call(Self.toMicroseconds, [self]), .timestamp(6), isNullable: isNullable, span: span)
    }

    /// A time in microseconds as a value of a column type: BIGINT counts milliseconds.
    public func asTime(_ type: SQLType) -> Expression {
        guard type == .bigint else { return self }
        return Expression(.call(Self.toMilliseconds, [self]), .bigint, isNullable: isNullable, span: span)
    }

    /// The column whose time this is in microseconds, if it is no more than that.
    public var timeColumn: Int? {
        switch node {
        case .input(let column): column
        case .call(let kernel, let operands) where kernel == Self.toMicroseconds: operands[0].timeColumn
        default: nil
        }
    }

    /// The time in microseconds that this is in milliseconds, rounded down.
    var withoutMilliseconds: Expression {
        if case .call(let kernel, let operands) = node, kernel == Self.toMilliseconds { return operands[0].heldAtEnds }
        return self
    }

    /// The same time of BIGINT columns that are held at the ends of what a timestamp can be, where they would fail.
    private var heldAtEnds: Expression {
        let mapped = mapOperands(\.heldAtEnds)
        guard case .call(let kernel, let operands) = mapped.node, kernel.name == "timestampOfMilliseconds" else {
            return mapped
        }
        return Expression(.call(Self.toMicroseconds, operands), type, isNullable: isNullable, span: span)
    }

    /// Without conversions there and back of times that are whole milliseconds, as window bounds are.
    func withoutRoundTrips() -> Expression {
        let mapped = mapOperands { $0.withoutRoundTrips() }
        guard case .call(let kernel, let operands) = mapped.node, kernel == Self.toMicroseconds,
            case .call(let inner, let times) = operands[0].node, inner == Self.toMilliseconds
        else { return mapped }
        return times[0]
    }

    private static let toMicroseconds = Kernel("microsecondsOfMilliseconds", [.int64], .int64)
    private static let toMilliseconds = Kernel("millisecondsOfMicroseconds", [.int64], .int64)
}
