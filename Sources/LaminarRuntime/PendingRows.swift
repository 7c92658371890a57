/// Rows that something becomes of when a time has passed, by time, equal times in order of arrival.
///
/// Rows that come in the order of their times lie in a queue, others in a heap beside it.
@usableFromInline struct PendingRows: ~Copyable {
    @usableFromInline struct Row: BitwiseCopyable {
        @usableFromInline var time: Int64
        @usableFromInline var arrival: Int64
        /// Of the key; −1: one that meets nothing; `gone`: the row has left.
        @usableFromInline var group: Int

        @inlinable init(time: Int64, arrival: Int64, group: Int) {
            self.time = time
            self.arrival = arrival
            self.group = group
        }

        @inlinable static func < (a: Row, b: Row) -> Bool { a.time < b.time || a.time == b.time && a.arrival < b.arrival }
    }

    @inlinable static var gone: Int { -2 }

    @usableFromInline var queue: UnsafeMutablePointer<Row>
    @usableFromInline var head = 0
    @usableFromInline var end = 0
    @usableFromInline var capacity = 64
    private var strays: UnsafeMutablePointer<Row>
    private var strayCount = 0
    private var strayCapacity = 16
    /// The least time; `Int64.max` where there is no row.
    @usableFromInline var firstTime = Int64.max

    @usableFromInline init() {
        queue = .allocate(capacity: capacity)
        strays = .allocate(capacity: strayCapacity)
    }

    deinit {
        queue.deallocate()
        strays.deallocate()
    }

    @usableFromInline var isEmpty: Bool { head == end && strayCount == 0 }

    @inlinable mutating func append(_ row: Row) {
        if head == end || queue[end &- 1] < row {
            if _slowPath(end == capacity) { makeRoom() }
            queue[end] = row
            end &+= 1
        } else {
            appendStray(row)
        }
        if row.time < firstTime { firstTime = row.time }
    }

    /// Takes the first row out; there must be one.
    @usableFromInline mutating func removeFirst() -> Row {
        let row: Row
        if strayCount > 0, head == end || strays[0] < queue[head] {
            row = removeFirstStray()
        } else {
            row = queue[head]
            head += 1
            if head == end { (head, end) = (0, 0) }
        }
        firstTime = .max
        if head < end { firstTime = queue[head].time }
        if strayCount > 0 { firstTime = min(firstTime, strays[0].time) }
        return row
    }

    /// Gives groups their new numbers.
    ///
    /// - Parameter numbers: of each group; `UInt32.max`: it has no rows, so that this one has gone.
    mutating func renumber(_ numbers: UnsafePointer<UInt32>) {
        func renumber(_ rows: UnsafeMutablePointer<Row>, _ range: Range<Int>) {
            for index in range where rows[index].group >= 0 {
                let number = numbers[rows[index].group]
                rows[index].group = number == .max ? Self.gone : Int(number)
            }
        }
        renumber(queue, head..<end)
        renumber(strays, 0..<strayCount)
    }

    @usableFromInline mutating func clear() {
        (head, end, strayCount, firstTime) = (0, 0, 0, .max)
    }

    @usableFromInline @inline(never) mutating func makeRoom() {
        let count = end - head
        if count <= capacity / 2 {
            queue.update(from: queue + head, count: count)
        } else {
            let larger = UnsafeMutablePointer<Row>.allocate(capacity: capacity * 2)
            larger.update(from: queue + head, count: count)
            queue.deallocate()
            queue = larger
            capacity *= 2
        }
        (head, end) = (0, count)
    }

    @usableFromInline @inline(never) mutating func appendStray(_ row: Row) {
        if strayCount == strayCapacity {
            let larger = UnsafeMutablePointer<Row>.allocate(capacity: strayCapacity * 2)
            larger.update(from: strays, count: strayCount)
            strays.deallocate()
            strays = larger
            strayCapacity *= 2
        }
        var child = strayCount
        strayCount += 1
        while child > 0, row < strays[(child - 1) / 2] {
            strays[child] = strays[(child - 1) / 2]
            child = (child - 1) / 2
        }
        strays[child] = row
    }

    private mutating func removeFirstStray() -> Row {
        let first = strays[0]
        strayCount -= 1
        let last = strays[strayCount]
        var parent = 0
        while 2 * parent + 1 < strayCount {
            var child = 2 * parent + 1
            if child + 1 < strayCount, strays[child + 1] < strays[child] { child += 1 }
            if !(strays[child] < last) { break }
            strays[parent] = strays[child]
            parent = child
        }
        strays[parent] = last
        return first
    }
}
