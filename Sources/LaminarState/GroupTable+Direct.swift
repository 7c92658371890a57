import LaminarKernels

/// Keys of one word that lie close together, as numbers given out one after the other do, are found by their distance from
/// a base: no hash, no comparison of keys, four bytes a key instead of eight to sixteen.
///
/// A table begins with slots. When it grows, and when it is emptied, it looks how far its keys lie apart, and goes over to
/// the direct index where that takes little more memory than slots. A key that lies outside moves or widens the index, or, if
/// that would make it much larger than slots, brings the slots back. Nothing of it is part of the state.
extension GroupTable {
    /// How many keys the direct index may span for each group that there is room for.
    private static var spanOfGroup: UInt64 { 3 }

    mutating func noteKey(_ word: UInt64) {
        let key = Int64(bitPattern: word)
        leastKey = min(leastKey, key)
        greatestKey = max(greatestKey, key)
    }

    /// The keys from the least to the greatest, less one, where a direct index may have them; nil: they lie too far apart.
    private var narrowRange: UInt64? {
        guard keyWords == 1, layout.key == [.word], leastKey <= greatestKey else { return nil }
        let range = UInt64(bitPattern: greatestKey &- leastKey)
        return range < Self.spanOfGroup * UInt64(limit) ? range : nil
    }

    /// Goes over to a direct index, or to a larger one; false: keys lie too far apart.
    mutating func indexDirectly() -> Bool {
        guard let range = narrowRange else { return false }
        if directSpan == 0 {
            // Two empty slots, which every hash leads to.
            slots.deallocate()
            slots = zeroedLargeMemory(2 * slotBytes)
            mask = 1
            shift = 63
        }
        directSpan = range + range / 2 + 64
        direct.deallocate()
        direct = zeroedLargeMemory(Int(directSpan) * 4).assumingMemoryBound(to: UInt32.self)
        moveBase(range)
        for group in 0..<count { direct[distance(of: group)] = UInt32(truncatingIfNeeded: group + 1) }
        return true
    }

    /// Puts the keys into the middle of the index.
    private mutating func moveBase(_ range: UInt64) {
        directBase = UInt64(bitPattern: leastKey) &- (directSpan &- range) / 2
    }

    private func distance(of group: Int) -> Int { Int(truncatingIfNeeded: keys[group] &- directBase) }

    /// Puts the last group into the direct index, which is moved or made anew where its key lies outside.
    mutating func placeDirectly(_ group: Int) {
        let distance = keys[group] &- directBase
        if _fastPath(distance < directSpan) {
            direct[Int(truncatingIfNeeded: distance)] = UInt32(truncatingIfNeeded: group + 1)
            return
        }
        // Room for an eighth more on both sides together, so that the next key that lies outside is far away.
        guard let range = narrowRange, range + range / 8 < directSpan else {
            if !indexDirectly() {
                dropDirectIndex()
                indexKeys()
            }
            return
        }
        for other in 0..<group { direct[self.distance(of: other)] = 0 }
        moveBase(range)
        for other in 0...group { direct[self.distance(of: other)] = UInt32(truncatingIfNeeded: other + 1) }
    }

    private mutating func dropDirectIndex() {
        direct.deallocate()
        direct = .allocate(capacity: 1)
        directSpan = 0
    }

    /// Forgets all keys, before they are overwritten.
    mutating func clearIndex() {
        defer {
            leastKey = .max
            greatestKey = .min
        }
        if directSpan != 0 {
            if UInt64(count) > directSpan / 8 {
                direct.update(repeating: 0, count: Int(directSpan))
            } else {
                for group in 0..<count { direct[distance(of: group)] = 0 }
            }
            return
        }
        if count > 0, narrowRange != nil {
            // The next keys will lie as close.
            let groups = count
            count = 0
            _ = indexDirectly()
            count = groups
            return
        }
        slots.initializeMemory(as: UInt8.self, repeating: 0, count: (Int(mask) + 1) * slotBytes)
    }

    /// Fills the index, which is empty, with the keys that there are now.
    mutating func fillIndex() {
        if keyWords == 1, layout.key == [.word] { for group in 0..<count { noteKey(keys[group]) } }
        if directSpan == 0 {
            for group in 0..<count { place(group, hash(key(group))) }
        } else if count > 0 {
            if let range = narrowRange, range < directSpan {
                moveBase(range)
                for group in 0..<count { direct[distance(of: group)] = UInt32(truncatingIfNeeded: group + 1) }
            } else {
                dropDirectIndex()
                indexKeys()
            }
        }
    }
}
