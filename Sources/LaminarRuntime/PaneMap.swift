/// Finds the table of a row's pane by arithmetic, over a stretch of event time: for rows in no order.
///
/// Window ends are an equal distance apart and windows start at an equal distance behind them, so a pane is a quotient and
/// one comparison of the remainder. A class for the same reason as `PaneStore`.
@usableFromInline final class PaneMap {
    /// Distances between window ends that are covered; each has two slots.
    @usableFromInline static var units: Int64 { 64 }

    @usableFromInline let tables: UnsafeMutablePointer<UnsafeMutablePointer<GroupTable>?>
    /// The rows of a chunk by slot.
    @usableFromInline let rows: PaneRows
    @usableFromInline let windows: TumblingWindows
    private let unit: UInt64
    private let reciprocal: UInt64
    private let boundary: UInt64
    /// The first time covered, a window's end; lower above upper while nothing is.
    private var lower: Int64 = .max
    private var upper: Int64 = .min

    init(_ windows: TumblingWindows) {
        self.windows = windows
        unit = UInt64(windows.size)
        reciprocal = unit == 1 ? .max : UInt64.max / unit
        boundary = windows.startInPane.map { UInt64($0) } ?? .max
        tables = .allocate(capacity: Int(2 * PaneMap.units))
        tables.initialize(repeating: nil, count: Int(2 * PaneMap.units))
        rows = PaneRows(tables: tables, slots: Int(2 * PaneMap.units))
    }

    deinit {
        tables.deallocate()
        rows.deallocate()
    }

    /// Where times that are covered have their slots; it holds until `range` or `clear` is called.
    @usableFromInline var quotient: PaneQuotient {
        PaneQuotient(lower: lower, unit: unit, reciprocal: reciprocal, boundary: boundary)
    }

    /// Forgets all tables.
    @usableFromInline func clear() {
        if lower > upper { return }
        tables.update(repeating: nil, count: Int(2 * PaneMap.units))
        lower = .max
        upper = .min
    }

    /// The times near `time` that are covered, within bounds; lower above upper if there are none.
    @usableFromInline func range(
        around time: Int64, from least: Int64, through greatest: Int64
    ) -> (lower: Int64, upper: Int64) {
        if time < least || time > greatest { return (.max, .min) }
        if !(lower <= time && time <= upper) {
            clear()
            let index = windows.index(of: time)
            let start = windows.exactStart(Int128(index) - Int128(PaneMap.units / 2))
            let base = max(start, windows.exactStart(Int128(windows.index(of: least))))
            let end = base + Int128(PaneMap.units) * Int128(windows.size)
            // At the ends of time the exact path will do.
            guard let first = Int64(exactly: base), let last = Int64(exactly: end - 1) else { return (.max, .min) }
            lower = first
            upper = last
        }
        return (max(lower, least), min(upper, greatest))
    }
}

/// The slot of a time by arithmetic, in a value that a loop keeps in registers.
@usableFromInline struct PaneQuotient: BitwiseCopyable {
    /// The first time covered.
    @usableFromInline let lower: Int64
    @usableFromInline let unit: UInt64
    /// 2^64 / `unit`, rounded down.
    @usableFromInline let reciprocal: UInt64
    /// Where in a unit its second pane begins; none begins at `.max`.
    @usableFromInline let boundary: UInt64

    @usableFromInline init(lower: Int64, unit: UInt64, reciprocal: UInt64, boundary: UInt64) {
        self.lower = lower
        self.unit = unit
        self.reciprocal = reciprocal
        self.boundary = boundary
    }

    /// The slot of a time that is covered.
    @inlinable @inline(__always) func slot(of time: Int64) -> Int {
        let distance = UInt64(bitPattern: time &- lower)
        var quotient = distance.multipliedFullWidth(by: reciprocal).high
        var remainder = distance &- quotient &* unit
        // The reciprocal is rounded down, so the quotient may be one too small.
        while _slowPath(remainder >= unit) {
            quotient &+= 1
            remainder &-= unit
        }
        return Int(truncatingIfNeeded: quotient &* 2 &+ (remainder >= boundary ? 1 : 0))
    }
}
