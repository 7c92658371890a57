extension Decimal: Hashable, Comparable {
    /// Negative, zero or positive as `self` precedes, equals or follows `other`.
    ///
    /// By value, not by scale: 1.0 equals 1.00. NaN equals NaN and follows everything, as in PostgreSQL.
    @inlinable public func compare(_ other: Decimal) -> Int {
        if _fastPath(kind == .finite && other.kind == .finite && scale == other.scale) {
            return unscaled < other.unscaled ? -1 : unscaled > other.unscaled ? 1 : 0
        }
        return compareSlowly(other)
    }

    @usableFromInline @inline(never) func compareSlowly(_ other: Decimal) -> Int {
        let (rank, otherRank) = (specialRank, other.specialRank)
        if rank != 0 || otherRank != 0 { return rank < otherRank ? -1 : rank > otherRank ? 1 : 0 }
        let (sign, otherSign) = (signum, other.signum)
        if sign != otherSign { return sign < otherSign ? -1 : 1 }
        let shift = Int(other.scale) - Int(scale)
        let (a, b) = (unscaled, other.unscaled)
        // What overflows when brought to the other's scale is larger in magnitude than anything with 38 digits.
        if shift > 0 {
            let (scaled, overflow) = a.multipliedReportingOverflow(by: Self.powerOfTen(shift))
            if overflow { return sign }
            return scaled < b ? -1 : scaled > b ? 1 : 0
        }
        let (scaled, overflow) = b.multipliedReportingOverflow(by: Self.powerOfTen(-shift))
        if overflow { return -sign }
        return a < scaled ? -1 : a > scaled ? 1 : 0
    }

    private var specialRank: Int {
        switch kind {
        case .finite: 0
        case .negativeInfinity: -1
        case .positiveInfinity: 1
        case .notANumber: 2
        }
    }

    @inlinable public static func == (a: Decimal, b: Decimal) -> Bool { a.compare(b) == 0 }
    @inlinable public static func < (a: Decimal, b: Decimal) -> Bool { a.compare(b) < 0 }

    public func hash(into hasher: inout Hasher) {
        let canonical = withoutTrailingZeros
        hasher.combine(canonical.kind)
        hasher.combine(canonical.unscaled)
        hasher.combine(canonical.scale)
    }
}
