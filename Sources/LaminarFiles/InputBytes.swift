/// The bytes of a file as its records have them: read, and decompressed where they are compressed.
final class InputBytes {
    private let file: FileDescriptor
    private let compression: FileCompression
    private var decompression: (any Decompression)?
    private let memory: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    private var failure: FileError?
    /// Bytes of the file that the library has taken.
    private var offset = 0

    private static let readSize = 128 << 10

    init(_ path: String, _ compression: FileCompression) throws(FileError) {
        file = try FileDescriptor(reading: path)
        self.compression = compression
        decompression = compression.makeDecompression()
        memory = .allocate(byteCount: compression == .none ? 0 : Self.readSize, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Whether bytes can be had without asking the system, which may wait.
    var hasBytes: Bool { decompression.map { start < end || $0.holdsOutput || failure != nil } ?? false }

    /// Reads up to `target.count` bytes; 0 at the end, nil if the bytes that came make none yet. The system is asked once
    /// at most.
    ///
    /// Bytes before a place that cannot be decompressed are handed over before the error is thrown.
    /// - Throws: 22P04 with the offset in the file for one that is cut off or corrupt.
    func read(into target: UnsafeMutableRawBufferPointer) throws(FileError) -> Int? {
        guard let decompression else { return try file.read(into: target) }
        if let failure { throw failure }
        if start == end && !decompression.holdsOutput && !isAtEnd {
            start = 0
            end = try file.read(into: memory)
            isAtEnd = end == 0
        }
        if isAtEnd && start == end && !decompression.holdsOutput {
            if decompression.isAtBoundary { return 0 }
            let failure = error(
                offset == 0
                    ? DecompressionProblem(message: "it is empty", hint: "Compressed files have a header at least.")
                    : DecompressionProblem(message: "it is cut off"))
            self.failure = failure
            throw failure
        }
        var produced = 0
        while produced < target.count {
            let step = decompression.step(
                UnsafeRawBufferPointer(rebasing: memory[start..<end]),
                UnsafeMutableRawBufferPointer(rebasing: target[produced...]))
            start += step.consumed
            offset += step.consumed
            produced += step.produced
            if let problem = step.problem {
                failure = error(problem)
                break
            }
            if step.consumed == 0 && step.produced == 0 || start == end && !decompression.holdsOutput { break }
        }
        if produced > 0 { return produced }
        if let failure { throw failure }
        return nil
    }

    /// Skips to a byte: at once in a file that is not compressed, by decompressing all before it in one that is.
    func seek(to position: Int) throws(FileError) {
        guard compression != .none else { return try file.seek(to: position) }
        if offset > 0 || end > 0 {
            try file.seek(to: 0)
            decompression = compression.makeDecompression()
            (start, end, offset, isAtEnd, failure) = (0, 0, 0, false, nil)
        }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.readSize, alignment: 16)
        defer { scratch.deallocate() }
        var left = position
        while left > 0 {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(left, scratch.count)]))
            if count == 0 {
                throw FileError(
                    "58P01", "could not go on in file \"\(file.path)\": it has fewer than \(position) bytes",
                    path: file.path)
            }
            left -= count ?? 0
        }
    }

    private func error(_ problem: DecompressionProblem) -> FileError {
        FileError(
            "22P04", "could not decompress \(shownName(file.path, for: "read")) at byte \(offset): \(problem.message)",
            hint: problem.hint, path: file.path)
    }
}

extension FileCompression {
    fileprivate func makeDecompression() -> (any Decompression)? {
        switch self {
        case .none: nil
        case .gzip: GzipDecompression()
        case .zstd: ZstdDecompression()
        }
    }
}
