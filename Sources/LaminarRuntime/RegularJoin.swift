public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Which rows a join keeps.
public enum JoinKind: UInt8, Sendable, BitwiseCopyable {
    case inner, left, right, full
    /// Left rows that match, once each.
    case semi
    /// Left rows that do not match.
    case anti

    /// Whether unmatched rows of a side come out padded with NULLs.
    func preserves(_ side: JoinSide) -> Bool {
        switch (self, side) {
        case (.left, .left), (.right, .right), (.full, _): true
        default: false
        }
    }

    /// Whether only left rows come out.
    public var isFiltering: Bool { self == .semi || self == .anti }
}

public enum JoinSide: UInt8, Sendable, BitwiseCopyable {
    case left, right

    var opposite: JoinSide { self == .left ? .right : .left }
}

/// An equality by which rows meet: a column of each side, of one physical type.
public struct JoinKey: Sendable, Hashable {
    public var left: Int
    public var right: Int
    public var type: PhysicalType
    /// IS NOT DISTINCT FROM: NULL meets NULL. Otherwise NULL meets nothing.
    public var nullsAreEqual: Bool

    public init(left: Int, right: Int, type: PhysicalType, nullsAreEqual: Bool = false) {
        self.left = left
        self.right = right
        self.type = type
        self.nullsAreEqual = nullsAreEqual
    }
}

/// A join of two changelogs on equal keys, with any further condition; unbounded state.
///
/// All rows of both sides are kept by key. A row that comes is paired with the rows of the other side, weights
/// multiplied. A side that an outer join preserves knows for each row the sum of the weights that match it: its padded
/// row is taken back before the first pair, and comes again behind the last one's retraction; a semi join gives its left
/// rows, and takes them back, at the same moments, an anti join the other way round. A retraction may come before the row
/// that it takes back. Rows of the other side come in the reverse order of their arrival.
/// Time per row: linear in the rows of its key on the other side, and on its own where rows are equal.
public struct RegularJoin: ~Copyable {
    public let kind: JoinKind
    public let keys: [JoinKey]
    public private(set) var counters = OperatorCounters()
    private let leftTypes: [PhysicalType]
    private let rightTypes: [PhysicalType]
    private let table: UnsafeMutablePointer<GroupTable>
    private var leftRows: JoinRows
    private var rightRows: JoinRows
    private var watermark = UnionWatermark(inputs: 2)
    private let words: UnsafeMutablePointer<UInt64>
    /// Pairs of one row with those of the other side, for the condition.
    private let candidates: ColumnBatch
    private var candidateSlots: [Int32] = []
    private let passes: UnsafeMutablePointer<Bool>

    /// The most pairs that a condition is asked about at once.
    public static let chunkRows = 1024

    public init(_ kind: JoinKind, left: [PhysicalType], right: [PhysicalType], keys: [JoinKey]) {
        self.kind = kind
        self.keys = keys
        leftTypes = left
        rightTypes = right
        let elements = keys.flatMap { key in
            (key.nullsAreEqual ? [GroupTableLayout.KeyElement.word] : []) + keyElements(of: key.type)
        }
        table = GroupTable.make(GroupTableLayout(key: elements, accumulatorBytes: 8))
        leftRows = JoinRows(types: left)
        rightRows = JoinRows(types: right)
        words = .allocate(capacity: max(table.pointee.keyWords, 1))
        words.initialize(repeating: 0, count: max(table.pointee.keyWords, 1))
        candidates = ColumnBatch(types: left + right, capacity: 64)
        passes = .allocate(capacity: Self.chunkRows)
        passes.initialize(repeating: false, count: Self.chunkRows)
    }

    deinit {
        GroupTable.destroy(table)
        words.deallocate()
        passes.deallocate()
    }

    /// The columns of what comes out.
    public var outputTypes: [PhysicalType] { kind.isFiltering ? leftTypes : leftTypes + rightTypes }

    /// Takes a batch of one side and appends what changes to `output`, weights included.
    ///
    /// - Parameter condition: tells of pairs (the left side's columns, then the right's) whether they meet; nil: all do.
    public mutating func push(
        _ batch: BatchView, side: JoinSide, into output: ColumnBatch,
        condition: ((BatchView, UnsafeMutablePointer<Bool>) throws(PipelineError) -> Void)?
    ) throws(PipelineError) {
        counters.rowsIn &+= Int64(batch.rowCount)
        let before = output.rowCount
        var step = 0
        for row in 0..<batch.rowCount {
            while step < batch.steps.count, batch.steps[step].row <= row {
                advance(side, to: batch.steps[step].watermark, into: output)
                step += 1
            }
            let weight = batch.weights?[row] ?? 1
            if weight == 0 { continue }
            do throws(PipelineError) {
                try process(batch, row, weight, side, output, condition)
            } catch {
                throw PipelineError(sqlState: error.sqlState, message: error.message, row: row, site: error.site)
            }
        }
        while step < batch.steps.count {
            advance(side, to: batch.steps[step].watermark, into: output)
            step += 1
        }
        counters.rowsOut &+= Int64(output.rowCount - before)
    }

    private mutating func advance(_ side: JoinSide, to time: Int64, into output: ColumnBatch) {
        if watermark.advance(Int(side.rawValue), to: time) { output.appendStep(watermark.watermark) }
    }

    private mutating func process(
        _ batch: BatchView, _ row: Int, _ weight: Int64, _ side: JoinSide, _ output: ColumnBatch,
        _ condition: ((BatchView, UnsafeMutablePointer<Bool>) throws(PipelineError) -> Void)?
    ) throws(PipelineError) {
        var matches: Int64 = 0
        if storeKey(batch, row, side) {
            let hash = table.pointee.hash(words)
            let group = table.pointee.findOrInsert(words, hash: hash)
            try pair(batch, row, weight, side, group, output, &matches, condition)
            keep(batch, row, weight, side, group, matches)
        }
        if kind.preserves(side), matches <= 0 {
            appendPadded(batch, row, side, weight, output)
        } else if side == .left, kind == .semi && matches > 0 || kind == .anti && matches <= 0 {
            appendLeft(batch, row, weight, output)
        }
    }

    /// Pairs a row with the rows of its key on the other side.
    private mutating func pair(
        _ batch: BatchView, _ row: Int, _ weight: Int64, _ side: JoinSide, _ group: Int, _ output: ColumnBatch,
        _ matches: inout Int64,
        _ condition: ((BatchView, UnsafeMutablePointer<Bool>) throws(PipelineError) -> Void)?
    ) throws(PipelineError) {
        var slot = head(of: group, side.opposite)
        guard let condition else {
            while slot != 0 {
                try meet(batch, row, weight, side, slot, output, &matches)
                slot = following(slot, side.opposite)
            }
            return
        }
        while slot != 0 {
            candidates.clear()
            candidateSlots.removeAll(keepingCapacity: true)
            while slot != 0, candidateSlots.count < Self.chunkRows {
                candidates.reserve(1)
                writePair(batch, row, side, slot, to: candidates, candidates.rowCount)
                candidates.rowCount += 1
                candidateSlots.append(slot)
                slot = following(slot, side.opposite)
            }
            let passes = passes
            try candidates.withView { (pairs) throws(PipelineError) in try condition(pairs, passes) }
            for index in candidateSlots.indices where passes[index] {
                try meet(batch, row, weight, side, candidateSlots[index], output, &matches)
            }
        }
    }

    /// A row and a stored row of the other side that match.
    private mutating func meet(
        _ batch: BatchView, _ row: Int, _ weight: Int64, _ side: JoinSide, _ slot: Int32, _ output: ColumnBatch,
        _ matches: inout Int64
    ) throws(PipelineError) {
        let index = Int(slot) - 1
        let other = side.opposite
        let otherWeight = other == .left ? leftRows.weights[index] : rightRows.weights[index]
        let (sum, sumOverflow) = matches.addingReportingOverflow(otherWeight)
        let (product, productOverflow) = weight.multipliedReportingOverflow(by: otherWeight)
        let before = other == .left ? leftRows.matches[index] : rightRows.matches[index]
        let (after, afterOverflow) = before.addingReportingOverflow(weight)
        if sumOverflow || productOverflow || afterOverflow {
            throw PipelineError(sqlState: "22003", message: "the number of equal rows is out of range")
        }
        matches = sum
        if other == .left { leftRows.matches[index] = after } else { rightRows.matches[index] = after }
        if kind.isFiltering {
            guard other == .left, (before > 0) != (after > 0) else { return }
            let appears = (after > 0) == (kind == .semi)
            appendStoredLeft(slot, appears ? otherWeight : 0 &- otherWeight, output)
            return
        }
        let isPreserved = kind.preserves(other)
        if isPreserved, before <= 0, after > 0 { appendPaddedStored(slot, other, 0 &- otherWeight, output) }
        output.reserve(1)
        writePair(batch, row, side, slot, to: output, output.rowCount)
        finishRow(output, product)
        if isPreserved, before > 0, after <= 0 { appendPaddedStored(slot, other, otherWeight, output) }
    }

    /// Adds a row to its side's store, or to the weight of its equal.
    private mutating func keep(
        _ batch: BatchView, _ row: Int, _ weight: Int64, _ side: JoinSide, _ group: Int, _ matches: Int64
    ) {
        let first = head(of: group, side)
        var newHead = first
        if side == .left {
            let slot = leftRows.find(batch, row, chain: first)
            if slot == 0 {
                newHead = leftRows.insert(batch, row, weight: weight, matches: matches, chain: first)
            } else if leftRows.add(weight, to: slot) {
                newHead = leftRows.remove(slot, chain: first)
            }
        } else {
            let slot = rightRows.find(batch, row, chain: first)
            if slot == 0 {
                newHead = rightRows.insert(batch, row, weight: weight, matches: matches, chain: first)
            } else if rightRows.add(weight, to: slot) {
                newHead = rightRows.remove(slot, chain: first)
            }
        }
        setHead(of: group, side, newHead)
    }

    // MARK: Keys

    /// Writes the key of a row to `words`; false if it has a NULL that meets nothing.
    private func storeKey(_ batch: BatchView, _ row: Int, _ side: JoinSide) -> Bool {
        var target = words
        for key in keys {
            let column = batch.columns[side == .left ? key.left : key.right]
            let isValid = column.isValid(row)
            let size = keyElements(of: key.type).reduce(0) { $0 + $1.wordCount }
            if key.nullsAreEqual {
                target[0] = isValid ? 0 : 1
                target += 1
                if !isValid {
                    target.update(repeating: 0, count: size)
                    target += size
                    continue
                }
            } else if !isValid {
                return false
            }
            storeKeyWords(column, row, key.type, target)
            target += size
        }
        return true
    }

    /// The first row of a key's chain: the accumulator of its group holds that of either side.
    private func head(of group: Int, _ side: JoinSide) -> Int32 {
        table.pointee.accumulator(group).assumingMemoryBound(to: Int32.self)[Int(side.rawValue)]
    }

    private func setHead(of group: Int, _ side: JoinSide, _ slot: Int32) {
        table.pointee.accumulator(group).assumingMemoryBound(to: Int32.self)[Int(side.rawValue)] = slot
    }

    private func following(_ slot: Int32, _ side: JoinSide) -> Int32 {
        side == .left ? leftRows.next[Int(slot) - 1] : rightRows.next[Int(slot) - 1]
    }

    // MARK: Output

    private func writePair(
        _ batch: BatchView, _ row: Int, _ side: JoinSide, _ slot: Int32, to output: ColumnBatch, _ target: Int
    ) {
        let mine = side == .left ? 0 : leftTypes.count
        let types = side == .left ? leftTypes : rightTypes
        for column in types.indices {
            output.copyValue(batch.columns[column], row, to: mine + column, target, ownsString: false)
        }
        if side == .left {
            rightRows.copy(slot, to: output, firstColumn: leftTypes.count, target)
        } else {
            leftRows.copy(slot, to: output, firstColumn: 0, target)
        }
    }

    private func finishRow(_ output: ColumnBatch, _ weight: Int64) {
        output.weights()[output.rowCount] = weight
        output.rowCount += 1
    }

    private func appendLeft(_ batch: BatchView, _ row: Int, _ weight: Int64, _ output: ColumnBatch) {
        output.reserve(1)
        for column in leftTypes.indices {
            output.copyValue(batch.columns[column], row, to: column, output.rowCount, ownsString: false)
        }
        finishRow(output, weight)
    }

    private func appendStoredLeft(_ slot: Int32, _ weight: Int64, _ output: ColumnBatch) {
        output.reserve(1)
        leftRows.copy(slot, to: output, firstColumn: 0, output.rowCount)
        finishRow(output, weight)
    }

    private func appendPadded(
        _ batch: BatchView, _ row: Int, _ side: JoinSide, _ weight: Int64, _ output: ColumnBatch
    ) {
        output.reserve(1)
        let first = side == .left ? 0 : leftTypes.count
        let count = side == .left ? leftTypes.count : rightTypes.count
        for column in 0..<count {
            output.copyValue(batch.columns[column], row, to: first + column, output.rowCount, ownsString: false)
        }
        pad(side.opposite, output)
        finishRow(output, weight)
    }

    private func appendPaddedStored(_ slot: Int32, _ side: JoinSide, _ weight: Int64, _ output: ColumnBatch) {
        output.reserve(1)
        if side == .left {
            leftRows.copy(slot, to: output, firstColumn: 0, output.rowCount)
        } else {
            rightRows.copy(slot, to: output, firstColumn: leftTypes.count, output.rowCount)
        }
        pad(side.opposite, output)
        finishRow(output, weight)
    }

    private func pad(_ side: JoinSide, _ output: ColumnBatch) {
        let columns =
            side == .left ? 0..<leftTypes.count : leftTypes.count..<(leftTypes.count + rightTypes.count)
        for column in columns { output.setNull(column, output.rowCount) }
    }

    // MARK: Snapshots

    public func encode(to writer: inout StateWriter) {
        for input in watermark.inputs { writer.write(input) }
        writer.write(counters.rowsIn)
        writer.write(counters.rowsOut)
        leftRows.encode(to: &writer)
        rightRows.encode(to: &writer)
    }

    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        var restored = UnionWatermark(inputs: 2)
        for input in 0..<2 { _ = restored.advance(input, to: try reader.readInteger(Int64.self)) }
        watermark = restored
        counters.rowsIn = try reader.readInteger(Int64.self)
        counters.rowsOut = try reader.readInteger(Int64.self)
        table.pointee.clear()
        for side in [JoinSide.left, .right] {
            let types = side == .left ? leftTypes : rightTypes
            if side == .left { leftRows = JoinRows(types: types) } else { rightRows = JoinRows(types: types) }
            try JoinRows.restore(types: types, from: &reader) { view, weight, matches in
                guard storeKey(view, 0, side) else { return }
                let group = table.pointee.findOrInsert(words, hash: table.pointee.hash(words))
                let first = head(of: group, side)
                let slot =
                    side == .left
                    ? leftRows.insert(view, 0, weight: weight, matches: matches, chain: first)
                    : rightRows.insert(view, 0, weight: weight, matches: matches, chain: first)
                setHead(of: group, side, slot)
            }
        }
    }
}

/// How a value of a type lies in a key.
func keyElements(of type: PhysicalType) -> [GroupTableLayout.KeyElement] {
    switch type {
    case .bool, .int16, .int32, .int64, .uint64, .float, .double: [.word]
    case .string: [.string]
    case .interval: [.interval]
    case .uuid: [.word, .word]
    case .decimal: [.word, .word, .word]
    }
}

/// Writes a value that is not NULL as the words of a key.
func storeKeyWords(
    _ column: ColumnView, _ row: Int, _ type: PhysicalType, _ words: UnsafeMutablePointer<UInt64>
) {
    switch type {
    case .bool: column.value(row, as: Bool.self).store(words)
    case .int16: column.value(row, as: Int16.self).store(words)
    case .int32: column.value(row, as: Int32.self).store(words)
    case .int64: column.value(row, as: Int64.self).store(words)
    case .uint64: column.value(row, as: UInt64.self).store(words)
    case .float: column.value(row, as: Float.self).store(words)
    case .double: column.value(row, as: Double.self).store(words)
    case .decimal: column.value(row, as: Decimal.self).store(words)
    case .string: column.value(row, as: StringView.self).store(words)
    case .interval: column.value(row, as: Interval.self).store(words)
    case .uuid:
        (words[0], words[1]) = column.values.assumingMemoryBound(to: (UInt64, UInt64).self)[row]
    }
}
