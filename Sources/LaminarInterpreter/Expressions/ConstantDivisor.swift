/// Divides 64-bit integers by a number that is the same for many rows: a multiplication instead of a division.
///
/// - SeeAlso: Granlund and Montgomery, "Division by Invariant Integers using Multiplication", PLDI 1994; the signed form
///   is that of Warren, "Hacker's Delight", section 10-1.
struct ConstantDivisor {
    let divisor: Int64
    private let multiplier: Int64
    private let shift: Int64
    /// What is added times the dividend, because the multiplier lost its 65th bit: 1, 0 or −1.
    private let correction: Int64

    /// Nil for 0, 1 and −1, which have no such multiplier (and two of which can fail).
    init?(_ divisor: Int64) {
        if (-1...1).contains(divisor) { return nil }
        let twoTo63: UInt64 = 1 << 63
        let magnitude = divisor.magnitude
        let limit = twoTo63 &+ (UInt64(bitPattern: divisor) >> 63)
        let bound = limit &- 1 &- limit % magnitude
        var exponent: Int64 = 63
        var (q1, r1) = twoTo63.quotientAndRemainder(dividingBy: bound)
        var (q2, r2) = twoTo63.quotientAndRemainder(dividingBy: magnitude)
        var delta: UInt64
        repeat {
            exponent += 1
            (q1, r1) = (q1 &* 2, r1 &* 2)
            if r1 >= bound { (q1, r1) = (q1 &+ 1, r1 &- bound) }
            (q2, r2) = (q2 &* 2, r2 &* 2)
            if r2 >= magnitude { (q2, r2) = (q2 &+ 1, r2 &- magnitude) }
            delta = magnitude &- r2
        } while q1 < delta || (q1 == delta && r1 == 0)
        let magic = Int64(bitPattern: q2 &+ 1)
        self.divisor = divisor
        multiplier = divisor < 0 ? 0 &- magic : magic
        shift = exponent - 64
        correction = divisor > 0 && multiplier < 0 ? 1 : divisor < 0 && multiplier > 0 ? -1 : 0
    }

    /// The quotient, truncated towards zero.
    @inline(__always) func quotient(_ dividend: Int64) -> Int64 {
        var high = multiplier.multipliedFullWidth(by: dividend).high
        high = high &+ dividend &* correction
        high = high &>> shift
        return high &+ Int64(bitPattern: UInt64(bitPattern: high) &>> 63)
    }

    /// The remainder, with the sign of the dividend.
    @inline(__always) func remainder(_ dividend: Int64) -> Int64 { dividend &- quotient(dividend) &* divisor }
}

extension KernelFrame {
    /// `divide` or `remainder`, whose rows cannot fail where one divisor other than 0 and −1 serves them all.
    @inline(__always) mutating func division<T: FixedWidthInteger & SignedInteger>(
        _ kernel: FallibleBinary<T, T, T>, isRemainder: Bool
    ) {
        guard arguments[1].isConstant, !arguments[0].isConstant,
            let divisor = ConstantDivisor(Int64(value(1, 0, as: T.self)))
        else { return binary(kernel) }
        let result = result.assumingMemoryBound(to: T.self)
        let dividends = arguments[0].values.assumingMemoryBound(to: T.self)
        if isRemainder {
            for row in 0..<count { result[row] = T(truncatingIfNeeded: divisor.remainder(Int64(dividends[row]))) }
        } else {
            for row in 0..<count { result[row] = T(truncatingIfNeeded: divisor.quotient(Int64(dividends[row]))) }
        }
    }
}
