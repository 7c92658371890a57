import LaminarColumns
import LaminarKernels
import LaminarState
import LaminarTypes

/// Rows that an operator keeps, in order of arrival, and the numbers of their keys.
///
/// Rows that are dropped stay in memory until `keep`; keys that have no rows any more, too.
struct KeyedRows {
    private let types: [PhysicalType]
    private let keys: [Int]
    private let layout: GroupTableLayout
    private var stored: ColumnBatch
    private var times: [Int64] = []
    private var dropped = 0
    private let table: TableReference
    private var words: [UInt64]

    /// Owns a table for a struct that is copied.
    private final class TableReference {
        var table: UnsafeMutablePointer<GroupTable>

        init(_ layout: GroupTableLayout) { table = GroupTable.make(layout) }
        deinit { GroupTable.destroy(table) }
    }

    /// - Parameter keys: the columns of the key.
    init(types: [PhysicalType], keys: [Int]) {
        self.types = types
        self.keys = keys
        // Each value behind a flag that says whether it is NULL.
        layout = GroupTableLayout(key: keys.flatMap { [.word] + types[$0].keyElements }, accumulatorBytes: 0)
        stored = ColumnBatch(types: types, capacity: 64)
        table = TableReference(layout)
        words = Array(repeating: 0, count: max(layout.keyWords, 1))
    }

    /// Rows in memory, dropped ones included.
    var count: Int { stored.rowCount }

    func time(_ row: Int32) -> Int64 { times[Int(row)] }

    /// The number of a row's key, counted in order of arrival.
    mutating func group(of batch: BatchView, _ row: Int) -> Int {
        var at = 0
        for key in keys { at += store(batch.columns[key], row, types[key], at) }
        return words.withUnsafeBufferPointer { words in
            guard let words = words.baseAddress else { return 0 }
            return table.table.pointee.findOrInsert(words, hash: table.table.pointee.hash(words))
        }
    }

    /// Keeps a row; its number.
    mutating func append(_ batch: BatchView, _ row: Int, _ time: Int64) -> Int32 {
        stored.reserve(1)
        let number = stored.rowCount
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { list in
            list.initialize(repeating: Int32(truncatingIfNeeded: row))
            for column in types.indices {
                stored.gather(batch.columns[column], rows: UnsafeBufferPointer(list), into: column, copiesStrings: true)
            }
        }
        stored.rowCount = number + 1
        times.append(time)
        return Int32(truncatingIfNeeded: number)
    }

    mutating func drop(_ row: Int32) { dropped += 1 }

    /// Whether most of what is in memory has been dropped.
    var shouldCompact: Bool { dropped > 256 && dropped * 2 > stored.rowCount }

    /// Keeps these rows alone, in this order, and gives them new numbers from zero; their keys are to be numbered again.
    mutating func keep(_ rows: [Int32]) {
        let kept = ColumnBatch(types: types, capacity: rows.count)
        kept.reserve(rows.count)
        stored.withView { view in
            rows.withUnsafeBufferPointer { rows in
                for column in types.indices {
                    kept.gather(view.columns[column], rows: rows, into: column, copiesStrings: true)
                }
            }
        }
        kept.rowCount = rows.count
        times = rows.map { times[Int($0)] }
        stored = kept
        dropped = 0
        table.table.pointee.clear()
    }

    mutating func clear() {
        stored.clear()
        times = []
        dropped = 0
        table.table.pointee.clear()
    }

    /// Lends all rows in memory.
    func withView<R>(_ body: (BatchView) -> R) -> R { stored.withView(body) }

    /// The number of the key of a row that is kept.
    mutating func regroup(_ row: Int) -> Int {
        let stored = stored
        return stored.withView { group(of: $0, row) }
    }

    /// Appends rows to a batch of the first columns, which has room; its row count stays.
    func gather(_ rows: [Int32], columns: Int, into output: ColumnBatch) {
        stored.withView { view in
            rows.withUnsafeBufferPointer { rows in
                for column in 0..<columns {
                    output.gather(view.columns[column], rows: rows, into: column, copiesStrings: true)
                }
            }
        }
    }

    /// Below zero if row `a` comes before row `b`, zero if the order leaves it open.
    func compare(_ a: Int32, _ b: Int32, by order: [PartitionedOver.Order]) -> Int { stored.compare(a, b, by: order) }

    /// Whether a row that is kept has the content of a row of a batch.
    func isEqual(_ row: Int32, _ batch: BatchView, _ other: Int) -> Bool {
        stored.withView { view in
            types.indices.allSatisfy { column in
                let (mine, theirs) = (view.columns[column], batch.columns[column])
                let isValid = mine.isValid(Int(row))
                if isValid != theirs.isValid(other) { return false }
                if !isValid { return true }
                let type = types[column]
                if type == .string {
                    return mine.value(Int(row), as: StringView.self).withBytes { bytes in
                        theirs.value(other, as: StringView.self).withBytes { bytes.elementsEqual($0) }
                    }
                }
                if type == .decimal {
                    // Its last bytes mean nothing.
                    let (a, b) = (mine.value(Int(row), as: Decimal.self), theirs.value(other, as: Decimal.self))
                    return a.unscaled == b.unscaled && a.scale == b.scale && a.kind == b.kind
                }
                let a = UnsafeRawBufferPointer(start: mine.values + Int(row) * type.stride, count: type.stride)
                let b = UnsafeRawBufferPointer(start: theirs.values + other * type.stride, count: type.stride)
                return a.elementsEqual(b)
            }
        }
    }

    // MARK: Keys

    /// Writes a value's words, its flag first, from `at` on; how many.
    private mutating func store(_ column: ColumnView, _ row: Int, _ type: PhysicalType, _ at: Int) -> Int {
        let count = 1 + type.keyElements.reduce(0) { $0 + $1.wordCount }
        guard column.isValid(row) else {
            words[at] = 1
            for word in (at + 1)..<(at + count) { words[word] = 0 }
            return count
        }
        words[at] = 0
        words.withUnsafeMutableBufferPointer { words in
            guard let target = words.baseAddress.map({ $0 + at + 1 }) else { return }
            switch type {
            case .bool: column.value(row, as: Bool.self).store(target)
            case .int16: column.value(row, as: Int16.self).store(target)
            case .int32: column.value(row, as: Int32.self).store(target)
            case .int64: column.value(row, as: Int64.self).store(target)
            case .uint64: column.value(row, as: UInt64.self).store(target)
            case .float: column.value(row, as: Float.self).store(target)
            case .double: column.value(row, as: Double.self).store(target)
            case .decimal: column.value(row, as: Decimal.self).store(target)
            case .string: column.value(row, as: StringView.self).store(target)
            case .interval: column.value(row, as: Interval.self).store(target)
            case .uuid: (target[0], target[1]) = column.value(row, as: (UInt64, UInt64).self)
            }
        }
        return count
    }

    // MARK: State

    /// Writes rows, cell by cell.
    func encode(_ rows: [Int32], to writer: inout StateWriter) {
        writer.write(UInt64(rows.count))
        stored.withView { view in
            for row in rows { encodeRow(view, Int(row), types: types, to: &writer) }
        }
    }

    /// Replaces all rows by what `encode` wrote.
    /// - Parameters:
    ///   - time: the column of the rows' times; nil where they have none.
    ///   - table: which of the operator's tables of rows it is.
    mutating func decode(from reader: inout StateReader, time: Int?, table: Int = 0) throws(StateError) {
        clear()
        let count = try reader.readCount(bytesEach: 1)
        for row in 0..<count {
            stored.reserve(1)
            try decodeRow(into: stored, row, types: types, table: table, from: &reader)
            stored.rowCount = row + 1
            times.append(time.map { stored.values($0, as: Int64.self)[row] } ?? 0)
        }
    }
}
