/// Timers that mostly go off later than they were set for, in amortised constant time: buckets of numbers in a ring, and a
/// heap for the times of the bucket that has been reached, and for those beyond the ring.
///
/// A timer that goes off is looked at by who set it and, if its time has moved on, set again: so what prolongs a session
/// costs nothing here.
/// - SeeAlso: Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
struct TimerWheel {
    private static var buckets: Int64 { 1024 }

    /// Microseconds of a bucket are 2 to the power of it.
    private let shift: Int64
    private var ring: [[UInt32]]
    private var inRing = 0
    /// All timers of earlier buckets have gone off, or are in the heap.
    private var position = Int64.min
    private var hasPosition = false
    private var heap = TimerHeap()
    /// What is left of the bucket that is being looked at, and which it is.
    private var expiring: [UInt32] = []
    private var expiringBucket: Int64 = 0

    /// - Parameter span: how far ahead timers are mostly set, in microseconds; greater than zero.
    init(span: Int64) {
        var shift: Int64 = 0
        while span >> shift > Self.buckets / 4 { shift += 1 }
        self.shift = shift
        ring = Array(repeating: [], count: Int(Self.buckets))
    }

    private func bucket(_ time: Int64) -> Int64 { time >> shift }
    private func slot(_ bucket: Int64) -> Int { Int(truncatingIfNeeded: bucket & (Self.buckets - 1)) }

    mutating func set(_ time: Int64, _ number: UInt32) {
        let bucket = bucket(time)
        if !hasPosition {
            hasPosition = true
            position = max(bucket, .min + Self.buckets) - Self.buckets / 4
        }
        if bucket >= position, UInt64(bitPattern: bucket &- position) < UInt64(Self.buckets) {
            ring[slot(bucket)].append(number)
            inRing += 1
        } else {
            heap.insert(time, Int(number))
        }
    }

    /// Whether a timer that `next` returned may be the one that was last set for `time`.
    func isSame(_ time: Int64, _ expired: Expired) -> Bool {
        switch expired {
        case .bucket(let bucket): self.bucket(time) == bucket
        case .time(let exact): time == exact
        }
    }

    enum Expired {
        case bucket(Int64)
        case time(Int64)
    }

    /// The next timer set for a time at or before `due`, or in its bucket, where that has passed; nil: there is none.
    mutating func next(through due: Int64) -> (UInt32, Expired)? {
        while true {
            if let number = expiring.popLast() { return (number, .bucket(expiringBucket)) }
            // Whole buckets first; the one that `due` lies in is looked at once, and what is left of it goes by exact time.
            if hasPosition, inRing > 0, position <= bucket(due) {
                expiringBucket = position
                let slot = slot(position)
                position += 1
                if !ring[slot].isEmpty {
                    swap(&expiring, &ring[slot])
                    inRing -= expiring.count
                }
                continue
            }
            if hasPosition, position <= bucket(due) { position = min(bucket(due), .max - Self.buckets) + 1 }
            guard let first = heap.first, first.time <= due else { return nil }
            heap.removeFirst()
            return (UInt32(truncatingIfNeeded: first.group), .time(first.time))
        }
    }
}
