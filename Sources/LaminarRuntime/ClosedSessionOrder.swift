/// A session that has closed and waits to be given out.
struct ClosedSession: BitwiseCopyable {
    var last: Int64
    var start: Int64
    var arrival: Int64
    var number: UInt32

    /// By end, then start, then arrival.
    static func < (a: ClosedSession, b: ClosedSession) -> Bool {
        if a.last != b.last { return a.last < b.last }
        if a.start != b.start { return a.start < b.start }
        return a.arrival < b.arrival
    }
}

/// Puts sessions that have closed in the order in which they come out: a merge sort that keeps its memory, as the standard
/// library's does not.
struct ClosedSessionOrder: ~Copyable {
    private var scratch: UnsafeMutablePointer<ClosedSession>
    private var capacity = 64

    init() { scratch = .allocate(capacity: capacity) }

    deinit { scratch.deallocate() }

    /// Sessions that are sorted by insertion before they are merged.
    private static var run: Int { 12 }

    mutating func sort(_ sessions: inout [ClosedSession]) {
        let count = sessions.count
        if count > capacity {
            while capacity < count { capacity *= 2 }
            scratch.deallocate()
            scratch = .allocate(capacity: capacity)
        }
        let scratch = scratch
        sessions.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var from = 0
            while from < count {
                let to = min(from &+ Self.run, count)
                Self.insert(base, from, to)
                from = to
            }
            var source = base
            var target = scratch
            var width = Self.run
            while width < count {
                var from = 0
                while from < count {
                    Self.merge(source, target, from, min(from &+ width, count), min(from &+ 2 &* width, count))
                    from &+= 2 &* width
                }
                swap(&source, &target)
                width &*= 2
            }
            if source != base { base.update(from: source, count: count) }
        }
    }

    private static func insert(_ sessions: UnsafeMutablePointer<ClosedSession>, _ from: Int, _ to: Int) {
        var next = from &+ 1
        while next < to {
            let session = sessions[next]
            var place = next
            while place > from, session < sessions[place &- 1] {
                sessions[place] = sessions[place &- 1]
                place &-= 1
            }
            sessions[place] = session
            next &+= 1
        }
    }

    private static func merge(
        _ source: UnsafeMutablePointer<ClosedSession>, _ target: UnsafeMutablePointer<ClosedSession>, _ from: Int,
        _ middle: Int, _ end: Int
    ) {
        var left = from
        var right = middle
        var next = from
        while left < middle, right < end {
            if source[right] < source[left] {
                target[next] = source[right]
                right &+= 1
            } else {
                target[next] = source[left]
                left &+= 1
            }
            next &+= 1
        }
        if left < middle { (target + next).update(from: source + left, count: middle &- left) }
        if right < end { (target + next).update(from: source + right, count: end &- right) }
    }
}
