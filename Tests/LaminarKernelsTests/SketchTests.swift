import LaminarKernels
import LaminarTypes
import Testing

/// The errors that sketches are stated to have, and what they have in common with other accumulators.
@Suite struct SketchTests {
    private struct Numbers {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
        mutating func unit() -> Double { Double(next()) / Double(1 << 53) }
    }

    private func count<Value>(_ sketch: CountOfDistinctSketch<Value>) -> Int64 {
        var fault = Fault()
        return sketch.result(&fault, at: 0) ?? -1
    }

    // MARK: Distinct values

    @Test func `up to 256 distinct values are counted exactly, however often they come`() {
        var arena = Arena()
        var sketch = CountOfDistinctSketch<Int64>()
        for value in 0..<256 as Range<Int64> {
            for _ in 0..<3 { sketch.add(value &* 1_000_003, &arena) }
            sketch.add(0, &arena)
            #expect(count(sketch) == value + 1)
        }
    }

    @Test(arguments: [1000, 5000, 10_000, 30_000, 100_000, 1_000_000])
    func `distinct counts lie within three standard errors of 1.6 percent`(distinct: Int) {
        for seed in 0..<4 as Range<UInt64> {
            var arena = Arena()
            var sketch = CountOfDistinctSketch<Int64>()
            for value in 0..<Int64(distinct) { sketch.add(value &+ Int64(seed) &* 1 << 40, &arena) }
            let error = Double(count(sketch)) / Double(distinct) - 1
            #expect(error.magnitude < 3 * 0.01625, "\(distinct) values, seed \(seed): \(count(sketch))")
        }
    }

    @Test func `the mean error of many sketches is that of the algorithm, without bias`() {
        var squares = 0.0
        var sum = 0.0
        for seed in 0..<60 as Range<Int64> {
            var arena = Arena()
            var sketch = CountOfDistinctSketch<Int64>()
            for value in 0..<20_000 as Range<Int64> { sketch.add(value &* 7 &+ seed << 32, &arena) }
            let error = Double(count(sketch)) / 20_000 - 1
            squares += error * error
            sum += error
        }
        #expect((squares / 60).squareRoot() < 0.022)
        #expect((sum / 60).magnitude < 0.01)
    }

    @Test func `equal values of a type are one, texts by their bytes and numbers by their value`() {
        var arena = Arena()
        var texts = CountOfDistinctSketch<StringView>()
        for index in 0..<4000 { texts.add(arena.copy("a rather long text with the number \(index % 2000)"), &arena) }
        #expect((Double(count(texts)) / 2000 - 1).magnitude < 0.05)
        var doubles = CountOfDistinctSketch<Double>()
        for value in [0.0, -0.0, .nan, -.nan, 1] { doubles.add(value, &arena) }
        #expect(count(doubles) == 3)
        var decimals = CountOfDistinctSketch<Decimal>()
        for (digits, scale) in [(10, 1), (100, 2), (2, 0)] as [(Int128, Int32)] {
            decimals.add(Decimal(unscaled: digits, scale: scale), &arena)
        }
        #expect(count(decimals) == 2)
    }

    @Test(arguments: [(100, 100), (100, 5000), (5000, 100), (5000, 6000), (0, 300), (300, 0)])
    func `merged counts are those of all values`(sizes: (Int, Int)) {
        var arena = Arena()
        var both = CountOfDistinctSketch<Int64>()
        var left = both
        var right = both
        for value in 0..<Int64(sizes.0) {
            left.add(value, &arena)
            both.add(value, &arena)
        }
        // A quarter of them are in both.
        for value in 0..<Int64(sizes.1) {
            right.add(value &+ Int64(sizes.0 * 3 / 4), &arena)
            both.add(value &+ Int64(sizes.0 * 3 / 4), &arena)
        }
        left.merge(right, &arena)
        #expect(count(left) == count(both))
    }

    @Test func `a record that was remembered keeps its result`() {
        var arena = Arena()
        var sketch = CountOfDistinctSketch<Int64>()
        var quantiles = QuantileSketch()
        quantiles.fraction = 0.5
        var remembered: [(CountOfDistinctSketch<Int64>, Int64, QuantileSketch, Double?)] = []
        for value in 0..<3000 as Range<Int64> {
            sketch.add(value, &arena)
            quantiles.add(Double(value), &arena)
            if value % 250 == 7 { remembered.append((sketch, count(sketch), quantiles, quantiles.continuous)) }
        }
        for (sketch, result, quantiles, median) in remembered {
            #expect(count(sketch) == result)
            #expect(quantiles.continuous == median)
        }
    }

    // MARK: Quantiles

    /// How far, in ranks, a value lies from where a fraction of these values is.
    private func rankError(_ value: Double, _ fraction: Double, _ sorted: [Double]) -> Double {
        let target = fraction * Double(sorted.count)
        let low = Double(sorted.partitioningIndex { $0 >= value })
        let high = Double(sorted.partitioningIndex { $0 > value })
        return max(0, low - target, target - high) / Double(sorted.count)
    }

    private func values(_ shape: String, _ count: Int, seed: UInt64) -> [Double] {
        var numbers = Numbers(state: seed)
        return (0..<count).map { index in
            switch shape {
            case "rising": Double(index)
            case "falling": Double(count - index)
            case "few values": Double(numbers.next() % 20)
            case "skewed": 1 / (numbers.unit() + 1e-9)
            case "two heaps": numbers.next() % 2 == 0 ? numbers.unit() : 1e6 + numbers.unit()
            default: numbers.unit()
            }
        }
    }

    @Test(arguments: ["uniform", "rising", "falling", "few values", "skewed", "two heaps"])
    func `quantiles lie within one percent of the rank that was asked for`(shape: String) {
        for (seed, size) in [300, 1000, 20_000, 300_000].enumerated() {
            var arena = Arena()
            var sketch = QuantileSketch()
            let all = values(shape, size, seed: UInt64(seed) + 1)
            for value in all { sketch.add(value, &arena) }
            let sorted = all.sorted()
            for fraction in [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99] {
                sketch.fraction = fraction
                let error = rankError(sketch.discrete ?? .nan, fraction, sorted)
                #expect(error <= 0.01, "\(shape), \(size) values, \(fraction): \(error)")
                #expect(sorted.contains(sketch.discrete ?? .nan))
            }
            #expect(sketch.bytes.count <= 8192)
        }
    }

    @Test func `quantiles of up to 256 values are exact`() {
        var arena = Arena()
        var sketch = QuantileSketch()
        var all: [Double] = []
        var numbers = Numbers(state: 5)
        for _ in 0..<256 {
            all.append(numbers.unit())
            sketch.add(all[all.count - 1], &arena)
            let sorted = all.sorted()
            sketch.fraction = 0.5
            let middle = Double(sorted.count - 1) / 2
            #expect(sketch.continuous == (sorted[Int(middle)] + sorted[Int(middle.rounded(.up))]) / 2)
            sketch.fraction = 0.9
            #expect(sketch.discrete == sorted[max(0, Int((0.9 * Double(sorted.count)).rounded(.up)) - 1)])
        }
    }

    @Test func `merged quantiles are those of all values, within one and a half percent`() {
        var arena = Arena()
        var merged = QuantileSketch()
        var all: [Double] = []
        for part in 0..<20 {
            var sketch = QuantileSketch()
            sketch.fraction = 0.5
            let some = values("uniform", 50 + part * 700, seed: UInt64(part) + 9)
            for value in some { sketch.add(value, &arena) }
            all += some
            merged.merge(sketch, &arena)
        }
        #expect(merged.count == Int64(all.count))
        let sorted = all.sorted()
        for fraction in [0.05, 0.5, 0.95] {
            merged.fraction = fraction
            #expect(rankError(merged.discrete ?? .nan, fraction, sorted) <= 0.015)
        }
    }
}

extension Array {
    /// The first index whose element and all behind it fulfil a condition.
    fileprivate func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
