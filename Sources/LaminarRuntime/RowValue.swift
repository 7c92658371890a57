public import LaminarKernels
public import LaminarTypes

/// A value of a row that is kept to be taken back: the same as another only if nothing tells them apart, so 1.0 is not
/// 1.00 and a day is not 24 hours.
public protocol RowValue {
    func isSame(as other: Self) -> Bool
}

extension RowValue where Self: Equatable {
    @inlinable public func isSame(as other: Self) -> Bool { self == other }
}

extension Bool: RowValue {}
extension Int16: RowValue {}
extension Int32: RowValue {}
extension Int64: RowValue {}
extension UInt64: RowValue {}
extension StringView: RowValue {}
extension UUIDBytes: RowValue {}

extension Float: RowValue {
    @inlinable public func isSame(as other: Float) -> Bool { bitPattern == other.bitPattern }
}

extension Double: RowValue {
    @inlinable public func isSame(as other: Double) -> Bool { bitPattern == other.bitPattern }
}

extension Decimal: RowValue {
    @inlinable public func isSame(as other: Decimal) -> Bool {
        unscaled == other.unscaled && scale == other.scale && kind == other.kind
    }
}

extension Interval: RowValue {
    @inlinable public func isSame(as other: Interval) -> Bool {
        months == other.months && days == other.days && microseconds == other.microseconds
    }
}

extension Optional: RowValue where Wrapped: RowValue {
    @inlinable public func isSame(as other: Wrapped?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let value?, let other?): value.isSame(as: other)
        default: false
        }
    }
}
