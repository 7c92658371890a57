extension ColumnBatch {
    /// Appends a row of a batch of the same column types, strings copied, with its weight.
    public func appendRow(of batch: BatchView, _ row: Int, weight: Int64) {
        reserve(1)
        let target = rowCount
        for (column, type) in types.enumerated() {
            let source = batch.columns[column]
            guard source.isValid(row) else {
                setNull(column, target)
                continue
            }
            if type == .string {
                values(column, as: StringView.self)[target] = arena.copy(source.value(row, as: StringView.self))
            } else {
                let stride = type.stride
                (rawValues(column) + target * stride).copyMemory(
                    from: source.values + row * stride, byteCount: stride)
            }
        }
        weights()[target] = weight
        rowCount = target + 1
    }
}

/// Whether two rows of the same column types are identical: NULLs equal, strings by content, all else bit by bit.
func rowsAreEqual(_ a: BatchView, _ rowOfA: Int, _ b: BatchView, _ rowOfB: Int, _ types: [PhysicalType]) -> Bool {
    for (column, type) in types.enumerated() {
        let x = a.columns[column]
        let y = b.columns[column]
        let isValid = x.isValid(rowOfA)
        if isValid != y.isValid(rowOfB) { return false }
        if !isValid { continue }
        switch type {
        case .string:
            if x.value(rowOfA, as: StringView.self) != y.value(rowOfB, as: StringView.self) { return false }
        case .decimal:
            // Not by its bytes: the struct has padding.
            let p = x.value(rowOfA, as: Decimal.self)
            let q = y.value(rowOfB, as: Decimal.self)
            if p.unscaled != q.unscaled || p.scale != q.scale || p.kind != q.kind { return false }
        default:
            let stride = type.stride
            let p = UnsafeRawBufferPointer(start: x.values + rowOfA * stride, count: stride)
            let q = UnsafeRawBufferPointer(start: y.values + rowOfB * stride, count: stride)
            if !p.elementsEqual(q) { return false }
        }
    }
    return true
}
