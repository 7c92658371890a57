/// A number that a sketch of quantiles takes, as one of double precision: dates and times by their integers.
public protocol RankedNumber: BagValue {
    var ranked: Double { get }
    init(ranked: Double)
}

extension Int16: RankedNumber {
    public var ranked: Double { Double(self) }
    public init(ranked: Double) { self = Int16(exactly: ranked) ?? 0 }
}
extension Int32: RankedNumber {
    public var ranked: Double { Double(self) }
    public init(ranked: Double) { self = Int32(exactly: ranked) ?? 0 }
}
extension Int64: RankedNumber {
    public var ranked: Double { Double(self) }
    public init(ranked: Double) { self = Int64(exactly: ranked) ?? (ranked < 0 ? .min : .max) }
}
extension Float: RankedNumber {
    public var ranked: Double { Double(self) }
    public init(ranked: Double) { self = Float(ranked) }
}
extension Double: RankedNumber {
    public var ranked: Double { self }
    public init(ranked: Double) { self = ranked }
}

/// The values of a group as a sketch from which a value of about any rank can be told: APPROX_MEDIAN and
/// APPROX_PERCENTILE over rows that stay.
///
/// Up to 256 values are all there, and results exact. Beyond that it is a KLL sketch (k = 256): levels of values that each
/// stand for twice as many as those of the level below, of which a full one is sorted and hands every other value up. The
/// rank of a result lies within 1 % of the number of values of the rank that was asked for (with 99 % probability; whether
/// odd or even places go up is decided by the number of values so far). At most about 8 KB.
///
/// The bytes are written once: new values are put behind those that a remembered record counts, and a full buffer is
/// replaced, so such a record still gives its own result.
/// - SeeAlso: Karnin, Lang and Liberty, "Optimal Quantile Approximation in Streams", FOCS 2016.
public struct QuantileSketch: BitwiseCopyable, Sendable {
    /// At byte offset 0, owned by the state table's arena. Words: how many values are behind the levels, whoever put them there;
    /// the number of levels; the number of values of each; the values of each level in order; room for new values.
    public var bytes: StringView
    /// New values, of one each.
    public var pending: Int64
    public var count: Int64
    /// The fraction that is asked for.
    public var fraction: Double

    static var bufferCapacity: Int { 256 }
    static var topCapacity: Double { 256 }

    public init() {
        bytes = StringView()
        pending = 0
        count = 0
        fraction = 0
    }

    // MARK: The buffer

    private var words: UnsafeMutablePointer<UInt64> {
        // Sound: asked for only once there are bytes, which lie in an arena at a multiple of 8, since they are more than 12.
        UnsafeMutablePointer(bitPattern: UInt(bytes.tail)).unsafelyUnwrapped
    }
    private var isEmpty: Bool { bytes.count == 0 }
    private var levelCount: Int { isEmpty ? 0 : Int(words[1]) }
    /// The first word of the new values.
    private var start: Int {
        let levels = levelCount
        var words = 2 + levels
        for level in 0..<levels { words += Int(self.words[2 + level]) }
        return words
    }
    private var capacity: Int { isEmpty ? 0 : bytes.count / 8 - start }

    /// A buffer with these levels and values, and room for `capacity`.
    private mutating func replace(_ levels: [[Double]], _ values: [Double], capacity: Int, _ arena: inout Arena) {
        let size = 2 + levels.count + levels.reduce(0) { $0 + $1.count } + capacity
        let raw = UnsafeMutableRawPointer(arena.allocate(size * 8))
        let target = raw.bindMemory(to: UInt64.self, capacity: size)
        target.initialize(repeating: 0, count: size)
        target[0] = UInt64(values.count)
        target[1] = UInt64(levels.count)
        var at = 2 + levels.count
        for (index, level) in levels.enumerated() {
            target[2 + index] = UInt64(level.count)
            for value in level {
                target[at] = value.bitPattern
                at += 1
            }
        }
        for value in values {
            target[at] = value.bitPattern
            at += 1
        }
        bytes = StringView(UnsafePointer(raw.assumingMemoryBound(to: UInt8.self)), count: size * 8)
        pending = Int64(values.count)
    }

    private var levels: [[Double]] {
        var levels: [[Double]] = []
        var at = 2 + levelCount
        for level in 0..<levelCount {
            let size = Int(words[2 + level])
            levels.append((0..<size).map { Double(bitPattern: words[at + $0]) })
            at += size
        }
        return levels
    }

    private var values: [Double] {
        let start = start
        return (0..<Int(pending)).map { Double(bitPattern: words[start + $0]) }
    }

    // MARK: Values in

    public mutating func add(_ value: Double, _ arena: inout Arena) {
        if isEmpty {
            replace([], [], capacity: 14, &arena)
        } else if pending == capacity {
            if levelCount == 0, capacity < Self.bufferCapacity {
                replace([], values, capacity: min(Self.bufferCapacity, capacity * 2), &arena)
            } else {
                var levels = levels
                Self.compact(&levels, values, count: count)
                replace(levels, [], capacity: Self.bufferCapacity, &arena)
            }
        } else if Int64(truncatingIfNeeded: words[0]) != pending {
            // Another record has put values behind these.
            replace(levels, values, capacity: capacity, &arena)
        }
        words[start + Int(pending)] = value.bitPattern
        pending += 1
        words[0] = UInt64(pending)
        count += 1
    }

    public mutating func merge(_ other: QuantileSketch, _ arena: inout Arena) {
        if other.count == 0 { return }
        if count == 0 { fraction = other.fraction }
        if other.levelCount == 0 {
            for value in other.values { add(value, &arena) }
            return
        }
        var all = isEmpty ? [] : levels
        for (index, level) in other.levels.enumerated() {
            if index == all.count { all.append([]) }
            all[index] += level
        }
        count += other.count
        Self.compact(&all, (isEmpty ? [] : values) + other.values, count: count)
        replace(all, [], capacity: Self.bufferCapacity, &arena)
    }

    /// Takes values of weight 1 into the levels, and makes each of them small enough again.
    private static func compact(_ levels: inout [[Double]], _ values: [Double], count: Int64) {
        // Level 0 is of weight 1.
        if levels.isEmpty { levels.append([]) }
        levels[0] += values
        var level = 0
        while level < levels.count {
            let depth = levels.count - 1 - level
            var limit = topCapacity
            for _ in 0..<depth { limit *= 2.0 / 3 }
            if levels[level].count >= max(Int(limit), 16) {
                let sorted = levels[level].sorted(by: isLess)
                // One of an odd number stays.
                let even = sorted.count & ~1
                let offset = Int(avalanche(UInt64(bitPattern: count) &* 64 &+ UInt64(level)) & 1)
                if level + 1 == levels.count { levels.append([]) }
                levels[level + 1] += stride(from: offset, to: even, by: 2).map { sorted[$0] }
                levels[level] = Array(sorted[even...])
            }
            level += 1
        }
    }

    /// As SQL orders them: NaN behind all others.
    private static func isLess(_ a: Double, _ b: Double) -> Bool { a < b || b.isNaN && !a.isNaN }

    // MARK: Values out

    /// The value at a rank, from 0.
    private func value(at rank: Int64, _ sorted: [(value: Double, weight: Int64)]) -> Double {
        var left = rank
        for item in sorted {
            if left < item.weight { return item.value }
            left -= item.weight
        }
        return sorted[sorted.count - 1].value
    }

    private var sorted: [(value: Double, weight: Int64)] {
        var items = values.map { (value: $0, weight: 1 as Int64) }
        for (index, level) in levels.enumerated() { items += level.map { ($0, 1 << Int64(index)) } }
        return items.sorted { Self.isLess($0.value, $1.value) }
    }

    /// The first value at or behind the fraction; nil of none.
    public var discrete: Double? {
        if count == 0 { return nil }
        let rank = (fraction * Double(count)).rounded(.up) - 1
        return value(at: min(max(Int64(rank), 0), count - 1), sorted)
    }

    /// Interpolated between the values beside the fraction; nil of none.
    public var continuous: Double? {
        if count == 0 { return nil }
        let sorted = sorted
        let place = fraction * Double(count - 1)
        let below = place.rounded(.down)
        let low = value(at: Int64(below), sorted)
        if below == place { return low }
        return low + (place - below) * (value(at: Int64(below) + 1, sorted) - low)
    }
}

/// An aggregate over entries as ordered aggregates have them, of which a sketch keeps the value and the fraction.
public protocol QuantileAccumulator: Accumulator where Argument == StringView {
    associatedtype Entry: RankedNumber
    var sketch: QuantileSketch { get set }
}

extension QuantileAccumulator {
    public mutating func add(_ value: StringView, _ arena: inout Arena) {
        let entry = AggregateEntry(value)
        if sketch.count == 0 { sketch.fraction = entry.fraction }
        sketch.add(entry.value(as: Entry.self).ranked, &arena)
    }

    public mutating func merge(_ other: Self, _ arena: inout Arena) { sketch.merge(other.sketch, &arena) }
}

/// APPROX_MEDIAN, and APPROX_PERCENTILE within a group, over rows that stay.
public struct ApproximatePercentileContinuous: QuantileAccumulator, Sendable {
    public typealias Entry = Double
    public var sketch = QuantileSketch()
    public init() {}
    public func result(_ fault: inout Fault, at site: Int) -> Double? { sketch.continuous }
}

/// APPROX_PERCENTILE of a value over rows that stay: one of the values.
public struct ApproximatePercentileDiscrete<Value: RankedNumber>: QuantileAccumulator, Sendable {
    public typealias Entry = Value
    public var sketch = QuantileSketch()
    public init() {}
    public func result(_ fault: inout Fault, at site: Int) -> Value? { sketch.discrete.map { Value(ranked: $0) } }
}
