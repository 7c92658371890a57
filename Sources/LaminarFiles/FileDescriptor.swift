import Glibc

/// An open file, closed when it goes.
struct FileDescriptor: ~Copyable {
    private var raw: Int32
    let path: String
    private let isOwned: Bool

    /// Opens a file to read, or standard input for `-`.
    init(reading path: String) throws(FileError) {
        try self.init(path, O_RDONLY, 0)
    }

    /// Creates or empties a file to write, or takes standard output for `-`.
    init(writing path: String) throws(FileError) {
        try self.init(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    }

    private init(_ path: String, _ flags: Int32, _ mode: mode_t) throws(FileError) {
        if path == "-" {
            self.init(flags & O_WRONLY != 0 ? 1 : 0, path, isOwned: false)
            return
        }
        var descriptor: Int32
        repeat { descriptor = open(path, flags | O_CLOEXEC, mode) } while descriptor < 0 && errno == EINTR
        if descriptor < 0 {
            throw FileError(could: "open", path: path, code: errno)
        }
        self.init(descriptor, path, isOwned: true)
    }

    private init(_ raw: Int32, _ path: String, isOwned: Bool) {
        self.raw = raw
        self.path = path
        self.isOwned = isOwned
    }

    deinit {
        if isOwned && raw >= 0 { _ = Glibc.close(raw) }
    }

    /// Reads up to `memory.count` bytes; 0 at the end.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = Glibc.read(raw, memory.baseAddress, memory.count)
            if count >= 0 { return count }
            if errno != EINTR { throw FileError(could: "read", path: path, code: errno) }
        }
    }

    /// Writes all of `bytes`; `written` says how many were, also where it throws.
    func write(_ bytes: UnsafeRawBufferPointer, written: inout Int) throws(FileError) {
        while written < bytes.count {
            let count = Glibc.write(raw, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                var descriptor = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
                _ = poll(&descriptor, 1, -1)
            } else if errno != EINTR {
                throw FileError(could: "write", path: path, code: errno)
            }
        }
    }

    func seek(to offset: Int) throws(FileError) {
        if lseek(raw, off_t(offset), SEEK_SET) < 0 { throw FileError(could: "seek in", path: path, code: errno) }
    }

    /// Closes the file; some file systems tell only now that a write failed.
    mutating func close() throws(FileError) {
        guard isOwned && raw >= 0 else { return }
        let code = Glibc.close(raw)
        raw = -1
        if code != 0 && errno != EINTR { throw FileError(could: "close", path: path, code: errno) }
    }
}
