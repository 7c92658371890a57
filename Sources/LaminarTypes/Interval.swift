/// A span of time as PostgreSQL keeps it: months, days and microseconds apart, since neither a month nor a day has a
/// fixed length.
public struct Interval: Sendable, BitwiseCopyable {
    public var months: Int32
    public var days: Int32
    public var microseconds: Int64

    @inlinable public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }
}
