/// `==` on values is identity of representation: 1.0 and 1.00 differ, −0 and 0 differ, a NaN equals itself.
///
/// Plans are compared and deduplicated by it. SQL's own comparison, which ignores scale and sign of zero, is another
/// function.
extension Value: Hashable {
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.boolean(let x), .boolean(let y)): x == y
        case (.integer(let x), .integer(let y)): x == y
        case (.unsigned(let x), .unsigned(let y)): x == y
        case (.real(let x), .real(let y)): x.bitPattern == y.bitPattern
        case (.double(let x), .double(let y)): x.bitPattern == y.bitPattern
        case (.decimal(let x), .decimal(let y)): x.unscaled == y.unscaled && x.scale == y.scale && x.kind == y.kind
        case (.text(let x), .text(let y)): Array(x.utf8) == Array(y.utf8)
        case (.bytes(let x), .bytes(let y)): x == y
        case (.date(let x), .date(let y)): x == y
        case (.time(let x), .time(let y)): x == y
        case (.timestamp(let x), .timestamp(let y)): x == y
        case (.interval(let x), .interval(let y)):
            x.months == y.months && x.days == y.days && x.microseconds == y.microseconds
        case (.uuid(let high, let low), .uuid(let otherHigh, let otherLow)): high == otherHigh && low == otherLow
        case (.array(let x), .array(let y)), (.row(let x), .row(let y)): x == y
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .integer(let value), .time(let value), .timestamp(let value): hasher.combine(value)
        case .unsigned(let value): hasher.combine(value)
        case .real(let value): hasher.combine(value.bitPattern)
        case .double(let value): hasher.combine(value.bitPattern)
        case .decimal(let value):
            hasher.combine(value.unscaled)
            hasher.combine(value.scale)
        case .text(let value):
            for byte in value.utf8 { hasher.combine(byte) }
        case .bytes(let value): hasher.combine(value)
        case .date(let value): hasher.combine(value)
        case .interval(let value):
            hasher.combine(value.months)
            hasher.combine(value.days)
            hasher.combine(value.microseconds)
        case .uuid(let high, let low):
            hasher.combine(high)
            hasher.combine(low)
        case .array(let values), .row(let values): hasher.combine(values)
        }
    }
}
