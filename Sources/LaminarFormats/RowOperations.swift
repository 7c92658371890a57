public import LaminarColumns
internal import LaminarKernels
public import LaminarTypes

/// How the weights of rows show in a text format.
public enum RowOperations: Hashable, Sendable {
    /// Not at all: the rows are insertions, once per unit of weight. Rows of negative weight are not allowed.
    case insertionsOnly
    /// As a first field `_op` that holds a `RowOperation`.
    ///
    /// - Parameter key: the columns that identify a row; nil: rows are told apart by all their columns, so that none is
    ///   an update of another.
    case field(key: [Int]? = nil)
    /// As a first field `_op`, without the old forms of rows that are updated: a row takes the place of the one with
    /// its key.
    case upserts(key: [Int])

    /// Whether there is a field `_op`.
    public var areShown: Bool { self != .insertionsOnly }

    /// What a row does to the result; nil for one that is not shown.
    package func operation(of row: Int, in batch: BatchView, types: [PhysicalType]) -> RowOperation? {
        switch self {
        case .insertionsOnly: return nil
        case .field(let key): return RowOperation(row, of: batch, key: key, types: types)
        case .upserts(let key):
            let operation = RowOperation(row, of: batch, key: key, types: types)
            return operation == .updateBefore ? nil : operation
        }
    }
}

/// What a row of a changelog does to the result, in Flink's notation.
public enum RowOperation: Hashable, Sendable {
    case insert
    /// The old form of a row that the next one updates.
    case updateBefore
    case updateAfter
    case delete

    /// `+I`, `-U`, `+U` or `-D`.
    public var text: StaticString {
        switch self {
        case .insert: "+I"
        case .updateBefore: "-U"
        case .updateAfter: "+U"
        case .delete: "-D"
        }
    }

    /// The weight of a row with an operation, in any of its spellings: `+I -U +U -D`, `I U D`, Debezium's `c r u d`,
    /// `insert update delete`; nil for another text. A plain update is the new form of its row.
    package static func weight(of text: UnsafeBufferPointer<UInt8>) -> Int64? {
        switch String(decoding: text, as: UTF8.self).lowercased() {
        case "+i", "+u", "i", "u", "c", "r", "insert", "update", "upsert", "create", "read", "update_after": 1
        case "-u", "-d", "d", "delete", "update_before": -1
        default: nil
        }
    }

    /// The operation of a row: a row of weight −1 with one of weight +1 and the same key right behind it is an update.
    public init(_ row: Int, of batch: BatchView, key: [Int]?, types: [PhysicalType]) {
        func weight(_ row: Int) -> Int64 { batch.weights.map { $0[row] } ?? 1 }
        func isUpdate(_ old: Int, _ new: Int) -> Bool {
            guard let key, old >= 0, new < batch.rowCount, weight(old) == -1, weight(new) == 1 else { return false }
            return key.allSatisfy { isSame(batch.columns[$0], old, new, types[$0]) }
        }
        if weight(row) < 0 {
            self = isUpdate(row, row + 1) ? .updateBefore : .delete
        } else {
            self = isUpdate(row - 1, row) ? .updateAfter : .insert
        }
    }
}

/// Whether two rows of a column hold the same value, or NULL both.
private func isSame(_ column: ColumnView, _ a: Int, _ b: Int, _ type: PhysicalType) -> Bool {
    guard column.isValid(a), column.isValid(b) else { return column.isValid(a) == column.isValid(b) }
    if type == .string {
        return column.value(a, as: StringView.self) == column.value(b, as: StringView.self)
    }
    let bytes = UnsafeRawBufferPointer(start: column.values, count: (max(a, b) + 1) * type.stride)
    return bytes[a * type.stride..<(a + 1) * type.stride].elementsEqual(bytes[b * type.stride..<(b + 1) * type.stride])
}
