public import LaminarColumns
import LaminarKernels
public import LaminarState
public import LaminarTypes

/// Window functions over partitions: the input's rows with a column for each call behind theirs, as an updating result.
///
/// Each partition's rows are kept in order; rows that are equal in it stay in order of arrival. After a batch the
/// partitions that it touched are computed anew and what has changed comes out: rows that are gone or have changed with
/// weight −1, then new and changed ones with +1. A row of weight n counts as n rows. One that is taken back before it
/// came cancels the next that is equal to it, but where retractions are checked: then it is a row that cannot be processed.
///
/// A batch costs, for each partition that it touches, as much as the partition has rows (times those of a frame whose
/// start moves).
public struct PartitionedOver: ~Copyable {
    public struct Order: Sendable, Equatable {
        public var column: Int
        public var isDescending: Bool
        public var nullsFirst: Bool

        public init(column: Int, isDescending: Bool, nullsFirst: Bool) {
            self.column = column
            self.isDescending = isDescending
            self.nullsFirst = nullsFirst
        }
    }

    private struct Partition {
        /// Slots in order.
        var rows: [Int32] = []
        /// Rows that were taken back before they came.
        var debts: [Int32] = []
        /// Rows that the batch being worked on took back; they still have the results that were given out.
        var removed: [Int32] = []
        var isTouched = false
    }

    private let inputTypes: [PhysicalType]
    private let columns: Int
    private let order: [Order]
    private let tieBreakers: [Order]
    private let calls: [OverCall]
    private let checksRetractions: Bool
    private let policy: RowPolicy
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public private(set) var diverted: [DivertedRow] = []

    private var table: PartitionTable
    private var partitions: [Partition] = []
    private var touched: [Int] = []
    private var rows: OverRows
    private let fresh: ColumnBatch
    private var tally = OperatorCounters()
    private var watermarkSoFar = noWatermark

    /// - Parameters:
    ///   - types: the input's columns.
    ///   - columns: how many of them, the first, are handed on.
    ///   - tieBreakers: columns that order rows which are equal in `order`, though for RANK they stay equal.
    ///   - checksRetractions: whether rows that are taken back must have been there: where they are those of a source's
    ///     changelog.
    ///   - policy: for rows that take back what is not there.
    public init(
        types: [PhysicalType], columns: Int, partition: [Int], order: [Order], tieBreakers: [Int] = [],
        calls: [OverCall], checksRetractions: Bool = false, policy: RowPolicy = .fail
    ) {
        self.checksRetractions = checksRetractions
        self.policy = policy
        inputTypes = types
        self.columns = columns
        self.order = order
        self.tieBreakers = tieBreakers.map { Order(column: $0, isDescending: false, nullsFirst: false) }
        self.calls = calls
        let results = calls.map(\.result)
        rows = OverRows(types: types + results)
        fresh = ColumnBatch(types: results, capacity: 64)
        table = PartitionTable(types: types, columns: partition)
    }

    /// The columns of the output.
    public var outputTypes: [PhysicalType] { inputTypes.prefix(columns) + calls.map(\.result) }
    public var counters: OperatorCounters { tally }

    /// Takes a batch, weights included, and appends the changes to `output`, with its last watermark step.
    ///
    /// An error leaves the operator unusable except for being destroyed or restored.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        tally.rowsIn &+= Int64(batch.rowCount)
        if !diverted.isEmpty { diverted = [] }
        for row in 0..<batch.rowCount {
            let weight = batch.weights?[row] ?? 1
            if weight == 0 { continue }
            let index = partition(of: batch, row)
            if weight < 0, checksRetractions, !has(weight.magnitude, batch, row, index) {
                try leaveOut(row)
                continue
            }
            if !partitions[index].isTouched {
                partitions[index].isTouched = true
                touched.append(index)
            }
            for _ in 0..<weight.magnitude {
                if weight > 0 { insert(batch, row, index) } else { remove(batch, row, index) }
            }
        }
        for index in touched {
            try update(index, output)
            partitions[index].isTouched = false
        }
        touched.removeAll(keepingCapacity: true)
        rows.compactStringsIfNeeded()
        if let last = batch.steps.last { try advance(to: last.watermark, into: output) }
    }

    /// Hands a watermark on.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        output.steps.append(WatermarkStep(row: output.rowCount, watermark: watermark))
    }

    // MARK: Rows

    private mutating func partition(of batch: BatchView, _ row: Int) -> Int {
        let index = table.index(of: batch, row)
        while partitions.count <= index { partitions.append(Partition()) }
        return index
    }

    private mutating func insert(_ batch: BatchView, _ row: Int, _ index: Int) {
        if let debt = partitions[index].debts.firstIndex(where: {
            rows.isEqual($0, batch, row, columns: inputTypes.count)
        }) {
            rows.freeSlot(partitions[index].debts.remove(at: debt))
            return
        }
        let slot = store(batch, row)
        partitions[index].rows.insert(slot, at: end(of: slot, in: partitions[index].rows))
    }

    private mutating func store(_ batch: BatchView, _ row: Int) -> Int32 {
        let slot = rows.takeSlot()
        for column in inputTypes.indices {
            rows.batch.overwrite(column, Int(slot), with: batch.columns[column], row)
        }
        for column in calls.indices { rows.batch.setNull(inputTypes.count + column, Int(slot)) }
        return slot
    }

    /// The rows of a partition that the order puts no later than a row.
    private func end(of slot: Int32, in list: [Int32]) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if compare(list[middle], slot, withTies: true) <= 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a partition has so many rows equal to this one.
    private mutating func has(_ count: UInt64, _ batch: BatchView, _ row: Int, _ index: Int) -> Bool {
        let probe = store(batch, row)
        let list = partitions[index].rows
        var position = end(of: probe, in: list) - 1
        var found: UInt64 = 0
        while found < count, position >= 0, compare(list[position], probe, withTies: true) == 0 {
            if rows.isEqual(list[position], batch, row, columns: inputTypes.count) { found += 1 }
            position -= 1
        }
        rows.freeSlot(probe)
        return found == count
    }

    /// Counts a row that takes back what is not there.
    private mutating func leaveOut(_ row: Int) throws(PipelineError) {
        let error = PipelineError.retractionWithoutRow(row: row)
        tally.unmatchedRetractions &+= 1
        if policy == .fail { throw error }
        tally.evaluationErrors &+= 1
        if policy == .divert { diverted.append(DivertedRow(row: row, reason: .evaluationError, error: error)) }
    }

    /// Of equal rows the one that came last goes.
    private mutating func remove(_ batch: BatchView, _ row: Int, _ index: Int) {
        let probe = store(batch, row)
        let list = partitions[index].rows
        var position = end(of: probe, in: list) - 1
        while position >= 0, compare(list[position], probe, withTies: true) == 0 {
            if rows.isEqual(list[position], batch, row, columns: inputTypes.count) {
                let slot = partitions[index].rows.remove(at: position)
                if rows.isNew[Int(slot)] { rows.freeSlot(slot) } else { partitions[index].removed.append(slot) }
                rows.freeSlot(probe)
                return
            }
            position -= 1
        }
        rows.isNew[Int(probe)] = false
        partitions[index].debts.append(probe)
    }

    private func compare(_ a: Int32, _ b: Int32, withTies: Bool) -> Int {
        let result = rows.compare(a, b, by: order)
        return result != 0 || !withTies ? result : rows.compare(a, b, by: tieBreakers)
    }

    // MARK: Results

    /// Computes a partition anew and appends what has changed.
    private mutating func update(_ index: Int, _ output: ColumnBatch) throws(PipelineError) {
        let list = partitions[index].rows
        try compute(list)
        var removed = partitions[index].removed
        partitions[index].removed = []
        var before: [Int32] = []
        var after: [Int32] = []
        var changed: [Int] = []
        fresh.withView { view in
            for (position, slot) in list.enumerated() {
                if rows.isNew[Int(slot)] {
                    rows.isNew[Int(slot)] = false
                    changed.append(position)
                    if let same = removed.firstIndex(where: { isSame($0, slot) && hasResults($0, view, position) }) {
                        // It went and came back as it was.
                        rows.freeSlot(removed.remove(at: same))
                    } else {
                        after.append(slot)
                    }
                } else if !hasResults(slot, view, position) {
                    changed.append(position)
                    before.append(slot)
                    after.append(slot)
                }
            }
            append(removed + before, weight: -1, to: output)
            for position in changed {
                for call in calls.indices {
                    rows.batch.overwrite(
                        inputTypes.count + call, Int(list[position]), with: view.columns[call], position)
                }
            }
            append(after, weight: 1, to: output)
        }
        for slot in removed { rows.freeSlot(slot) }
    }

    /// Whether two rows are equal in what is handed on of them.
    private func isSame(_ a: Int32, _ b: Int32) -> Bool {
        for column in 0..<columns {
            let isValid = rows.isValid(column, a)
            if isValid != rows.isValid(column, b) { return false }
            if isValid, !rows.areIdentical(column, a, b) { return false }
        }
        return true
    }

    /// Whether a row's results, as given out, are those of a position.
    private func hasResults(_ slot: Int32, _ view: BatchView, _ position: Int) -> Bool {
        rows.isEqual(slot, view, position, from: inputTypes.count, columns: calls.count)
    }

    private mutating func append(_ slots: [Int32], weight: Int64, to output: ColumnBatch) {
        if slots.isEmpty { return }
        tally.rowsOut &+= Int64(slots.count)
        output.reserve(slots.count)
        let first = output.rowCount
        let sources = Array(0..<columns) + calls.indices.map { inputTypes.count + $0 }
        rows.batch.withView { view in
            slots.withUnsafeBufferPointer { slots in
                for (column, source) in sources.enumerated() {
                    output.gather(view.columns[source], rows: slots, into: column, copiesStrings: true)
                }
            }
        }
        let weights = output.weights() + first
        for index in slots.indices { weights[index] = weight }
        output.rowCount = first + slots.count
    }

    /// Computes every call for rows in order, into `fresh`.
    private func compute(_ list: [Int32]) throws(PipelineError) {
        fresh.clear()
        fresh.reserve(list.count)
        fresh.rowCount = list.count
        if list.isEmpty { return }
        let peers = OverPeers(list) { rows.compare($0, $1, by: order) == 0 }
        let scope = OverScope(list, peers, order: order.first)
        for (column, call) in calls.enumerated() { try rows.compute(call, scope, fresh, column) }
    }

    // MARK: State

    /// Writes the watermark, the counters and each partition's rows in order, with the results that were given out.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        table.encode(to: &writer)
        for partition in partitions {
            for list in [partition.rows, partition.debts] {
                writer.write(UInt64(list.count))
                for slot in list { rows.encode(slot, to: &writer) }
            }
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        reset()
        do throws(StateError) {
            watermarkSoFar = try reader.readInteger(Int64.self)
            tally = try OperatorCounters(from: &reader)
            try table.decode(from: &reader)
            for _ in 0..<table.count {
                var partition = Partition()
                // A row of NULLs takes a byte a column; results are never missing, so there is at least one.
                let count = try reader.readCount(bytesEach: max(calls.count, 1))
                for _ in 0..<count { partition.rows.append(try rows.restoreRow(from: &reader)) }
                let debts = try reader.readCount(bytesEach: max(calls.count, 1))
                for _ in 0..<debts { partition.debts.append(try rows.restoreRow(from: &reader)) }
                partitions.append(partition)
            }
        } catch {
            reset()
            throw error
        }
    }

    private mutating func reset() {
        watermarkSoFar = noWatermark
        tally = OperatorCounters()
        diverted = []
        table.clear()
        rows.clear()
        partitions = []
        touched = []
    }
}
