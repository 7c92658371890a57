/// When what was touched at some time is to be forgotten: in steps of a sixteenth of its time to live, so that what goes at
/// about one time goes together.
struct TimeToLive: Sendable {
    /// Microseconds.
    let length: Int64
    private let step: Int64

    init(_ length: Int64) {
        self.length = length
        step = max(length / 16, 1)
    }

    /// Between `length` and a sixteenth more after `time`.
    func end(of time: Int64) -> Int64 {
        let end = saturatingAdd(time, length)
        let rest = end % step
        return rest == 0 ? end : saturatingAdd(end, step &- rest)
    }
}
