import LaminarKernels
import LaminarTypes
import Testing

@Suite struct HashingTests {
    @Test func `keys that are equal hash alike whatever their representation`() throws {
        #expect(hash64(0.0) == hash64(-0.0))
        #expect(hash64(Double.nan) == hash64(-Double.nan))
        #expect(hash64(Decimal(unscaled: 10, scale: 1)) == hash64(Decimal(1)))
        #expect(hash64(Decimal(unscaled: 0, scale: 5)) == hash64(Decimal.zero))
        #expect(hash64(Interval(months: 1)) == hash64(Interval(days: 30)))
        #expect(hash64(Int32(-7)) == hash64(Int64(-7)))
        #expect(hash64(Int64(1)) != hash64(Int64(2)))
    }

    @Test func `a window begins at or before its row, also before 1970`() {
        #expect(windowStart(-1, 10, 0) == -10)
        #expect(windowStart(-10, 10, 0) == -10)
        #expect(windowStart(9, 10, 0) == 0)
        #expect(windowStart(9, 10, 3) == 3)
        #expect(windowStart(2, 10, 3) == -7)
        #expect(windowStart(.min, 10, 0) != 0)
    }

    @Test func `slices of inline and of long strings are what they say`() {
        var arena = Arena()
        let text = "a string of more than twelve bytes"
        for source in [text, "twelve bytes", "short", ""] {
            let view = arena.copy(source)
            let bytes = Array(source.utf8)
            for start in 0...bytes.count {
                for end in start...bytes.count {
                    #expect(view.slice(start, end).string == String(decoding: bytes[start..<end], as: UTF8.self))
                    #expect(view.slice(start, end) == arena.copy(String(decoding: bytes[start..<end], as: UTF8.self)))
                }
            }
        }
    }
}
