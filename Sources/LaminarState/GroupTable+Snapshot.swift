import LaminarKernels
import LaminarTypes

extension GroupTable {
    /// Writes the groups in their order: keys element by element, accumulator records, strings by content, and the side
    /// tables. Hashes, slots and addresses are not part of it.
    public func encode(to writer: inout StateWriter) {
        writer.write(UInt32(keyWords))
        writer.write(UInt32(accumulatorBytes))
        writer.write(UInt64(count))
        for group in 0..<count {
            encodeKey(of: group, to: &writer)
            encodeRecord(of: group, to: &writer)
        }
        for index in layout.distinctValues.indices { distinct[index].encode(to: &writer) }
    }

    /// Replaces all groups by what `encode` wrote for a table of the same layout, or of one that can be read as it. After
    /// an error the table is empty.
    public mutating func decode(from reader: inout StateReader) throws(StateError) {
        let migration = Self.migration(reader)
        clear()
        do {
            try decodeGroups(from: &reader, migration)
            for index in migration?.writtenDistinct ?? Array(layout.distinctValues.indices) {
                try distinct[index].decodeWhole(from: &reader)
            }
        } catch {
            clear()
            throw error
        }
    }

    /// A table of values that were seen, which is the same in every layout.
    private mutating func decodeWhole(from reader: inout StateReader) throws(StateError) {
        clear()
        try decodeGroups(from: &reader, nil)
    }

    /// How the groups of the current operator were written; nil: as they are now.
    private static func migration(_ reader: borrowing StateReader) -> StateMigration.Groups? {
        reader.tables?.groups.flatMap { $0.isIdentity ? nil : $0 }
    }

    private mutating func decodeGroups(
        from reader: inout StateReader, _ migration: StateMigration.Groups?
    ) throws(StateError) {
        let groups = try groupCount(
            from: &reader, migration.map { Self.words(of: $0) } ?? keyWords, migration?.recordBytes ?? accumulatorBytes)
        for group in 0..<groups {
            guard try decodeKey(from: &reader, migration) == group else { throw .corrupt("a key appears twice") }
            try decodeRecord(of: group, behind: 0, from: &reader, migration)
        }
    }

    private func groupCount(
        from reader: inout StateReader, _ keyWords: Int, _ recordBytes: Int
    ) throws(StateError) -> Int {
        guard try reader.readInteger(UInt32.self) == UInt32(keyWords),
            try reader.readInteger(UInt32.self) == UInt32(recordBytes)
        else { throw .corrupt("a state table has another layout") }
        // A string takes as little as its length of 8 bytes, no less than half of its words.
        let groups = try reader.readCount(bytesEach: max(keyWords * 4 + recordBytes, 1))
        guard groups < 1 << 31 else { throw .corrupt("a state table has too many groups") }
        if keyWords == 0, groups > 1 { throw .corrupt("a table without a key has several groups") }
        return groups
    }

    // MARK: Keys

    /// Writes the key of a group, element by element.
    public func encodeKey(of group: Int, to writer: inout StateWriter) {
        let words = key(group)
        var at = 0
        for element in layout.key {
            switch element {
            case .word: writer.write(words[at])
            case .string: writer.write(StringView(words: words + at))
            case .interval:
                writer.write(words[at])
                writer.write(words[at + 1])
            }
            at += element.wordCount
        }
    }

    /// Reads a key, also one of another layout, and returns its group, which is made if it is new.
    public mutating func decodeKey(from reader: inout StateReader) throws(StateError) -> Int {
        try decodeKey(from: &reader, Self.migration(reader))
    }

    private mutating func decodeKey(
        from reader: inout StateReader, _ migration: StateMigration.Groups?
    ) throws(StateError) -> Int {
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: max(keyWords, 1))
        defer { words.deallocate() }
        var scratch = Arena()
        if let migration {
            try Self.readKey(migration, from: &reader, into: words, count: keyWords, &scratch)
        } else {
            try Self.readKey(layout.key, from: &reader, into: words, &scratch)
        }
        return findOrInsert(words, hash: hash(words))
    }

    private static func readKey(
        _ key: [GroupTableLayout.KeyElement], from reader: inout StateReader, into words: UnsafeMutablePointer<UInt64>,
        _ scratch: inout Arena
    ) throws(StateError) {
        var at = 0
        for element in key {
            switch element {
            case .word: words[at] = try reader.readInteger(UInt64.self)
            case .string: try reader.readString(into: &scratch).store(words + at)
            case .interval:
                words[at] = try reader.readInteger(UInt64.self)
                words[at + 1] = try reader.readInteger(UInt64.self)
            }
            at += element.wordCount
        }
    }

    private static func elements(of migration: StateMigration.Groups) -> [[GroupTableLayout.KeyElement]] {
        migration.keys.map { key in (key.isNullable ? [.word] : []) + Self.elements(of: key.type) }
    }

    private static func words(of migration: StateMigration.Groups) -> Int {
        elements(of: migration).reduce(0) { $0 + $1.reduce(0) { $0 + $1.wordCount } }
    }

    /// A key of another layout, its columns put where they are now.
    private static func readKey(
        _ migration: StateMigration.Groups, from reader: inout StateReader, into words: UnsafeMutablePointer<UInt64>,
        count keyWords: Int, _ scratch: inout Arena
    ) throws(StateError) {
        let elements = elements(of: migration)
        let widths = elements.map { $0.reduce(0) { $0 + $1.wordCount } }
        let old = UnsafeMutablePointer<UInt64>.allocate(capacity: max(widths.reduce(0, +), 1))
        defer { old.deallocate() }
        try readKey(elements.flatMap { $0 }, from: &reader, into: old, &scratch)
        var at = 0
        for (source, hasFlag) in zip(migration.keySources, migration.keyFlags) {
            var from = widths[..<source].reduce(0, +)
            let hadFlag = migration.keys[source].isNullable
            if hasFlag {
                words[at] = hadFlag ? old[from] : 0
                at += 1
            }
            if hadFlag { from += 1 }
            let count = widths[source] - (hadFlag ? 1 : 0)
            guard at + count <= keyWords else { throw .corrupt("a state table has another layout") }
            (words + at).update(from: old + from, count: count)
            at += count
        }
        guard at == keyWords else { throw .corrupt("a state table has another layout") }
    }

    // MARK: Records

    /// Writes the accumulator record of a group, strings by content.
    ///
    /// - Parameter header: bytes in front of the accumulators, which are not written.
    public func encodeRecord(of group: Int, behind header: Int = 0, to writer: inout StateWriter) {
        let bytes = accumulatorBytes - header
        withUnsafeTemporaryAllocation(byteCount: max(bytes, 8), alignment: 16) { record in
            record.copyMemory(from: UnsafeRawBufferPointer(start: accumulator(group) + header, count: bytes))
            for offset in layout.accumulatorStrings {
                record.storeBytes(of: StringView(), toByteOffset: offset - header, as: StringView.self)
            }
            for bag in layout.accumulatorBags {
                record.storeBytes(of: 0, toByteOffset: bag.offset - header, as: UInt64.self)
            }
            writer.writeRaw(UnsafeRawBufferPointer(rebasing: record[..<bytes]))
        }
        for offset in layout.accumulatorStrings {
            writer.write(accumulator(group).load(fromByteOffset: offset, as: StringView.self))
        }
        for bag in layout.accumulatorBags { encode(bag, of: group, to: &writer) }
    }

    /// Reads the accumulator record of a group, also one of another layout.
    public mutating func decodeRecord(
        of group: Int, behind header: Int = 0, from reader: inout StateReader
    ) throws(StateError) {
        try decodeRecord(of: group, behind: header, from: &reader, Self.migration(reader))
    }

    private mutating func decodeRecord(
        of group: Int, behind header: Int, from reader: inout StateReader, _ migration: StateMigration.Groups?
    ) throws(StateError) {
        let record = accumulator(group)
        guard let migration else {
            try reader.readRaw(
                into: UnsafeMutableRawBufferPointer(start: record + header, count: accumulatorBytes - header))
            for offset in layout.accumulatorStrings { try readString(offset, record, from: &reader) }
            for bag in layout.accumulatorBags { try decode(bag, of: group, from: &reader) }
            return
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(migration.recordBytes, 8), alignment: 16)
        defer { bytes.deallocate() }
        try reader.readRaw(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<migration.recordBytes]))
        for value in migration.values {
            guard value.from + value.size <= migration.recordBytes,
                header + value.to + value.size <= accumulatorBytes
            else { throw .corrupt("a state table has another layout") }
            (record + header + value.to).copyMemory(
                from: UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped) + value.from, byteCount: value.size)
        }
        let places = migration.writtenOrder.map { index in
            header + migration.values[index].to..<header + migration.values[index].to + migration.values[index].size
        }
        for place in places {
            for offset in layout.accumulatorStrings where place.contains(offset) {
                try readString(offset, record, from: &reader)
            }
        }
        for place in places {
            for bag in layout.accumulatorBags where place.contains(bag.offset) {
                try decode(bag, of: group, from: &reader)
            }
        }
    }

    private mutating func readString(
        _ offset: Int, _ record: UnsafeMutableRawPointer, from reader: inout StateReader
    ) throws(StateError) {
        let string = try reader.readString(into: &arena)
        record.storeBytes(of: string, toByteOffset: offset, as: StringView.self)
    }

    private static func elements(of type: PhysicalType) -> [GroupTableLayout.KeyElement] {
        switch type {
        case .bool, .int16, .int32, .int64, .uint64, .float, .double: [.word]
        case .string: [.string]
        case .interval: [.interval]
        case .uuid: [.word, .word]
        case .decimal: [.word, .word, .word]
        }
    }

    /// The entries in order: weight, sequence number, value.
    private func encode(_ bag: GroupTableLayout.Bag, of group: Int, to writer: inout StateWriter) {
        let root = accumulator(group).load(fromByteOffset: bag.offset, as: UInt64.self)
        var nodes: [BagNode] = []
        BagNode.visit(root) { nodes.append($0) }
        writer.write(UInt64(nodes.count))
        for node in nodes {
            writer.write(node.weight)
            writer.write(node.sequence)
            if bag.isString {
                writer.write(StringView(head: node.value[0], tail: node.value[1]))
            } else {
                for word in 0..<bag.words { writer.write(node.value[word]) }
            }
        }
    }

    private mutating func decode(
        _ bag: GroupTableLayout.Bag, of group: Int, from reader: inout StateReader
    ) throws(StateError) {
        var root: UInt64 = 0
        let entries = try reader.readCount(bytesEach: 24)
        for _ in 0..<entries {
            let weight = try reader.readInteger(Int64.self)
            let sequence = try reader.readInteger(Int64.self)
            var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
            if bag.isString {
                let string = try reader.readString(into: &arena)
                (words.0, words.1) = (string.head, string.tail)
            } else {
                words.0 = try reader.readInteger(UInt64.self)
                if bag.words > 1 { words.1 = try reader.readInteger(UInt64.self) }
                if bag.words > 2 { words.2 = try reader.readInteger(UInt64.self) }
            }
            let values = words
            root = BagNode.append(
                to: root, weight: weight, sequence: sequence, valueWords: bag.valueWords, &arena
            ) { target, _ in
                target[0] = values.0
                if bag.valueWords > 1 { target[1] = values.1 }
                if bag.valueWords > 2 { target[2] = values.2 }
            }
        }
        // What comes next may be compared with what has just been read.
        arena.generation &+= 1
        accumulator(group).storeBytes(of: root, toByteOffset: bag.offset, as: UInt64.self)
    }
}
