import Glibc

/// Why a file could not be read or written, in the system's words.
struct FileError: Error {
    let path: String
    let code: Int32

    var description: String { "\(path): \(String(cString: strerror(code)))" }
}

func readFile(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw FileError(path: path, code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count == 0 { return bytes }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(path: path, code: errno)
        }
        bytes += chunk[..<count]
    }
}

/// Writes a file whole: to a temporary one beside it, which then takes its place.
func writeFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    let temporary = path + ".tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw FileError(path: path, code: errno) }
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
        if count < 0 {
            if errno == EINTR { continue }
            let code = errno
            close(descriptor)
            unlink(temporary)
            throw FileError(path: path, code: code)
        }
        written += count
    }
    let closed = close(descriptor)
    if closed != 0 || rename(temporary, path) != 0 {
        let code = errno
        unlink(temporary)
        throw FileError(path: path, code: code)
    }
}

/// Writes generated code so that a build notices the change, however soon after the last one it comes.
///
/// The Swift driver compares modification times by whole seconds: two generations within one second would leave the
/// first one's object file in use for good. A new file is therefore dated at least a second after the one it replaces.
func writeGenerated(_ path: String, _ text: String) throws(FileError) {
    var old = stat()
    let existed = stat(path, &old) == 0
    try writeFile(path, Array(text.utf8))
    guard existed else { return }
    var new = stat()
    guard stat(path, &new) == 0, new.st_mtim.tv_sec <= old.st_mtim.tv_sec else { return }
    // The first is the access time, left as it is: UTIME_OMIT, a macro that is not imported.
    var times = [timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2), timespec(tv_sec: old.st_mtim.tv_sec + 1, tv_nsec: 0)]
    if utimensat(AT_FDCWD, path, &times, 0) != 0 { throw FileError(path: path, code: errno) }
}

func printError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = write(STDERR_FILENO, base, rest.count)
            if count < 0, errno != EINTR { return }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
        }
    }
}

func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The folder of a file, with a slash behind it; nothing for one of the current folder.
func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
}

/// A file's path from a folder that it lies in; its last component if it lies elsewhere.
func relativePath(of path: String, to folder: String) -> String {
    func whole(_ path: String) -> [Substring] {
        var parts: [Substring] = path.hasPrefix("/") ? [] : currentFolder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts
    }
    let currentFolder = getcwd(nil, 0).map { pointer in
        defer { free(pointer) }
        return String(cString: pointer)
    } ?? "/"
    let (file, base) = (whole(path), whole(folder))
    return (file.starts(with: base) ? file.dropFirst(base.count) : file.suffix(1)).joined(separator: "/")
}
