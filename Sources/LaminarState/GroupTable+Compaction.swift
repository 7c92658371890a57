public import LaminarKernels

extension GroupTable {
    /// Copies the strings that are still in use into a new arena if the old one has doubled since the last time.
    ///
    /// Keys are written once, but MIN and MAX over strings leave each string that they replace behind,
    /// and an ordered bag the nodes that it had to copy. Called between
    /// batches; the cost is spread over the replacements that made it necessary. Moves strings, so views into the table
    /// are void afterwards.
    @inlinable public mutating func compactStringsIfNeeded() {
        if _slowPath(
            !(layout.accumulatorStrings.isEmpty && layout.accumulatorBags.isEmpty)
                && arena.reservedBytes > compactionLimit)
        {
            compactStrings()
        }
    }

    /// Forgets groups; the others keep their order and are numbered anew. Moves everything, so views into the table are void
    /// afterwards. Linear in the number of groups.
    public mutating func remove(_ isRemoved: (Int) -> Bool) {
        let kept = GroupTable.make(layout)
        defer { GroupTable.destroy(kept) }
        kept.pointee.arena.generation = arena.generation
        kept.pointee.arena.collection = arena.collection
        var numbers = [Int](repeating: -1, count: count)
        for group in 0..<count where !isRemoved(group) {
            let words = key(group)
            let number = kept.pointee.findOrInsert(words, hash: hash(words))
            numbers[group] = number
            let record = kept.pointee.accumulator(number)
            record.copyMemory(from: accumulator(group), byteCount: accumulatorBytes)
            for offset in layout.accumulatorStrings {
                let field = (record + offset).assumingMemoryBound(to: StringView.self)
                field.pointee = kept.pointee.arena.copy(field.pointee)
            }
            for bag in layout.accumulatorBags {
                let root = (record + bag.offset).assumingMemoryBound(to: UInt64.self)
                root.pointee = BagNode.copy(
                    root.pointee, valueWords: bag.valueWords, isString: bag.isString, into: &kept.pointee.arena)
            }
        }
        let (distinct, copies, known) = (distinct, kept.pointee.distinct, numbers)
        for index in layout.distinctValues.indices {
            // The first word of a value's key is its group's number.
            let width = distinct[index].keyWords
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: width) { buffer in
                guard let words = buffer.baseAddress else { return }
                for entry in 0..<distinct[index].count {
                    words.update(from: distinct[index].key(entry), count: width)
                    let number = known[Int(words[0])]
                    if number < 0 { continue }
                    words[0] = UInt64(number)
                    let copy = copies[index].findOrInsert(words, hash: distinct[index].hash(words))
                    copies[index].accumulator(copy).copyMemory(
                        from: distinct[index].accumulator(entry), byteCount: distinct[index].accumulatorBytes)
                }
            }
        }
        swap(&self, &kept.pointee)
    }

    @usableFromInline @inline(never) mutating func compactStrings() {
        var compacted = Arena()
        compacted.generation = arena.generation
        compacted.collection = arena.collection
        for group in 0..<count {
            if dictionary == nil {
                let words = key(group)
                var at = 0
                for element in layout.key {
                    if element == .string { compacted.copy(StringView(words: words + at)).store(words + at) }
                    at += element.wordCount
                }
            }
            for offset in layout.accumulatorStrings {
                let field = (accumulator(group) + offset).assumingMemoryBound(to: StringView.self)
                field.pointee = compacted.copy(field.pointee)
            }
            for bag in layout.accumulatorBags {
                let root = (accumulator(group) + bag.offset).assumingMemoryBound(to: UInt64.self)
                root.pointee = BagNode.copy(
                    root.pointee, valueWords: bag.valueWords, isString: bag.isString, into: &compacted)
            }
        }
        arena = compacted
        compactionLimit = max(compactionLimit, arena.reservedBytes * 2)
    }
}
