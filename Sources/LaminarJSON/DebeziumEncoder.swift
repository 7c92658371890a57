public import LaminarColumns
public import LaminarFormats
public import LaminarTypes

/// Encodes changes as Debezium's envelope, a JSON object per line: `{"before":…,"after":…,"op":"c"}`, `op` being `c` for
/// a new row, `u` for the old and the new form of one whose key stays, and `d` for one that is gone.
public struct DebeziumEncoder {
    private let values: NDJSONEncoder
    private let types: [PhysicalType]
    private let key: [Int]?

    /// - Parameter key: the columns that identify a row; nil: no row is an update of another.
    /// - Throws: as `NDJSONEncoder`.
    public init(
        columns: [(name: String, type: SQLType)], key: [Int]?
    ) throws(FormatConfigurationError) {
        values = try NDJSONEncoder(columns: columns)
        types = columns.map(\.type.physical)
        self.key = key
    }

    /// Appends the changes of `batch` to `output`; a weight of 2 gives two lines, of 0 none.
    public func encode(_ batch: BatchView, to output: inout OutputBuffer) {
        for row in 0..<batch.rowCount {
            let weight = batch.weights.map { $0[row] } ?? 1
            var repetition: UInt64 = 0
            while repetition < weight.magnitude {
                encode(batch, row, to: &output)
                repetition += 1
            }
        }
    }

    private func encode(_ batch: BatchView, _ row: Int, to output: inout OutputBuffer) {
        switch RowOperation(row, of: batch, key: key, types: types) {
        // Written with the new form behind it.
        case .updateBefore: break
        case .insert: write(nil, row, "c", batch, &output)
        case .updateAfter: write(row - 1, row, "u", batch, &output)
        case .delete: write(row, nil, "d", batch, &output)
        }
    }

    private func write(
        _ before: Int?, _ after: Int?, _ operation: String, _ batch: BatchView, _ output: inout OutputBuffer
    ) {
        output.append("{\"before\":")
        if let before { values.encodeValue(batch, before, to: &output) } else { output.append("null") }
        output.append(",\"after\":")
        if let after { values.encodeValue(batch, after, to: &output) } else { output.append("null") }
        output.append(",\"op\":\"\(operation)\"}\n")
    }
}
