/// How many cases came out how.
package struct CaseTally: Sendable, Equatable {
    package private(set) var passed = 0
    package private(set) var failed = 0
    package private(set) var unsupported = 0
    package private(set) var skipped = 0
    package private(set) var crashed = 0
    package private(set) var timedOut = 0
    package private(set) var notBuilt = 0

    package init() {}

    package mutating func count(_ verdict: CaseVerdict) {
        switch verdict {
        case .passed: passed += 1
        case .failed: failed += 1
        case .unsupported: unsupported += 1
        case .skipped: skipped += 1
        case .crashed: crashed += 1
        case .timedOut: timedOut += 1
        case .notBuilt: notBuilt += 1
        }
    }

    package mutating func add(_ other: CaseTally) {
        passed += other.passed
        failed += other.failed
        unsupported += other.unsupported
        skipped += other.skipped
        crashed += other.crashed
        timedOut += other.timedOut
        notBuilt += other.notBuilt
    }

    /// Everything that ran and did not pass.
    package var allFailed: Int { failed + unsupported + crashed + timedOut + notBuilt }
}

extension CaseTally: CustomStringConvertible {
    package var description: String {
        var parts = ["\(passed) passed", "\(failed) failed", "\(unsupported) unsupported", "\(skipped) skipped"]
        if crashed > 0 { parts.append("\(crashed) crashed") }
        if timedOut > 0 { parts.append("\(timedOut) timed out") }
        if notBuilt > 0 { parts.append("\(notBuilt) not built") }
        return parts.joined(separator: ", ")
    }
}
