import LaminarTypes
import Testing

private func decimal(_ text: String) throws -> Decimal { try #require(Decimal(text)) }

@Suite struct DecimalTests {
    @Test func `decimals that differ only in scale are equal and hash alike`() throws {
        #expect(try decimal("1.0") == decimal("1.000"))
        #expect(try decimal("1.0").hashValue == decimal("1.000").hashValue)
        #expect(try decimal("100") == decimal("100.0"))
        #expect(try decimal("100").hashValue == decimal("100.0").hashValue)
        #expect(try decimal("1.0") != decimal("1.001"))
    }

    @Test func `a result past 38 digits is an overflow`() throws {
        let largest = Decimal(unscaled: Decimal.maximumUnscaled, scale: 0)
        #expect(try largest.addingReportingOverflow(decimal("1")).overflow)
        #expect(try !largest.addingReportingOverflow(decimal("-1")).overflow)
        #expect(try largest.multipliedReportingOverflow(by: decimal("10")).overflow)
        #expect(largest.multipliedReportingOverflow(by: largest).overflow)
        #expect(Decimal("100000000000000000000000000000000000000") == nil)
    }

    @Test func `a product keeps the sum of the scales unless only its zeros are too many`() throws {
        #expect(try decimal("1.50").multipliedReportingOverflow(by: decimal("2.000")).partialValue.description == "3.00000")
        let long = try decimal("0.50000000000000000000")
        #expect(long.multipliedReportingOverflow(by: long).partialValue == (try decimal("0.25")))
    }

    @Test func `comparison works where bringing both to one scale would overflow`() throws {
        let large = Decimal(unscaled: Decimal.maximumUnscaled, scale: 0)
        let small = Decimal(unscaled: 1, scale: 38)
        #expect(small < large)
        #expect(-large < small)
        #expect(large > small)
        #expect(Decimal.notANumber > Decimal.infinity)
        #expect(Decimal.notANumber == Decimal.notANumber)
    }

    @Test func `coercion rounds and then refuses too many digits`() throws {
        let parameters = DecimalParameters(precision: 4, scale: 1)
        #expect(try decimal("999.94").coerced(to: parameters)?.description == "999.9")
        #expect(try decimal("999.95").coerced(to: parameters) == nil)
        #expect(Decimal.infinity.coerced(to: parameters) == nil)
    }
}
