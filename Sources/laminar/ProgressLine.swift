import Glibc
import LaminarTypes

/// The live line on a terminal: rows read, rows per second, watermark and lag, at most five times a second.
///
/// It is redrawn where the work passes anyway, so it needs no timer; a run that waits for input shows its last state.
struct ProgressLine {
    private let isShown: Bool
    private let started: UInt64
    private var lastDrawn: UInt64
    private var lastRows = 0
    private var isOnScreen = false

    init(isShown: Bool) {
        self.isShown = isShown
        started = monotonicNanoseconds()
        lastDrawn = started
    }

    /// Redraws the line if it is due.
    /// - Parameter watermark: the least over the sources, in microseconds since the epoch; nil before the first.
    mutating func update(rows: Int, watermark: Int64?) {
        guard isShown else { return }
        let now = monotonicNanoseconds()
        guard now - lastDrawn >= 200_000_000 else { return }
        let seconds = Double(now - lastDrawn) / 1e9
        var line = "\(Self.grouped(rows)) rows  \(Self.short(Double(rows - lastRows) / seconds)) rows/s"
        if let watermark {
            line += "  watermark \(text(of: .timestamp(watermark), type: .timestamp(6)))"
            line += "  lag \(Self.duration(Double(wallMicroseconds()) / 1e6 - Double(watermark) / 1e6))"
        }
        StandardError.write("\r\(line)\u{1b}[K")
        isOnScreen = true
        lastDrawn = now
        lastRows = rows
    }

    /// Takes the line off the screen, so that other text can stand there.
    mutating func clear() {
        if isOnScreen { StandardError.write("\r\u{1b}[K") }
        isOnScreen = false
    }

    /// 1234567 as `1,234,567`.
    static func grouped(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (number < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// Three or four digits and a unit: `950`, `12.3 k`, `4.56 M`.
    static func short(_ number: Double) -> String {
        switch number {
        case ..<1e3: "\(Int(number))"
        case ..<1e6: "\((number / 1e2).rounded() / 10) k"
        case ..<1e9: "\((number / 1e4).rounded() / 100) M"
        default: "\((number / 1e7).rounded() / 100) G"
        }
    }

    private static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<60: "\((seconds * 10).rounded() / 10) s"
        case ..<3600: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(min(seconds / 86_400, 1e9))) d"
        }
    }
}

/// Nanoseconds of a clock that never goes back.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Microseconds since 1970-01-01 00:00:00 UTC.
func wallMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
