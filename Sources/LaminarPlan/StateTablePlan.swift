public import LaminarExpressions
public import LaminarTypes

/// The layout of one state table: a function of the plan alone, the same for every executor and in every checkpoint.
///
/// A key is a run of 8-byte words: for each key column a flag word if it can be NULL (1: NULL, the rest zero), then the
/// value: integers sign-extended, booleans 0 or 1, floats by bit pattern (−0 as 0, one NaN), dates and times as their
/// integers in one word; strings, intervals and UUIDs two; decimals three (low and high of the unscaled value without
/// trailing zeros, then scale and kind). An accumulator is the concatenation of its aggregates' structs, each aligned.
public struct StateTablePlan: Hashable, Sendable {
    public var name: String
    public var keys: [KeyColumn]
    public var keyWords: Int
    public var accumulators: [Accumulator]
    /// Bytes from one accumulator to the next.
    public var accumulatorBytes: Int
    /// Side tables of the values that DISTINCT aggregates have seen, by call.
    public var distinct: [DistinctTable]

    public struct KeyColumn: Hashable, Sendable {
        public var name: String
        public var type: PhysicalType
        public var isNullable: Bool
        /// Its first word: the flag if nullable, else the value.
        public var word: Int

        /// Its first value word.
        public var valueWord: Int { isNullable ? word + 1 : word }
    }

    public struct Accumulator: Hashable, Sendable {
        public var kernel: AggregateKernel
        public var offset: Int
        /// The call whose accumulator it is read from, at `offset`; nil: it has one of its own.
        public var owner: Int?
    }

    /// Values seen per group: keyed by the group's index in the table and the value.
    public struct DistinctTable: Hashable, Sendable {
        public var call: Int
        public var type: PhysicalType
    }

    public init(name: String, keys: [(name: String, type: PhysicalType, isNullable: Bool)], calls: [AggregateCall]) {
        self.name = name
        var word = 0
        self.keys = []
        for key in keys {
            self.keys.append(KeyColumn(name: key.name, type: key.type, isNullable: key.isNullable, word: word))
            word += (key.isNullable ? 1 : 0) + key.type.keyWords
        }
        keyWords = word
        var offset = 0
        accumulators = []
        distinct = []
        let owners = calls.indices.map { Self.owner(of: $0, calls) }
        for (index, call) in calls.enumerated() {
            if owners[index] != nil {
                accumulators.append(Accumulator(kernel: call.kernel, offset: 0, owner: owners[index]))
                continue
            }
            offset = (offset + call.kernel.alignment - 1) / call.kernel.alignment * call.kernel.alignment
            accumulators.append(Accumulator(kernel: call.kernel, offset: offset))
            offset += call.kernel.size
            if call.isDistinct, let argument = call.kernel.argument {
                distinct.append(DistinctTable(call: index, type: argument))
            }
        }
        for (index, owner) in owners.enumerated() {
            guard let owner else { continue }
            let inside = calls[index].kernel.isCount ? calls[owner].kernel.total?.countOffset ?? 0 : 0
            accumulators[index].offset = accumulators[owner].offset + inside
        }
        let alignment = max(8, calls.map(\.kernel.alignment).max() ?? 8)
        accumulatorBytes = (offset + alignment - 1) / alignment * alignment
    }
}

extension StateTablePlan {
    /// The call from whose total the result of another can be had: sums and averages of the same values keep the same
    /// total, which counts the values too.
    private static func owner(of index: Int, _ calls: [AggregateCall]) -> Int? {
        let call = calls[index]
        // A sketch counts too, but not what a total counts.
        if call.isDistinct || call.kernel.isSketch { return nil }
        return calls.indices.first { other in
            guard other != index, let total = calls[other].kernel.total, !calls[other].isDistinct,
                calls[other].filter == call.filter
            else { return false }
            if call.kernel.isCount {
                if total.countOffset == nil { return false }
                return call.argument.map { $0 == calls[other].argument } ?? (calls[other].argument?.isNullable == false)
            }
            return other < index && total == call.kernel.total && calls[other].argument == call.argument
        }
    }
}

extension PhysicalType {
    /// 8-byte words that a value takes in a key.
    public var keyWords: Int {
        switch self {
        case .bool, .int16, .int32, .int64, .uint64, .float, .double: 1
        case .string, .interval, .uuid: 2
        case .decimal: 3
        }
    }
}
