import LaminarKernels
import LaminarState
import LaminarTypes
import Testing

/// Finds or makes the group of a key as the hot loop does it.
private func group<Key: GroupKey>(_ key: Key, in table: UnsafeMutablePointer<GroupTable>) -> Int {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(Key.wordCount, 1)) { words in
        guard let words = words.baseAddress else { return -1 }
        key.store(words)
        return table.pointee.findOrInsert(words, hash: key.hash64)
    }
}

private func withTable<R>(_ layout: GroupTableLayout, _ body: (UnsafeMutablePointer<GroupTable>) throws -> R) rethrows
    -> R
{
    let table = GroupTable.make(layout)
    defer { GroupTable.destroy(table) }
    return try body(table)
}

/// Whether stored words give the key back, equal it and hash as it does.
private func expectConsistent<Key: GroupKey>(_ key: Key, _ sourceLocation: SourceLocation = #_sourceLocation) {
    withTable(GroupTableLayout(key: Key.elements, accumulatorBytes: 8)) { table in
        #expect(table.pointee.keyWords == Key.wordCount, sourceLocation: sourceLocation)
        let index = group(key, in: table)
        let words = UnsafePointer(table.pointee.key(index))
        #expect(key.equals(words), sourceLocation: sourceLocation)
        #expect(Key(words: words).equals(words), sourceLocation: sourceLocation)
        let hash = table.pointee.hash(words)
        #expect(hash == key.hash64, sourceLocation: sourceLocation)
        #expect(group(Key(words: words), in: table) == index, sourceLocation: sourceLocation)
    }
}

private func view(_ text: String, _ arena: inout Arena) -> StringView { arena.copy(text) }

@Suite struct GroupTableTests {
    @Test func `the hash of a key is a function of its words`() {
        var arena = Arena()
        for value in [Int64.min, -1, 0, 1, .max] {
            expectConsistent(value)
            expectConsistent(Int32(truncatingIfNeeded: value))
            expectConsistent(Int16(truncatingIfNeeded: value))
            expectConsistent(UInt64(truncatingIfNeeded: value))
            expectConsistent(Optional(value))
            expectConsistent(Interval(months: Int32(truncatingIfNeeded: value), days: 3, microseconds: value))
            expectConsistent(Decimal(unscaled: Int128(value) * 1_000, scale: 2))
        }
        for value in [0.0, -0.0, 1.5, -.infinity, .nan] {
            expectConsistent(value)
            expectConsistent(Float(value))
        }
        for text in ["", "a", "exactly 12 by", "a string that is longer than sixteen bytes"] {
            expectConsistent(view(text, &arena))
            expectConsistent(Optional(view(text, &arena)))
        }
        expectConsistent(true)
        expectConsistent(NoKey())
        expectConsistent(Optional<Int64>.none)
        expectConsistent(Optional<StringView>.none)
        expectConsistent(Optional<Decimal>.none)
        expectConsistent(Optional<Interval>.none)
        expectConsistent(Decimal(kind: .notANumber))
    }

    @Test func `values that sql calls equal are one group`() {
        func groups<Key: GroupKey>(_ keys: [Key]) -> [Int] {
            withTable(GroupTableLayout(key: Key.elements, accumulatorBytes: 0)) { table in
                keys.map { group($0, in: table) }
            }
        }
        #expect(groups([0.0, -0.0, .nan, -.nan, 1]) == [0, 0, 1, 1, 2])
        #expect(
            groups([
                Decimal(unscaled: 10, scale: 1), Decimal(unscaled: 100, scale: 2), Decimal(unscaled: 1, scale: 0),
                Decimal(unscaled: 0, scale: 5), Decimal(unscaled: 0, scale: 0),
            ]) == [0, 0, 0, 1, 1])
        #expect(
            groups([Interval(days: 1), Interval(microseconds: 86_400_000_000), Interval(months: 1), Interval(days: 30)])
                == [0, 0, 1, 1])
        #expect(groups([nil, 0, nil, 0] as [Int64?]) == [0, 1, 0, 1])
        #expect(groups([nil, StringView(), nil, StringView()]) == [0, 1, 0, 1])
    }

    @Test func `groups keep the order of their arrival while the table grows`() {
        withTable(GroupTableLayout(key: Int64.elements, accumulatorBytes: 16)) { table in
            for round in 0..<2 {
                for key in 0..<20_000 as Range<Int64> {
                    let index = group(key &* 0x1_0000_0001 &+ key << 40, in: table)
                    #expect(index == Int(key))
                    let record = table.pointee.accumulator(index).assumingMemoryBound(to: Int64.self)
                    if round == 0 { #expect(record[0] == 0 && record[1] == 0) } else { #expect(record[0] == key) }
                    record[0] = key
                }
            }
            #expect(table.pointee.count == 20_000)
            table.pointee.clear()
            #expect(table.pointee.count == 0)
            #expect(group(7 as Int64, in: table) == 0)
            #expect(table.pointee.accumulator(0).load(as: Int64.self) == 0, "a table that is used again starts at zero")
        }
    }

    @Test func `a long string key outlives the bytes it was found by`() {
        withTable(GroupTableLayout(key: StringView.elements, accumulatorBytes: 8)) { table in
            for round in 0..<2 {
                for number in 0..<500 {
                    var arena = Arena()
                    #expect(group(view("a rather long key number \(number)", &arena), in: table) == number, "\(round)")
                }
            }
            #expect(StringView(words: table.pointee.key(123)).string == "a rather long key number 123")
        }
    }

    @Test func `replaced strings do not pile up`() {
        let layout = GroupTableLayout(key: StringView.elements, accumulatorBytes: 24, accumulatorStrings: [0])
        withTable(layout) { table in
            for number in 0..<60_000 {
                var arena = Arena()
                let index = group(view("one of four rather long keys \(number % 4)", &arena), in: table)
                let record = table.pointee.accumulator(index).assumingMemoryBound(to: MaximumOfString.self)
                let text = view("a text of some length that only grows \(1_000_000 + number)", &arena)
                record.pointee.add(text, &table.pointee.arena)
                table.pointee.compactStringsIfNeeded()
            }
            let bytes = table.pointee.arena.reservedBytes
            #expect(bytes <= 2 << 20)
            let record = table.pointee.accumulator(3).load(as: MaximumOfString.self)
            #expect(record.string.string == "a text of some length that only grows 1059999")
            #expect(StringView(words: table.pointee.key(3)).string == "one of four rather long keys 3")
        }
    }

    @Test func `a distinct value counts once a group until it is taken back`() {
        var arena = Arena()
        let layout = GroupTableLayout(
            key: Int64.elements, accumulatorBytes: 8, distinctValues: [Int64.elements, StringView.elements])
        withTable(layout) { table in
            let text = view("a rather long text", &arena)
            let answers = [
                table.pointee.addDistinct(5 as Int64, call: 0, group: 0),
                table.pointee.addDistinct(5 as Int64, call: 0, group: 0),
                table.pointee.addDistinct(5 as Int64, call: 0, group: 1),
                table.pointee.addDistinct(text, call: 1, group: 0),
                table.pointee.addDistinct(text, call: 1, group: 0),
                table.pointee.retractDistinct(5 as Int64, call: 0, group: 0),
                table.pointee.retractDistinct(5 as Int64, call: 0, group: 0),
                table.pointee.addDistinct(5 as Int64, call: 0, group: 0),
            ]
            #expect(answers == [true, false, true, true, false, false, true, true])
        }
    }

    @Test func `the vector probe finds the groups of the scalar one`() {
        withTable(GroupTableLayout(key: Int64?.elements, accumulatorBytes: 8)) { table in
            let keys = (0..<300).map { $0 % 7 == 0 ? nil : Int64($0 % 40) }
            let expected = keys.map { group($0, in: table) }
            var words = [UInt64](repeating: 0, count: 600)
            words.withUnsafeMutableBufferPointer { words in
                for (row, key) in keys.enumerated() { key.store(words.baseAddress! + 2 * row) }
            }
            var found = [UInt32](repeating: 0, count: 300)
            table.pointee.findOrInsert(words, rows: 300, into: &found)
            #expect(found.map(Int.init) == expected)
        }
    }

    @Test func `the vector probe of keys of one word finds the groups of the scalar one, also while the table grows`() {
        withTable(GroupTableLayout(key: Int64.elements, accumulatorBytes: 8)) { table in
            // The first half is there already; the second is made by the probe.
            let keys = (0..<2000).map { Int64($0 &* 7919 % 700) &- 350 }
            let before = keys.prefix(1000).map { group($0, in: table) }
            var found = [UInt32](repeating: 0, count: 2000)
            keys.map { UInt64(bitPattern: $0) }.withUnsafeBufferPointer {
                table.pointee.findOrInsert($0.baseAddress!, rows: 2000, into: &found)
            }
            #expect(found.prefix(1000).map(Int.init) == before)
            #expect(found.map(Int.init) == keys.map { group($0, in: table) })
        }
    }

    @Test func `a snapshot brings back keys, records, strings and side tables`() throws {
        var arena = Arena()
        let layout = GroupTableLayout(
            key: StringView?.elements + Int32.elements + Interval.elements, accumulatorBytes: 24,
            accumulatorStrings: [8], distinctValues: [StringView.elements])
        try withTable(layout) { table in
            for number in 0..<100 {
                let name =
                    number % 9 == 0
                    ? nil : Optional(view("key \(number) " + String(repeating: "k", count: number % 30), &arena))
                var hasher = KeyHasher()
                hasher.combine(name)
                hasher.combine(Int32(number))
                hasher.combine(Interval(days: Int32(number)))
                let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 6)
                defer { words.deallocate() }
                name.store(words)
                Int32(number).store(words + 3)
                Interval(days: Int32(number)).store(words + 4)
                let index = table.pointee.findOrInsert(words, hash: hasher.hash)
                let record = table.pointee.accumulator(index)
                record.storeBytes(of: Int64(number), as: Int64.self)
                let note = table.pointee.arena.copy("note " + String(repeating: "n", count: number % 40))
                record.storeBytes(of: note, toByteOffset: 8, as: StringView.self)
                _ = table.pointee.addDistinct(
                    view("value of some length \(number % 10)", &arena), call: 0, group: index)
            }
            func encoded(_ table: UnsafeMutablePointer<GroupTable>) -> [UInt8] {
                var writer = StateWriter(fingerprint: "f")
                table.pointee.encode(to: &writer)
                return writer.finish()
            }
            let snapshot = encoded(table)
            try withTable(layout) { copy in
                var reader = try StateReader(snapshot, fingerprint: "f")
                try copy.pointee.decode(from: &reader)
                try reader.finish()
                #expect(copy.pointee.count == 100)
                #expect(encoded(copy) == snapshot)
                #expect(
                    copy.pointee.accumulator(39).load(fromByteOffset: 8, as: StringView.self).string == "note "
                        + String(repeating: "n", count: 39))
                let isNew = copy.pointee.addDistinct(view("value of some length 3", &arena), call: 0, group: 3)
                #expect(!isNew)
            }
            // The same bytes under another layout are an error.
            try withTable(GroupTableLayout(key: Int64.elements, accumulatorBytes: 8)) { other in
                var reader = try StateReader(snapshot, fingerprint: "f")
                #expect(throws: StateError.corrupt("a state table has another layout")) {
                    try other.pointee.decode(from: &reader)
                }
            }
        }
    }
}

@Suite struct StateBytesTests {
    @Test func `a snapshot of short string keys brings them back`() throws {
        try withTable(GroupTableLayout(key: StringView.elements, accumulatorBytes: 8)) { table in
            var arena = Arena()
            for number in 0..<50 { _ = group(view("\(number)", &arena), in: table) }
            var writer = StateWriter(fingerprint: "f")
            table.pointee.encode(to: &writer)
            var reader = try StateReader(writer.finish(), fingerprint: "f")
            try withTable(GroupTableLayout(key: StringView.elements, accumulatorBytes: 8)) { copy in
                try copy.pointee.decode(from: &reader)
                #expect(copy.pointee.count == 50)
                #expect(StringView(words: copy.pointee.key(49)).string == "49")
            }
        }
    }

    @Test func `the checksum is crc32c`() {
        let text: [UInt8] = Array("123456789".utf8)
        #expect(text.withUnsafeBytes { crc32c($0) } == 0xe306_9283)
        let whole = text.withUnsafeBytes { crc32c($0) }
        let parts = text.withUnsafeBytes { bytes in
            crc32c(
                UnsafeRawBufferPointer(rebasing: bytes[4...]),
                continuing: crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<4])))
        }
        #expect(whole == parts)
    }

    @Test func `a flipped bit anywhere is noticed`() throws {
        var writer = StateWriter(fingerprint: "f")
        writer.write(42 as Int64)
        writer.write("text")
        let snapshot = writer.finish()
        for bit in 0..<snapshot.count * 8 {
            var damaged = snapshot
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: StateError.self) { _ = try StateReader(damaged, fingerprint: "f") }
        }
    }

    @Test func `a count larger than the snapshot is an error and allocates nothing`() throws {
        var writer = StateWriter(fingerprint: "f")
        writer.write(UInt64.max)
        var reader = try StateReader(writer.finish(), fingerprint: "f")
        #expect(throws: StateError.corrupt("a count is larger than the snapshot")) {
            _ = try reader.readCount(bytesEach: 1)
        }
    }
}
