import Glibc

extension Decimal {
    /// The nearest double.
    public var doubleValue: Double {
        switch kind {
        case .finite: break
        case .positiveInfinity: return .infinity
        case .negativeInfinity: return -.infinity
        case .notANumber: return .nan
        }
        // Both operands are exact, so one division rounds once.
        if unscaled.magnitude < 1 << 53 && scale <= 22 {
            return Double(Int64(truncatingIfNeeded: unscaled)) / Self.exactPowersOfTen(Int(scale))
        }
        return Double(description) ?? 0
    }

    /// The nearest single.
    public var floatValue: Float {
        switch kind {
        case .finite: Float(description) ?? 0
        case .positiveInfinity: .infinity
        case .negativeInfinity: -.infinity
        case .notANumber: .nan
        }
    }

    /// Powers of ten up to 22 are exact in a double.
    private static func exactPowersOfTen(_ exponent: Int) -> Double {
        exponent <= 18
            ? Double(Int64(truncatingIfNeeded: powerOfTen(exponent)))
            : 1e18 * Double(Int64(truncatingIfNeeded: powerOfTen(exponent - 18)))
    }

    /// The decimal with the 15 significant digits that a double holds for sure, as PostgreSQL converts; `nil` past 38
    /// digits.
    public init?(_ value: Double) {
        self.init(value, significantDigits: 15)
    }

    /// The decimal with the 6 significant digits that a single holds for sure, as PostgreSQL converts; `nil` past 38
    /// digits.
    public init?(_ value: Float) {
        self.init(Double(value), significantDigits: 6)
    }

    private init?(_ value: Double, significantDigits: Int32) {
        if value.isNaN {
            self = .notANumber
            return
        }
        if value.isInfinite {
            self.init(kind: value < 0 ? .negativeInfinity : .positiveInfinity)
            return
        }
        if significantDigits == 15, value.magnitude < 1e15, let whole = Int64(exactly: value) {
            self.init(whole)
            return
        }
        let result: Decimal? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            // Sound: `%.15g` needs at most 24 bytes.
            let count = withVaList([significantDigits, value]) { vsnprintf(buffer.baseAddress, 64, "%.*g", $0) }
            return buffer.withMemoryRebound(to: UInt8.self) { bytes in
                for i in 0..<Int(count) where bytes[i] == UInt8(ascii: ",") { bytes[i] = UInt8(ascii: ".") }
                let text = UnsafeBufferPointer(rebasing: bytes[..<Int(count)])
                do throws(ValueParseReason) { return try Decimal(text: text) } catch { return nil }
            }
        }
        guard let result else { return nil }
        self = result
    }
}
