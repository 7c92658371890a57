import Glibc

/// Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the process at once.
///
/// The handler sets a flag, writes to a pipe so that a wait in `poll` wakes up, and gives both signals their default
/// action back. Blocking calls see EINTR, since the handlers are installed without SA_RESTART.
enum StopSignal {
    // Sound: written once, before the handlers are installed; afterwards the handler only stores a word to it, and
    // everything else only reads that word.
    nonisolated(unsafe) private static let isRequestedFlag: UnsafeMutablePointer<sig_atomic_t> = {
        let flag = UnsafeMutablePointer<sig_atomic_t>.allocate(capacity: 1)
        flag.initialize(to: 0)
        return flag
    }()
    nonisolated(unsafe) private static var pipeEnds: (read: Int32, write: Int32) = (-1, -1)

    static var isRequested: Bool { isRequestedFlag.pointee != 0 }

    /// Becomes readable when a stop is requested.
    static var descriptor: Int32 { pipeEnds.read }

    /// Also ignores SIGPIPE, so that a closed pipe is an error of `write` and not the end of the process.
    static func install() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 { pipeEnds = (ends[0], ends[1]) }
        isRequestedFlag.pointee = 0
        signal(SIGPIPE, SIG_IGN)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in StopSignal.request() }
        sigemptyset(&action.sa_mask)
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
    }

    /// Only what is safe in a signal handler: a store, `write` and `signal`.
    private static func request() {
        isRequestedFlag.pointee = 1
        var byte: UInt8 = 0
        let error = errno
        _ = Glibc.write(pipeEnds.write, &byte, 1)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        errno = error
    }
}
