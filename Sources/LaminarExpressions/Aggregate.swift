public import LaminarText
public import LaminarTypes

/// Names one aggregate step: an accumulator struct of `LaminarKernels`.
///
/// Its bytes lie in a state table, so size and alignment are part of the plan and of every checkpoint.
public struct AggregateKernel: Hashable, Sendable {
    /// The Swift type, such as `SumOfInteger`.
    public let name: String
    /// The physical type of its argument; nil for COUNT(*).
    public let argument: PhysicalType?
    public let result: PhysicalType
    /// Whether `result` can be NULL for a group that has rows.
    public let isResultNullable: Bool
    /// Bytes and alignment of the accumulator; its initial state is all zero bytes.
    public let size: Int
    public let alignment: Int
    /// Byte offsets of string views inside, which own their bytes through the state table's arena.
    public let stringOffsets: [Int]
    /// The words of each value in the `OrderedBag` at offset 0, of which 0 stand for a string; nil: it has no bag.
    public let bagWords: Int?
    /// Whether `result` takes `_ fault: inout Fault, at site: Int`.
    public let resultCanFail: Bool
    /// Whether `result` takes `_ arena: inout Arena` before that, because it makes strings.
    public let resultMakesString: Bool
    /// The order of the rows that it keeps, in words, if any: another order is another layout of state.
    public let order: String

    public init(
        _ name: String, argument: PhysicalType?, result: PhysicalType, isResultNullable: Bool, size: Int,
        alignment: Int = 8, stringOffsets: [Int] = [], bagWords: Int? = nil, resultCanFail: Bool = false,
        resultMakesString: Bool = false, order: String = ""
    ) {
        self.name = name
        self.argument = argument
        self.result = result
        self.isResultNullable = isResultNullable
        self.size = size
        self.alignment = alignment
        self.stringOffsets = stringOffsets
        self.bagWords = bagWords
        self.resultCanFail = resultCanFail
        self.resultMakesString = resultMakesString
        self.order = order
    }

    /// Whether it counts, and so gives 0 of no rows.
    public var isCount: Bool { name.hasPrefix("CountOf") }

    /// Whether it estimates, from what it keeps in a string that it changes in place.
    public var isSketch: Bool { name.hasPrefix("CountOfDistinctSketch<") || name.hasPrefix("ApproximatePercentile") }

    /// What a sum or an average keeps, where that is all that it keeps.
    public enum Total: Sendable {
        case integer, decimal, double

        /// Where in it the number of values lies; nil: not by itself.
        public var countOffset: Int? {
            switch self {
            case .integer: 16
            case .decimal: 24
            case .double: nil
            }
        }
    }

    public var total: Total? {
        switch String(name.prefix { $0 != "<" }) {
        case "SumOfInteger", "SumOfIntegerAsDecimal", "AverageOfInteger", "AverageOfIntegerAsDecimal": .integer
        case "SumOfDecimal", "AverageOfDecimal": .decimal
        case "SumOfDouble": .double
        case "AverageOfDouble": argument == .double ? .double : nil
        default: nil
        }
    }

    /// The same over rows in another order.
    func ordered(_ order: String) -> AggregateKernel {
        AggregateKernel(
            name, argument: argument, result: result, isResultNullable: isResultNullable, size: size,
            alignment: alignment, stringOffsets: stringOffsets, bagWords: bagWords, resultCanFail: resultCanFail,
            resultMakesString: resultMakesString, order: order)
    }
}

/// One aggregate call of a query, over the row that the aggregation reads.
public struct AggregateCall: Hashable, Sendable {
    public var kernel: AggregateKernel
    /// The SQL name, for EXPLAIN and generated names.
    public var function: String
    public var argument: Expression?
    /// The FILTER clause.
    public var filter: Expression?
    /// Whether each value counts once per group (a side table of values keeps track).
    public var isDistinct: Bool
    public var type: SQLType
    public var span: Span

    public init(
        kernel: AggregateKernel, function: String, argument: Expression?, filter: Expression?, isDistinct: Bool,
        type: SQLType, span: Span
    ) {
        self.kernel = kernel
        self.function = function
        self.argument = argument
        self.filter = filter
        self.isDistinct = isDistinct
        self.type = type
        self.span = span
    }
}

extension AggregateCall {
    /// Calls that compute the same are equal, wherever they stand in the text.
    public static func == (a: AggregateCall, b: AggregateCall) -> Bool {
        a.kernel == b.kernel && a.function == b.function && a.argument == b.argument && a.filter == b.filter
            && a.isDistinct == b.isDistinct && a.type == b.type
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kernel)
        hasher.combine(argument)
        hasher.combine(filter)
        hasher.combine(isDistinct)
    }
}
