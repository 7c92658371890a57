import LaminarTypes

/// Where a cast stands, which decides whether PostgreSQL makes it by itself.
package enum CastContext: UInt8, Comparable, Sendable {
    /// Within an expression.
    case implicit
    /// Storing into a column.
    case assignment
    /// CAST and `::`.
    case explicit

    package static func < (a: CastContext, b: CastContext) -> Bool { a.rawValue < b.rawValue }
}

/// The weakest context in which a value of `source` becomes one of `target`; nil if never.
///
/// PostgreSQL 15's `pg_cast`, with its rule that every type casts to text by assignment and from text explicitly.
package func castContext(from source: TypeName, to target: TypeName) -> CastContext? {
    if source == target || source == .unknown || target == .any || target == .element { return .implicit }
    switch (source, target) {
    case (.text, .varchar), (.text, .char), (.varchar, .text), (.varchar, .char), (.char, .text), (.char, .varchar):
        return .implicit
    case (.array, _), (_, .array), (.row, _), (_, .row), (.map, _), (_, .map):
        return target.category == .string ? .assignment : source.category == .string ? .explicit : nil
    default: break
    }
    if target.category == .string { return .assignment }
    if source.category == .string { return .explicit }
    if let from = numericRank(source), let to = numericRank(target) {
        // Integers, numeric, real, double: upwards by itself, downwards when stored.
        if source == .unsignedBigint || target == .unsignedBigint {
            return source == .unsignedBigint && to >= 4 ? .implicit : .assignment
        }
        return from < to ? .implicit : .assignment
    }
    switch (source, target) {
    case (.integer, .boolean), (.boolean, .integer): return .explicit
    case (.date, .timestamp), (.date, .timestamptz), (.timestamp, .timestamptz): return .implicit
    case (.timestamp, .date), (.timestamp, .time): return .assignment
    case (.timestamptz, .date), (.timestamptz, .time), (.timestamptz, .timestamp): return .assignment
    case (.time, .interval): return .implicit
    case (.interval, .time): return .assignment
    case (.json, .jsonb), (.jsonb, .json): return .assignment
    case (.jsonb, .boolean), (.jsonb, .smallint), (.jsonb, .integer), (.jsonb, .bigint), (.jsonb, .numeric),
        (.jsonb, .real), (.jsonb, .double):
        return .explicit
    default: return nil
    }
}

private func numericRank(_ type: TypeName) -> Int? {
    switch type {
    case .smallint: 1
    case .integer: 2
    case .bigint, .unsignedBigint: 3
    case .numeric: 4
    case .real: 5
    case .double: 6
    default: nil
    }
}
