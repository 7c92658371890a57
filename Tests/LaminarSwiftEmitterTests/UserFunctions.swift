import LaminarRuntime

// What SQL/functions.sql declares.

func distance(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }

enum Labels {
    /// Copies nothing of the name but into the result.
    static func label(_ name: String?, _ rank: Int64?) -> String? {
        guard let rank else { return nil }
        return "\(name ?? "nobody, who has a long name") #\(rank)"
    }
}

struct NegativeNumber: Error {}

func checkedRoot(_ a: Double) throws -> Double? {
    if a < 0 { throw NegativeNumber() }
    return a.isNaN ? nil : a.squareRoot()
}

/// The largest less the smallest of numbers that can be taken back: all of them, sorted.
struct Spread: RetractableAggregateFunction {
    private var values: [Double] = []

    init() {}

    init(decoding bytes: UnsafeRawBufferPointer) {
        values = (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
    }

    func encode(into bytes: inout [UInt8]) {
        for value in values { withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) } }
    }

    mutating func add(_ value: Double) { values.insert(value, at: values.firstIndex { $0 > value } ?? values.count) }

    mutating func retract(_ value: Double) {
        if let index = values.firstIndex(of: value) { values.remove(at: index) }
    }

    mutating func merge(_ other: Spread) { for value in other.values { add(value) } }

    func result() -> Double? {
        guard let first = values.first, let last = values.last else { return nil }
        return last - first
    }
}

/// The longest of some texts, the first of equally long ones.
struct Longest: AggregateFunction {
    private var text = ""

    init() {}

    init(decoding bytes: UnsafeRawBufferPointer) { text = String(decoding: bytes, as: UTF8.self) }

    func encode(into bytes: inout [UInt8]) { bytes += text.utf8 }

    mutating func add(_ value: String) { if value.utf8.count > text.utf8.count { text = value } }

    mutating func merge(_ other: Longest) { add(other.text) }

    func result() -> String? { text }
}
