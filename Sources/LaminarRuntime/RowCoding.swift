import LaminarColumns
import LaminarKernels
import LaminarState
import LaminarTypes

/// Writes a row that an operator keeps: for each column whether it is not NULL, and its value.
func encodeRow(_ columns: BatchView, _ row: Int, types: [PhysicalType], to writer: inout StateWriter) {
    for (column, type) in types.enumerated() {
        let view = columns.columns[column]
        let isValid = view.isValid(row)
        writer.write(isValid)
        if !isValid { continue }
        if type == .string {
            writer.write(view.value(row, as: StringView.self))
        } else {
            writer.writeRaw(
                UnsafeRawBufferPointer(start: view.values + row * type.stride, count: type.storedBytes))
        }
    }
}

/// Reads what `encodeRow` wrote over row `row` of a batch, for which there is room; where the snapshot is of an older
/// layout its columns are put where they are now.
///
/// - Parameter table: which of the operator's tables of rows it is.
func decodeRow(
    into batch: ColumnBatch, _ row: Int, types: [PhysicalType], table: Int, from reader: inout StateReader
) throws(StateError) {
    var written = types
    var targets: [Int]?
    if let tables = reader.tables, tables.rows.indices.contains(table) {
        let rows = tables.rows[table]
        written = rows.types
        var places = written.map { _ in -1 }
        for (column, source) in rows.sources.enumerated() {
            if let source { places[source] = column } else { batch.setNull(column, row) }
        }
        targets = places
    }
    for (column, type) in written.enumerated() {
        let target = targets?[column] ?? column
        let isValid = try reader.readBool()
        if !isValid {
            if target >= 0 { batch.setNull(target, row) }
            continue
        }
        if type == .string {
            let string = try reader.readString(into: &batch.arena)
            guard target >= 0 else { continue }
            batch.setValid(target, row)
            batch.values(target, as: StringView.self)[row] = string
            continue
        }
        try withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { (memory) throws(StateError) in
            let value = UnsafeMutableRawBufferPointer(rebasing: memory[..<type.storedBytes])
            try reader.readRaw(into: value)
            guard target >= 0 else { return }
            batch.setValid(target, row)
            let place = batch.rawValues(target) + row * types[target].stride
            if types[target] == type {
                place.copyMemory(from: UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped), byteCount: value.count)
            } else {
                storeWidened(memory, type, types[target], place)
            }
        }
    }
}

/// Stores a value in the wider form of another type.
private func storeWidened(
    _ value: UnsafeMutableRawBufferPointer, _ type: PhysicalType, _ wider: PhysicalType, _ place: UnsafeMutableRawPointer
) {
    func integer() -> Int64 {
        switch type {
        case .int16: Int64(value.load(as: Int16.self))
        case .int32: Int64(value.load(as: Int32.self))
        default: value.load(as: Int64.self)
        }
    }
    switch wider {
    case .int32: place.storeBytes(of: Int32(truncatingIfNeeded: integer()), as: Int32.self)
    case .int64: place.storeBytes(of: integer(), as: Int64.self)
    case .double: place.storeBytes(of: Double(value.load(as: Float.self)), as: Double.self)
    default: preconditionFailure("No type is held by \(wider) but itself.")
    }
}

extension PhysicalType {
    /// The bytes of a value without those that only keep the next one aligned.
    fileprivate var storedBytes: Int { self == .decimal ? MemoryLayout<Decimal>.size : stride }
}
