import Glibc

/// A child process that answers lines with lines; what it does wrong stays in it.
package final class WorkerProcess {
    package enum Reply: Equatable, Sendable {
        case line(String)
        /// The process is gone: how, and the end of what it wrote to its standard error.
        case ended(String)
        case timedOut
    }

    private let process: pid_t
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    private var pending: [UInt8] = []
    private var errorTail: [UInt8] = []
    private var hasEnded = false

    /// Starts `executable`; nil with `errno` set if that fails.
    package init?(executable: String, arguments: [String]) {
        var descriptors = [Int32](repeating: -1, count: 6)
        for pair in 0..<3 {
            let ok = descriptors.withUnsafeMutableBufferPointer { pipe($0.baseAddress! + pair * 2) == 0 }
            if !ok {
                let error = errno
                for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
                errno = error
                return nil
            }
        }
        // Or the next child would hold these pipes open, and their end would never be seen.
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, descriptors[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, descriptors[3], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, descriptors[5], STDERR_FILENO)
        var argv: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
        argv.append(nil)
        var child: pid_t = 0
        let failure = posix_spawn(&child, executable, &actions, nil, argv, environ)
        posix_spawn_file_actions_destroy(&actions)
        for argument in argv { free(argument) }
        close(descriptors[0])
        close(descriptors[3])
        close(descriptors[5])
        process = child
        input = descriptors[1]
        output = descriptors[2]
        errors = descriptors[4]
        if failure != 0 {
            hasEnded = true
            errno = failure
            return nil
        }
    }

    deinit {
        end()
        close(input)
        close(output)
        close(errors)
    }

    /// Sends one line; false if the process no longer reads.
    package func send(_ line: String) -> Bool {
        writeFully(Array(line.utf8) + [UInt8(ascii: "\n")], to: input)
    }

    /// Waits for the next line.
    package func reply(withinMilliseconds milliseconds: Int) -> Reply {
        let deadline = monotonicMilliseconds() + milliseconds
        while true {
            if let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<newline], as: UTF8.self)
                pending.removeFirst(newline + 1)
                return .line(line)
            }
            let left = deadline - monotonicMilliseconds()
            if left <= 0 {
                end()
                return .timedOut
            }
            var waits = [
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&waits, 2, Int32(clamping: left)) < 0, errno != EINTR { return ended() }
            if waits[1].revents != 0 { _ = read(errors, into: &errorTail) }
            if errorTail.count > 65536 { errorTail.removeFirst(errorTail.count - 32768) }
            if waits[0].revents != 0, !read(output, into: &pending) { return ended() }
        }
    }

    /// Kills the process and waits for its end.
    package func end() {
        if hasEnded { return }
        kill(process, SIGKILL)
        _ = status()
    }

    private func ended() -> Reply {
        while read(errors, into: &errorTail) {}
        let status = status()
        let how =
            status & 0x7f == 0
            ? "ended with exit code \(status >> 8 & 0xff)" : "was ended by signal \(status & 0x7f)"
        return .ended("\(how)\(Self.firstReason(in: String(decoding: errorTail, as: UTF8.self)))")
    }

    /// The line of a crash report that says why, if there is one.
    private static func firstReason(in report: String) -> String {
        let lines = report.split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.contains("rror:") }) ?? lines.last else { return "" }
        return ": \(line)"
    }

    private func status() -> Int32 {
        var status: Int32 = 0
        while !hasEnded, waitpid(process, &status, 0) < 0, errno == EINTR {}
        hasEnded = true
        return status
    }

    private func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0 { return errno == EINTR }
        bytes += chunk[..<count]
        return count > 0
    }
}

private func monotonicMilliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}

/// Writes all bytes; false with `errno` set if the descriptor takes no more.
package func writeFully(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
        var written = 0
        while written < buffer.count {
            let count = write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            written += count
        }
        return true
    }
}
