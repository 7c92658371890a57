import Glibc
package import LaminarColumns
import LaminarKernels
package import LaminarRuntime
import LaminarTypes

/// Writes results so that engines can be compared: integers, timestamps as epoch milliseconds, decimals without
/// trailing zeros, no quotes, no header, NULL as nothing.
package final class CanonicalCSV {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var failure: Int32 = 0
    /// The rows of an updating result, with their number.
    private var table: [[UInt8]: Int64] = [:]

    package init(path: String) throws(BenchmarkError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BenchmarkError("\(path): \(String(cString: strerror(errno)))") }
    }

    package func write(_ batch: BatchView, _ columns: [PipelineInterface.Column]) {
        for row in 0..<batch.rowCount { append(batch, row, columns) }
        if buffer.count > 1 << 20 { flush() }
    }

    /// Applies the changes of an updating result to the rows that `finish` will write.
    package func apply(_ batch: BatchView, _ columns: [PipelineInterface.Column]) {
        for row in 0..<batch.rowCount {
            append(batch, row, columns)
            let count = table[buffer, default: 0] + (batch.weights?[row] ?? 1)
            table[buffer] = count == 0 ? nil : count
            buffer.removeAll(keepingCapacity: true)
        }
    }

    private func append(_ batch: BatchView, _ row: Int, _ columns: [PipelineInterface.Column]) {
        for (index, column) in columns.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            let view = batch.columns[index]
            if view.isValid(row) { write(view, row, column) }
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    private func write(_ view: ColumnView, _ row: Int, _ column: PipelineInterface.Column) {
        switch column.physicalType {
        case .bool: buffer += (view.value(row, as: Bool.self) ? "true" : "false").utf8
        case .int16: buffer += String(view.value(row, as: Int16.self)).utf8
        case .int32: buffer += String(view.value(row, as: Int32.self)).utf8
        case .int64:
            let value = view.value(row, as: Int64.self)
            let isTimestamp = column.type.hasPrefix("timestamp")
            // Floor division, so that times before the epoch stay in their millisecond.
            buffer += String(isTimestamp ? (value - ((value % 1000) + 1000) % 1000) / 1000 : value).utf8
        case .uint64: buffer += String(view.value(row, as: UInt64.self)).utf8
        case .float: buffer += String(view.value(row, as: Float.self)).utf8
        case .double: buffer += String(view.value(row, as: Double.self)).utf8
        case .decimal:
            var value = view.value(row, as: Decimal.self)
            while value.scale > 0, value.unscaled % 10 == 0 {
                value.unscaled /= 10
                value.scale -= 1
            }
            buffer += value.description.utf8
        case .string: view.value(row, as: StringView.self).withBytes { buffer += $0 }
        case .interval: buffer += view.value(row, as: Interval.self).description.utf8
        case .uuid:
            let value = view.dynamicValue(row, type: .uuid)
            buffer += text(of: value, type: .uuid).utf8
        }
    }

    private func flush() {
        var start = 0
        buffer.withUnsafeBytes { bytes in
            while start < bytes.count, failure == 0 {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
                if count >= 0 { start += count } else if errno != EINTR { failure = errno }
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    package func finish() throws(BenchmarkError) {
        for (row, count) in table {
            guard count > 0 else { throw BenchmarkError("\(path): a row is taken back that had not come out") }
            for _ in 0..<count { buffer += row }
        }
        flush()
        if close(descriptor) != 0, failure == 0 { failure = errno }
        if failure != 0 { throw BenchmarkError("\(path): \(String(cString: strerror(failure)))") }
    }
}
