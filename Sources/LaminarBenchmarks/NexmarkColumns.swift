import Glibc
internal import LaminarColumns
import LaminarKernels
package import LaminarRuntime
import LaminarTypes

/// Why a benchmark could not run.
package struct BenchmarkError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The columns of one Nexmark table that a pipeline reads, in memory, in the layout in which batches have them.
///
/// Files are those of the generator's `bin` format: `TABLE.COLUMN.i64` with 64-bit integers, or `.off` with 64-bit
/// offsets into the bytes of `.dat`. Columns of the type TIMESTAMP are read from epoch milliseconds.
package final class NexmarkColumns {
    package private(set) var rowCount = 0
    private var columns: [ColumnView] = []
    private var memory: [UnsafeMutableRawPointer] = []
    private let strides: [Int]
    /// The columns of the batch that is lent.
    private let views: UnsafeMutablePointer<ColumnView>

    package init(directory: String, source: PipelineInterface.Source) throws(BenchmarkError) {
        strides = source.columns.map(\.physicalType.stride)
        views = .allocate(capacity: max(source.columns.count, 1))
        var rowCount: Int?
        var columns: [ColumnView] = []
        var memory: [UnsafeMutableRawPointer] = []
        defer { self.memory = memory }
        func count(_ rows: Int, _ path: String) throws(BenchmarkError) {
            guard rowCount == nil || rowCount == rows else {
                throw BenchmarkError("\(path): has \(rows) rows, another column of its table has \(rowCount ?? 0)")
            }
            rowCount = rows
        }
        for column in source.columns {
            let path = "\(directory)/bin/\(source.name).\(column.name)"
            switch column.physicalType {
            case .int64:
                let file = try contents(of: "\(path).i64")
                memory.append(file.bytes)
                try count(file.count / 8, path)
                if column.type.hasPrefix("timestamp") {
                    let values = file.bytes.assumingMemoryBound(to: Int64.self)
                    for row in 0..<file.count / 8 { values[row] &*= 1000 }
                }
                columns.append(ColumnView(values: UnsafeRawPointer(file.bytes), validity: nil))
            case .string:
                let offsets = try contents(of: "\(path).off")
                let data = try contents(of: "\(path).dat")
                memory += [offsets.bytes, data.bytes]
                let rows = offsets.count / 8 - 1
                try count(rows, path)
                let views = UnsafeMutablePointer<StringView>.allocate(capacity: max(rows, 1))
                memory.append(UnsafeMutableRawPointer(views))
                let positions = offsets.bytes.assumingMemoryBound(to: Int64.self)
                let text = data.bytes.assumingMemoryBound(to: UInt8.self)
                for row in 0..<max(rows, 0) {
                    let start = Int(positions[row])
                    let end = Int(positions[row + 1])
                    guard start >= 0, end >= start, end <= data.count else {
                        throw BenchmarkError("\(path).off: offsets do not fit the bytes")
                    }
                    views[row] = StringView(text + start, count: end - start)
                }
                columns.append(ColumnView(values: UnsafeRawPointer(views), validity: nil))
            default:
                throw BenchmarkError("column \"\(column.name)\" has the type \(column.type), which these files do not")
            }
        }
        guard let rowCount else { throw BenchmarkError("the query reads no column of \"\(source.name)\"") }
        self.rowCount = rowCount
        self.columns = columns
    }

    deinit {
        views.deallocate()
        for pointer in memory { pointer.deallocate() }
    }

    /// Pushes some rows as one batch.
    package func push(
        _ rows: Range<Int>, into pipeline: any RunnablePipeline, source: Int
    ) throws(PipelineError) {
        for (index, column) in columns.enumerated() {
            views[index] = ColumnView(values: column.values + rows.lowerBound * strides[index], validity: nil)
        }
        try pipeline.push(source: source, BatchView(columns: UnsafePointer(views), rowCount: rows.count))
    }
}

/// A whole file in memory, with `padding` readable bytes behind it.
package func contents(
    of path: String, padding: Int = 64
) throws(BenchmarkError) -> (bytes: UnsafeMutableRawPointer, count: Int) {
    func failure() -> BenchmarkError { BenchmarkError("\(path): \(String(cString: strerror(errno)))") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure() }
    let size = Int(status.st_size)
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: size + padding, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: size + padding)
    var done = 0
    while done < size {
        let count = read(descriptor, bytes + done, size - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
            let error = count < 0 ? failure() : BenchmarkError("\(path): the file became shorter while it was read")
            bytes.deallocate()
            throw error
        }
        done += count
    }
    return (bytes, size)
}
