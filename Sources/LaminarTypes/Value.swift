/// One SQL value outside the hot path: constants in plans, cells in tests, rows of the dynamic API.
public indirect enum Value: Sendable {
    case null
    case boolean(Bool)
    /// SMALLINT, INTEGER and BIGINT.
    case integer(Int64)
    case unsigned(UInt64)
    case real(Float)
    case double(Double)
    case decimal(Decimal)
    /// TEXT, VARCHAR, CHAR, JSON and JSONB.
    case text(String)
    case bytes([UInt8])
    /// Days since 1970-01-01.
    case date(Int32)
    /// Microseconds since midnight.
    case time(Int64)
    /// Microseconds since 1970-01-01 00:00:00 (UTC for TIMESTAMPTZ).
    case timestamp(Int64)
    case interval(Interval)
    case uuid(UInt64, UInt64)
    case array([Value])
    case row([Value])
}
