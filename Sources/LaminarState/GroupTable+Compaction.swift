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

    @usableFromInline @inline(never) mutating func compactStrings() {
        var compacted = Arena()
        compacted.generation = arena.generation
        for group in 0..<count {
            let words = key(group)
            var at = 0
            for element in layout.key {
                if element == .string { compacted.copy(StringView(words: words + at)).store(words + at) }
                at += element.wordCount
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
