/// Times in ascending order, each with the number of the key or row that it is about, by which equal times are ordered.
struct TimerHeap {
    struct Timer {
        var time: Int64
        var group: Int

        static func < (a: Timer, b: Timer) -> Bool { (a.time, a.group) < (b.time, b.group) }
    }

    private var timers: [Timer] = []

    var first: Timer? { timers.first }

    mutating func insert(_ time: Int64, _ group: Int) {
        timers.append(Timer(time: time, group: group))
        var child = timers.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !(timers[child] < timers[parent]) { break }
            timers.swapAt(parent, child)
            child = parent
        }
    }

    mutating func removeFirst() {
        guard let last = timers.popLast(), !timers.isEmpty else { return }
        timers[0] = last
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < timers.count, timers[left] < timers[least] { least = left }
            if left + 1 < timers.count, timers[left + 1] < timers[least] { least = left + 1 }
            if least == parent { return }
            timers.swapAt(parent, least)
            parent = least
        }
    }
}
