import LaminarColumns
import LaminarKernels
import LaminarPlan
import LaminarState
import LaminarTypes

/// Writes key columns into key words, a column at a time: the layout of `StateTablePlan`, which every executor shares.
struct KeyColumns {
    private let keys: [StateTablePlan.KeyColumn]
    private let keyWords: Int

    init(_ plan: StateTablePlan) {
        keys = plan.keys
        keyWords = plan.keyWords
    }

    /// Stores the keys of some rows one after the other.
    ///
    /// - Parameter column: the column of each key, by its number.
    func store(
        rows: UnsafeBufferPointer<Int32>, into words: UnsafeMutablePointer<UInt64>, column: (Int) -> ColumnView
    ) {
        for (index, key) in keys.enumerated() {
            let target = words + key.word
            let column = column(index)
            switch key.type {
            case .bool: store(column, as: Bool.self, key, rows, target)
            case .int16: store(column, as: Int16.self, key, rows, target)
            case .int32: store(column, as: Int32.self, key, rows, target)
            case .int64: store(column, as: Int64.self, key, rows, target)
            case .uint64: store(column, as: UInt64.self, key, rows, target)
            case .float: store(column, as: Float.self, key, rows, target)
            case .double: store(column, as: Double.self, key, rows, target)
            case .decimal: store(column, as: Decimal.self, key, rows, target)
            case .string: store(column, as: StringView.self, key, rows, target)
            case .interval: store(column, as: Interval.self, key, rows, target)
            case .uuid: storeUUIDs(column, key, rows, target)
            }
        }
    }

    private func store<Value: GroupKey>(
        _ column: ColumnView, as type: Value.Type, _ key: StateTablePlan.KeyColumn,
        _ rows: UnsafeBufferPointer<Int32>, _ words: UnsafeMutablePointer<UInt64>
    ) {
        // Sound: the column's physical type is `Value`, and the buffer has `keyWords` words a row.
        let values = column.values.assumingMemoryBound(to: Value.self)
        for (index, row) in rows.enumerated() {
            let row = Int(row)
            let words = words + index &* keyWords
            if !key.isNullable {
                values[row].store(words)
            } else if column.isValid(row) {
                words[0] = 0
                values[row].store(words + 1)
            } else {
                words[0] = 1
                (words + 1).update(repeating: 0, count: key.type.keyWords)
            }
        }
    }

    private func storeUUIDs(
        _ column: ColumnView, _ key: StateTablePlan.KeyColumn, _ rows: UnsafeBufferPointer<Int32>,
        _ words: UnsafeMutablePointer<UInt64>
    ) {
        let values = column.values.assumingMemoryBound(to: (UInt64, UInt64).self)
        for (index, row) in rows.enumerated() {
            let row = Int(row)
            let words = words + index &* keyWords
            let isValid = column.isValid(row)
            let target = key.isNullable ? words + 1 : words
            if key.isNullable { words[0] = isValid ? 0 : 1 }
            (target[0], target[1]) = isValid ? values[row] : (0, 0)
        }
    }

    /// Writes the key columns of groups whose words lie one after the other into a batch's first columns.
    func load(_ words: UnsafePointer<UInt64>, rowCount: Int, into batch: ColumnBatch, at firstRow: Int) {
        for (column, key) in keys.enumerated() {
            let source = words + key.word
            switch key.type {
            case .bool: load(source, as: Bool.self, key, rowCount, batch, column, firstRow)
            case .int16: load(source, as: Int16.self, key, rowCount, batch, column, firstRow)
            case .int32: load(source, as: Int32.self, key, rowCount, batch, column, firstRow)
            case .int64: load(source, as: Int64.self, key, rowCount, batch, column, firstRow)
            case .uint64: load(source, as: UInt64.self, key, rowCount, batch, column, firstRow)
            case .float: load(source, as: Float.self, key, rowCount, batch, column, firstRow)
            case .double: load(source, as: Double.self, key, rowCount, batch, column, firstRow)
            case .decimal: load(source, as: Decimal.self, key, rowCount, batch, column, firstRow)
            case .string: load(source, as: StringView.self, key, rowCount, batch, column, firstRow)
            case .interval: load(source, as: Interval.self, key, rowCount, batch, column, firstRow)
            case .uuid: loadUUIDs(source, key, rowCount, batch, column, firstRow)
            }
        }
    }

    private func load<Value: GroupKey>(
        _ words: UnsafePointer<UInt64>, as type: Value.Type, _ key: StateTablePlan.KeyColumn, _ rowCount: Int,
        _ batch: ColumnBatch, _ column: Int, _ firstRow: Int
    ) {
        let values = batch.values(column, as: Value.self)
        for row in 0..<rowCount {
            let words = words + row &* keyWords
            if key.isNullable, words[0] != 0 {
                batch.setNull(column, firstRow + row)
            } else {
                values[firstRow + row] = Value(words: key.isNullable ? words + 1 : words)
            }
        }
    }

    private func loadUUIDs(
        _ words: UnsafePointer<UInt64>, _ key: StateTablePlan.KeyColumn, _ rowCount: Int, _ batch: ColumnBatch,
        _ column: Int, _ firstRow: Int
    ) {
        let values = batch.values(column, as: (UInt64, UInt64).self)
        for row in 0..<rowCount {
            let words = words + row &* keyWords
            if key.isNullable, words[0] != 0 {
                batch.setNull(column, firstRow + row)
            } else {
                values[firstRow + row] = key.isNullable ? (words[1], words[2]) : (words[0], words[1])
            }
        }
    }
}

extension GroupTableLayout {
    /// The layout that a plan asks for.
    init(_ plan: StateTablePlan) {
        self.init(
            key: plan.keys.flatMap { ($0.isNullable ? [.word] : []) + KeyElement.elements(of: $0.type) },
            accumulatorBytes: plan.accumulatorBytes,
            accumulatorStrings: plan.accumulators.flatMap { accumulator in
                accumulator.kernel.stringOffsets.map { accumulator.offset + $0 }
            },
            accumulatorBags: plan.accumulators.compactMap { accumulator in
                accumulator.kernel.bagWords.map { Bag(offset: accumulator.offset, words: $0) }
            },
            distinctValues: plan.distinct.map { KeyElement.elements(of: $0.type) })
    }
}

extension GroupTableLayout.KeyElement {
    fileprivate static func elements(of type: PhysicalType) -> [GroupTableLayout.KeyElement] {
        switch type {
        case .bool, .int16, .int32, .int64, .uint64, .float, .double: [.word]
        case .string: [.string]
        case .interval: [.interval]
        case .uuid: [.word, .word]
        case .decimal: [.word, .word, .word]
        }
    }
}
