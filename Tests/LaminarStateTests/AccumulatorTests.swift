import LaminarKernels
import LaminarTypes
import Testing

private struct Outcome<Result: Equatable>: Equatable {
    var result: Result?
    var fails: Bool
}

/// Adds values and takes the result, alone and merged from two halves, which must agree.
private func run<A: Accumulator>(_ type: A.Type, _ values: [A.Argument]) -> Outcome<String> {
    var arena = Arena()
    func outcome(_ accumulator: A) -> Outcome<String> {
        var fault = Fault()
        let result = accumulator.result(&fault, at: 3)
        if fault.isRaised { #expect(fault.site == 3 && fault.resolvedCode == .numericValueOutOfRange) }
        let text = result.map { ($0 as? StringView)?.string ?? String(describing: $0) }
        return Outcome(result: fault.isRaised ? nil : text, fails: fault.isRaised)
    }
    var all = A()
    for value in values { all.add(value, &arena) }
    for split in [0, values.count / 2, values.count] {
        var left = A()
        var right = A()
        for value in values[..<split] { left.add(value, &arena) }
        for value in values[split...] { right.add(value, &arena) }
        left.merge(right, &arena)
        #expect(outcome(left) == outcome(all), "merged at \(split)")
    }
    withUnsafeBytes(of: A()) { bytes in #expect(bytes.allSatisfy { $0 == 0 } && bytes.count % 8 == 0) }
    #expect(MemoryLayout<A>.alignment <= 8 && MemoryLayout<A>.stride == MemoryLayout<A>.size)
    return outcome(all)
}

private func text<A: Accumulator>(_ type: A.Type, _ values: [A.Argument]) -> String? { run(type, values).result }

private func decimal(_ text: String) -> Decimal { Decimal(text) ?? Decimal(kind: .notANumber) }

@Suite struct AccumulatorTests {
    @Test func `nothing added is null, and zero for a count`() {
        #expect(text(CountOfValues<Int64>.self, []) == "0")
        #expect(text(SumOfInteger<Int32>.self, []) == nil)
        #expect(text(SumOfDouble.self, []) == nil)
        #expect(text(SumOfDecimal.self, []) == nil)
        #expect(text(AverageOfInteger<Int64>.self, []) == nil)
        #expect(text(Minimum<Int64>.self, []) == nil)
        #expect(text(MaximumOfString.self, []) == nil)
        #expect(text(BooleanAnd.self, []) == nil)
        #expect(text(VarianceSample<Double>.self, [1]) == nil)
        #expect(text(VariancePopulation<Double>.self, [1]) == "0.0")
    }

    @Test func `only the sum itself can be out of range, not what lies on the way`() {
        #expect(text(SumOfInteger<Int64>.self, [.max, 1, -1]) == "\(Int64.max)")
        #expect(text(SumOfInteger<Int64>.self, [.min, -1, 1]) == "\(Int64.min)")
        #expect(run(SumOfInteger<Int64>.self, [.max, 1]).fails)
        #expect(run(SumOfInteger<Int64>.self, [.min, -1]).fails)
        #expect(text(SumOfInteger<Int16>.self, [.max, .max]) == "65534")
        #expect(text(SumOfIntegerAsDecimal<Int64>.self, [.max, .max]) == "18446744073709551614")
        #expect(text(SumOfUnsigned.self, [.max, .max]) == "36893488147419103230")
        #expect(text(AverageOfInteger<Int64>.self, [.max, .max]) == "9.223372036854776e+18")
        #expect(text(AverageOfInteger<Int32>.self, [1, 2]) == "1.5")
        #expect(text(AverageOfIntegerAsDecimal<Int32>.self, [1, 1, 2])?.hasPrefix("1.3333333333333333") == true)
    }

    @Test func `finite doubles that overflow are an error, infinite ones are not`() {
        #expect(run(SumOfDouble.self, [1e308, 1e308]).fails)
        #expect(text(SumOfDouble.self, [1, .infinity]) == "inf")
        #expect(text(SumOfDouble.self, [.infinity, -.infinity]) == "nan")
        #expect(text(SumOfDouble.self, [0.5, 0.25]) == "0.75")
        #expect(run(SumOfReal.self, [3e38, 3e38]).fails)
        #expect(text(SumOfReal.self, [1.5, 2]) == "3.5")
        #expect(text(AverageOfDouble<Float>.self, [1, 2]) == "1.5")
    }

    @Test func `decimals add up exactly with the larger scale`() {
        #expect(text(SumOfDecimal.self, ["1.10", "2.005", "-0.1"].map(decimal)) == "3.005")
        #expect(run(SumOfDecimal.self, Array(repeating: decimal(String(repeating: "9", count: 38)), count: 2)).fails)
        #expect(text(SumOfDecimal.self, ["1", "NaN"].map(decimal)) == "NaN")
        #expect(text(SumOfDecimal.self, ["1", "Infinity"].map(decimal)) == "Infinity")
        #expect(text(AverageOfDecimal.self, ["1", "2"].map(decimal))?.hasPrefix("1.50000") == true)
    }

    @Test func `extremes follow sql's order`() {
        #expect(text(Minimum<Double>.self, [.nan, 2, -1]) == "-1.0")
        #expect(text(Maximum<Double>.self, [.nan, .infinity]) == "nan")
        #expect(text(Maximum<Double>.self, [-.infinity, -2.5, -7]) == "-2.5")
        #expect(text(Maximum<Float>.self, [-1.5, -2.5]) == "-1.5")
        #expect(text(Minimum<Float>.self, [.nan, .nan]) == "nan")
        #expect(text(Maximum<UInt64>.self, [1, .max, 5]) == "\(UInt64.max)")
        #expect(text(Minimum<UInt64>.self, [.max, 1 << 63]) == "\(UInt64(1) << 63)")
        #expect(text(Minimum<Int16>.self, [4, -3]) == "-3")
        #expect(text(Maximum<Bool>.self, [false, true]) == "true")
        #expect(text(MinimumOfStruct<Decimal>.self, ["1.50", "1.5", "NaN"].map(decimal)) == "1.50")
        #expect(text(MaximumOfStruct<Decimal>.self, ["-1", "NaN", "Infinity"].map(decimal)) == "NaN")
        let intervals = [Interval(days: 29), Interval(months: 1), Interval(microseconds: 5)]
        var arena = Arena()
        var longest = MaximumOfStruct<Interval>()
        for interval in intervals { longest.add(interval, &arena) }
        var fault = Fault()
        #expect(longest.result(&fault, at: 0)?.months == 1)
        let words = ["pear", "a word of more than twelve bytes", "apple", "a word of more than"]
        #expect(text(MinimumOfString.self, words.map { arena.copy($0) }) == "a word of more than")
        #expect(text(MaximumOfString.self, words.map { arena.copy($0) }) == "pear")
    }

    @Test func `boolean, bit and variance aggregates give postgresql's values`() {
        #expect(text(BooleanAnd.self, [true, false]) == "false")
        #expect(text(BooleanOr.self, [true, false]) == "true")
        #expect(text(BooleanOr.self, [false]) == "false")
        #expect(text(BitAnd<Int32>.self, [-1, 6, 3]) == "2")
        #expect(text(BitOr<Int32>.self, [4, 1]) == "5")
        #expect(text(BitXor<Int64>.self, [5, 1, -1]) == "-5")
        let values: [Double] = [2, 4, 4, 4, 5, 5, 7, 9]
        #expect(text(VariancePopulation<Double>.self, values) == "4.0")
        #expect(text(StandardDeviationPopulation<Double>.self, values) == "2.0")
        #expect(
            text(VarianceSample<Int32>.self, [1, 2, 3, 4]).flatMap(Double.init).map { abs($0 - 5 / 3) < 1e-12 } == true)
        #expect(text(StandardDeviationSample<Double>.self, [.infinity, 1]) == "nan")
    }

    @Test func `what is added and taken back leaves the rest`() {
        var arena = Arena()
        func check<A: RetractableAccumulator>(_ type: A.Type, keep: [A.Argument], retract: [A.Argument]) {
            var fault = Fault()
            var expected = A()
            for value in keep { expected.add(value, &arena) }
            var accumulator = A()
            for value in retract + keep { accumulator.add(value, &arena) }
            for value in retract.reversed() { accumulator.retract(value, &arena) }
            #expect(
                "\(String(describing: accumulator.result(&fault, at: 0)))"
                    == "\(String(describing: expected.result(&fault, at: 0)))")
        }
        check(SumOfInteger<Int64>.self, keep: [4], retract: [.max, .min, .max, -1])
        check(SumOfInteger<Int64>.self, keep: [], retract: [.max, 7])
        check(RetractableSumOfDouble.self, keep: [0.1, 0.2], retract: [1e20, .infinity, .nan, -1e20, 3])
        check(RetractableSumOfReal.self, keep: [1], retract: [.infinity, 1e30])
        check(RetractableAverageOfDouble<Double>.self, keep: [], retract: [1e300, .nan])
        check(SumOfDecimal.self, keep: [decimal("1.55")], retract: ["NaN", "Infinity", "-7.25"].map(decimal))
        check(AverageOfDecimal.self, keep: [decimal("3")], retract: ["1", "2"].map(decimal))
        check(BooleanAnd.self, keep: [true], retract: [false, false])
        check(BooleanOr.self, keep: [false], retract: [true])
        check(BitXor<Int32>.self, keep: [5], retract: [9, 1])
        check(RetractableVariance<Double, PopulationVariance>.self, keep: [4, 4], retract: [8])
        check(RetractableVariance<Double, SampleVariance>.self, keep: [1, 2], retract: [1e12, .nan])
    }
}
