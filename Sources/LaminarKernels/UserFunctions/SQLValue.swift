public import LaminarTypes

/// A Swift type that functions written in Swift take and give for a SQL type.
///
/// | SQL | Swift |
/// |---|---|
/// | BOOLEAN, SMALLINT, INTEGER, BIGINT | `Bool`, `Int16`, `Int32`, `Int64` |
/// | REAL, DOUBLE PRECISION, NUMERIC | `Float`, `Double`, `Decimal` |
/// | TEXT, VARCHAR, CHAR, JSON, JSONB | `String`, or `StringView`, which copies nothing |
/// | BYTEA | `[UInt8]` or `StringView` |
/// | DATE | `Int32`: days since 1970-01-01 |
/// | TIME, TIMESTAMP, TIMESTAMPTZ | `Int64`: microseconds, since 1970-01-01 in UTC |
/// | INTERVAL, UUID | `Interval`, `UUIDBytes` |
public protocol SQLValue {
    /// How a value lies in a column.
    associatedtype Stored: BitwiseCopyable

    static var physicalType: PhysicalType { get }

    init(stored: Stored)

    /// The value as it lies in a column; bytes that it needs are copied into `arena`.
    func stored(in arena: inout Arena) -> Stored
}

/// A type whose values lie in columns as they are.
public protocol PlainSQLValue: SQLValue, BitwiseCopyable where Stored == Self {}

extension PlainSQLValue {
    @inlinable public init(stored: Self) { self = stored }
    @inlinable public func stored(in arena: inout Arena) -> Self { self }
}

extension Bool: PlainSQLValue { public static var physicalType: PhysicalType { .bool } }
extension Int16: PlainSQLValue { public static var physicalType: PhysicalType { .int16 } }
extension Int32: PlainSQLValue { public static var physicalType: PhysicalType { .int32 } }
extension Int64: PlainSQLValue { public static var physicalType: PhysicalType { .int64 } }
extension Float: PlainSQLValue { public static var physicalType: PhysicalType { .float } }
extension Double: PlainSQLValue { public static var physicalType: PhysicalType { .double } }
extension Decimal: PlainSQLValue { public static var physicalType: PhysicalType { .decimal } }
extension Interval: PlainSQLValue { public static var physicalType: PhysicalType { .interval } }
extension UUIDBytes: PlainSQLValue { public static var physicalType: PhysicalType { .uuid } }

extension StringView: SQLValue {
    public static var physicalType: PhysicalType { .string }
    @inlinable public init(stored: StringView) { self = stored }
    @inlinable public func stored(in arena: inout Arena) -> StringView { arena.copy(self) }
}

extension String: SQLValue {
    public static var physicalType: PhysicalType { .string }
    public init(stored: StringView) { self = stored.string }
    public func stored(in arena: inout Arena) -> StringView { arena.copy(self) }
}

extension [UInt8]: SQLValue {
    public static var physicalType: PhysicalType { .string }
    public init(stored: StringView) { self = stored.withBytes { Array($0) } }
    public func stored(in arena: inout Arena) -> StringView { makeBytes(&arena, self) }
}
