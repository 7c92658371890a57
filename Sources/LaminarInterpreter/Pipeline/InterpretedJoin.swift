import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarTypes

/// A join's input for any types: a record has a bit a column that says whether it is NULL, then the values at offsets
/// that follow from the types.
struct InterpretedJoinInput: JoinInput {
    /// A key column and whether NULL meets NULL.
    struct Key {
        var column: Int
        var type: PhysicalType
        var nullsAreEqual: Bool
    }

    let types: [PhysicalType]
    let isUpdating: Bool
    let recordBytes: Int
    private let offsets: [Int]
    private let keys: [Key]
    private let keyWords: Int

    var columnCount: Int { types.count }
    var recordAlignment: Int { 16 }

    init(types: [PhysicalType], keys: [Key], isUpdating: Bool) {
        self.types = types
        self.keys = keys
        self.isUpdating = isUpdating
        keyWords = keys.flatMap(\.elements).reduce(0) { $0 + $1.wordCount }
        var offset = (types.count + 63) / 64 * 8
        var offsets: [Int] = []
        for type in types {
            offset = (offset + type.alignment - 1) & ~(type.alignment - 1)
            offsets.append(offset)
            offset += type.stride
        }
        self.offsets = offsets
        recordBytes = max(offset, 8)
    }

    func columns(of batch: BatchView) -> BatchView { batch }

    func group(_ batch: BatchView, _ row: Int, in table: UnsafeMutablePointer<GroupTable>) -> Int {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(keyWords, 1)) { buffer in
            // Sound: the buffer has at least one word.
            let words = buffer.baseAddress.unsafelyUnwrapped
            words.initialize(repeating: 0, count: max(keyWords, 1))
            var target = words
            for key in keys {
                let column = batch.columns[key.column]
                let isValid = column.isValid(row)
                if key.nullsAreEqual {
                    target[0] = isValid ? 0 : 1
                    target += 1
                } else if !isValid {
                    return -1
                }
                if isValid { storeKeyWords(column, row, key.type, target) }
                target += key.type.keyElements.reduce(0) { $0 + $1.wordCount }
            }
            return table.pointee.findOrInsert(words, hash: table.pointee.hash(words))
        }
    }

    func keep(_ batch: BatchView, _ row: Int, at record: UnsafeMutableRawPointer, _ arena: inout Arena) {
        record.initializeMemory(as: UInt8.self, repeating: 0, count: recordBytes)
        let isPresent = record.assumingMemoryBound(to: UInt64.self)
        for column in types.indices where batch.columns[column].isValid(row) {
            isPresent[column >> 6] |= 1 << UInt64(column & 63)
            let stride = types[column].stride
            (record + offsets[column]).copyMemory(
                from: batch.columns[column].values + row * stride, byteCount: stride)
        }
        own(record, &arena)
    }

    func own(_ record: UnsafeMutableRawPointer, _ arena: inout Arena) {
        for column in types.indices where types[column] == .string {
            let value = (record + offsets[column]).assumingMemoryBound(to: StringView.self)
            value.pointee = arena.copy(value.pointee)
        }
    }

    func isKept(_ batch: BatchView, _ row: Int, at record: UnsafeRawPointer) -> Bool {
        for column in types.indices {
            let theirs = batch.columns[column]
            let isValid = theirs.isValid(row)
            if isPresent(column, record) != isValid { return false }
            if isValid, !isSame(theirs, row, record + offsets[column], types[column]) { return false }
        }
        return true
    }

    func write(_ batch: BatchView, _ row: Int, to output: ColumnBatch, at target: Int, from first: Int) {
        for column in types.indices {
            if batch.columns[column].isValid(row) {
                let stride = types[column].stride
                (output.rawValues(first + column) + target * stride).copyMemory(
                    from: batch.columns[column].values + row * stride, byteCount: stride)
            } else {
                output.setNull(first + column, target)
            }
        }
    }

    func write(_ record: UnsafeRawPointer, to output: ColumnBatch, at target: Int, from first: Int) {
        for column in types.indices {
            if isPresent(column, record) {
                let stride = types[column].stride
                (output.rawValues(first + column) + target * stride).copyMemory(
                    from: record + offsets[column], byteCount: stride)
            } else {
                output.setNull(first + column, target)
            }
        }
    }

    private func isPresent(_ column: Int, _ record: UnsafeRawPointer) -> Bool {
        record.assumingMemoryBound(to: UInt64.self)[column >> 6] >> UInt64(column & 63) & 1 != 0
    }

    private func isSame(_ column: ColumnView, _ row: Int, _ value: UnsafeRawPointer, _ type: PhysicalType) -> Bool {
        func same<Value: RowValue & BitwiseCopyable>(_ type: Value.Type) -> Bool {
            column.value(row, as: type).isSame(as: value.assumingMemoryBound(to: type).pointee)
        }
        return switch type {
        case .bool: same(Bool.self)
        case .int16: same(Int16.self)
        case .int32: same(Int32.self)
        case .int64: same(Int64.self)
        case .uint64: same(UInt64.self)
        case .float: same(Float.self)
        case .double: same(Double.self)
        case .decimal: same(Decimal.self)
        case .string: same(StringView.self)
        case .interval: same(Interval.self)
        case .uuid: same(UUIDBytes.self)
        }
    }
}

extension InterpretedJoinInput.Key {
    /// How the key column lies in the dictionary: behind a flag where NULL is a value.
    var elements: [GroupTableLayout.KeyElement] { (nullsAreEqual ? [.word] : []) + type.keyElements }
}

/// A join whose rows are of any types, its condition evaluated for many pairs at once.
struct InterpretedJoin: JoinProgram {
    let kind: JoinKind
    let left: InterpretedJoinInput
    let right: InterpretedJoinInput
    let keyElements: [GroupTableLayout.KeyElement]
    let condition: CompiledExpressions?
    private let pairs: ColumnBatch

    var hasCondition: Bool { condition != nil }

    init(_ plan: JoinPlan, left: (types: [PhysicalType], isUpdating: Bool), right: (types: [PhysicalType], isUpdating: Bool))
        throws(UnsupportedPlan)
    {
        kind = JoinKind(plan.kind)
        let leftKeys = plan.keys.map {
            InterpretedJoinInput.Key(column: $0.left, type: $0.type, nullsAreEqual: $0.nullsAreEqual)
        }
        let rightKeys = plan.keys.map {
            InterpretedJoinInput.Key(column: $0.right, type: $0.type, nullsAreEqual: $0.nullsAreEqual)
        }
        self.left = InterpretedJoinInput(types: left.types, keys: leftKeys, isUpdating: left.isUpdating)
        self.right = InterpretedJoinInput(types: right.types, keys: rightKeys, isUpdating: right.isUpdating)
        keyElements = leftKeys.flatMap(\.elements)
        if let residual = plan.residual {
            condition = try CompiledExpressions.make(filter: residual, outputs: [], inputs: left.types + right.types)
        } else {
            condition = nil
        }
        pairs = ColumnBatch(types: left.types + right.types, capacity: 64)
    }

    var outputTypes: [PhysicalType] { kind.isFiltering ? left.types : left.types + right.types }

    func select(
        _ columns: BatchView, left row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        pairs.clear()
        for index in 0..<count {
            pairs.reserve(1)
            left.write(columns, row, to: pairs, at: index, from: 0)
            right.write(UnsafeRawPointer(records[index]), to: pairs, at: index, from: left.columnCount)
            pairs.rowCount += 1
        }
        return selectPairs(records, count, &scratch, &fault)
    }

    func select(
        _ columns: BatchView, right row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        pairs.clear()
        for index in 0..<count {
            pairs.reserve(1)
            left.write(UnsafeRawPointer(records[index]), to: pairs, at: index, from: 0)
            right.write(columns, row, to: pairs, at: index, from: left.columnCount)
            pairs.rowCount += 1
        }
        return selectPairs(records, count, &scratch, &fault)
    }

    private func selectPairs(
        _ records: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ count: Int, _ scratch: inout Arena,
        _ fault: inout Fault
    ) -> Int {
        guard let condition else { return count }
        pairs.withView { view in
            _ = condition.evaluate(view, from: 0, count: count, arena: &scratch, fault: &fault)
        }
        let selection = condition.selection
        var found = 0
        for index in 0..<count where selection[index >> 6] >> UInt64(index & 63) & 1 != 0 {
            records[found] = records[index]
            found += 1
        }
        return found
    }
}
