public import LaminarColumns

/// The files of a source as its partitions, read beside one another: always on in the file whose watermark is least, so
/// that files of the same times go through the pipeline together.
public final class FilePartitions {
    /// The files, by partition, in the order of their names.
    public let files: [FileSource]
    private var unread: [Int]
    private var last = 0

    public enum Step: Equatable, Sendable {
        /// The batch holds rows of this partition.
        case rows(partition: Int)
        /// This partition has ended.
        case end(partition: Int)
        /// All have ended.
        case finished
    }

    /// - Parameter source: says which files, and how they are read; it is not read itself.
    public init(_ source: FileSource) throws {
        files = try source.files.map { try FileSource(source, path: $0) }
        unread = Array(files.indices)
    }

    public var rowCount: Int { files.reduce(0) { $0 + $1.rowCount } }
    public var rejectedRecordCount: Int { files.reduce(0) { $0 + $1.rejectedRecordCount } }

    /// The file of the last batch.
    public var current: FileSource { files[last] }

    /// Clears `batch` and fills it with the next rows of the file that is furthest behind.
    ///
    /// - Parameter watermark: the watermark of a partition.
    public func next(
        into batch: ColumnBatch, maximumRows: Int = 1024, watermark: (Int) -> Int64
    ) throws(FileError) -> Step {
        guard let partition = unread.min(by: { watermark($0) < watermark($1) }) else { return .finished }
        last = partition
        if try files[partition].next(into: batch, maximumRows: maximumRows) { return .rows(partition: partition) }
        unread.removeAll { $0 == partition }
        return .end(partition: partition)
    }
}
