/// Timers that mostly go off later than they were set for, in amortised constant time: buckets of numbers in a ring, and a
/// heap for the times of the bucket that has been reached, and for those beyond the ring.
///
/// A timer that goes off is looked at by who set it and, if its time has moved on, set again: so what prolongs a session
/// costs nothing here. A bucket is a list of blocks of numbers, not of numbers, so that what they stand for can be read
/// ahead; blocks come from one piece of memory and are used again.
/// - SeeAlso: Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
struct TimerWheel: ~Copyable {
    private static var buckets: Int64 { 1024 }
    /// Words of a block: the block behind it plus one, how many numbers it has, the numbers.
    private static var blockWords: Int { 32 }
    private static var blockRoom: UInt32 { 30 }

    /// Microseconds of a bucket are 2 to the power of it.
    private let shift: Int64
    /// The first block of each bucket plus one, 0 where it is empty.
    private let ring: UnsafeMutablePointer<UInt32>
    private var blocks: UnsafeMutablePointer<UInt32>
    private var blockCapacity = 64
    private var blockCount = 0
    /// A block that is not used plus one, from which the others follow.
    private var freeBlock: UInt32 = 0
    private var inRing = 0
    /// All timers of earlier buckets have gone off, or are in the heap.
    private var position = Int64.min
    private var hasPosition = false
    private var heap = TimerHeap()
    /// What is left of the bucket that is being looked at, and which it is.
    private var expiring: UInt32 = 0
    private var expiringBucket: Int64 = 0

    /// - Parameter span: how far ahead timers are mostly set, in microseconds; greater than zero.
    init(span: Int64) {
        var shift: Int64 = 0
        while span >> shift > Self.buckets / 4 { shift += 1 }
        self.shift = shift
        ring = .allocate(capacity: Int(Self.buckets))
        ring.initialize(repeating: 0, count: Int(Self.buckets))
        blocks = .allocate(capacity: blockCapacity * Self.blockWords)
    }

    deinit {
        ring.deallocate()
        blocks.deallocate()
    }

    /// The bucket of a time.
    func bucket(_ time: Int64) -> Int64 { time >> shift }
    private func slot(_ bucket: Int64) -> Int { Int(truncatingIfNeeded: bucket & (Self.buckets - 1)) }

    mutating func set(_ time: Int64, _ number: UInt32) {
        let bucket = bucket(time)
        if !hasPosition {
            hasPosition = true
            position = max(bucket, .min + Self.buckets) - Self.buckets / 4
        }
        if bucket >= position, UInt64(bitPattern: bucket &- position) < UInt64(Self.buckets) {
            append(number, to: slot(bucket))
        } else {
            heap.insert(time, Int(number))
        }
    }

    private mutating func append(_ number: UInt32, to slot: Int) {
        inRing &+= 1
        let first = ring[slot]
        if first != 0 {
            let block = blocks + Int(first &- 1) &* Self.blockWords
            let count = block[1]
            if count < Self.blockRoom {
                block[2 &+ Int(count)] = number
                block[1] = count &+ 1
                return
            }
        }
        let made = takeBlock()
        let block = blocks + Int(made &- 1) &* Self.blockWords
        block[0] = first
        block[1] = 1
        block[2] = number
        ring[slot] = made
    }

    /// A block that is not used, plus one.
    private mutating func takeBlock() -> UInt32 {
        if freeBlock != 0 {
            let taken = freeBlock
            freeBlock = blocks[Int(taken &- 1) &* Self.blockWords]
            return taken
        }
        if blockCount == blockCapacity {
            let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: 2 * blockCapacity * Self.blockWords)
            larger.update(from: blocks, count: blockCount * Self.blockWords)
            blocks.deallocate()
            blocks = larger
            blockCapacity *= 2
        }
        blockCount += 1
        return UInt32(truncatingIfNeeded: blockCount)
    }

    /// What goes off.
    enum Expired {
        /// A number of a bucket.
        case inBucket(UInt32, Int64)
        /// A number whose time has come.
        case atTime(UInt32, Int64)
    }

    /// The numbers that go off next, as far as they are known together; to read ahead what they stand for.
    var upcoming: UnsafeBufferPointer<UInt32> {
        if expiring == 0 { return UnsafeBufferPointer(start: nil, count: 0) }
        let block = blocks + Int(expiring &- 1) &* Self.blockWords
        return UnsafeBufferPointer(start: block + 2, count: Int(block[1]))
    }

    /// The next timer set for a time at or before `due`, or in its bucket, where that has passed; nil: there is none.
    ///
    /// - Parameter beginsBlock: whether more numbers are in `upcoming` that have not been there before.
    mutating func next(through due: Int64, beginsBlock: inout Bool) -> Expired? {
        beginsBlock = false
        while true {
            if expiring != 0 {
                let block = blocks + Int(expiring &- 1) &* Self.blockWords
                let count = block[1]
                if count > 0 {
                    block[1] = count &- 1
                    return .inBucket(block[1 &+ Int(count)], expiringBucket)
                }
                let next = block[0]
                block[0] = freeBlock
                freeBlock = expiring
                expiring = next
                beginsBlock = next != 0
                continue
            }
            // Whole buckets first; the one that `due` lies in is looked at once, and what is left of it goes by exact time.
            if hasPosition, inRing > 0, position <= bucket(due) {
                expiringBucket = position
                let slot = slot(position)
                position += 1
                if ring[slot] != 0 {
                    expiring = ring[slot]
                    ring[slot] = 0
                    var block = expiring
                    while block != 0 {
                        let words = blocks + Int(block &- 1) &* Self.blockWords
                        inRing &-= Int(words[1])
                        block = words[0]
                    }
                    beginsBlock = true
                }
                continue
            }
            if hasPosition, position <= bucket(due) { position = min(bucket(due), .max - Self.buckets) + 1 }
            guard let first = heap.first, first.time <= due else { return nil }
            heap.removeFirst()
            return .atTime(UInt32(truncatingIfNeeded: first.group), first.time)
        }
    }
}
