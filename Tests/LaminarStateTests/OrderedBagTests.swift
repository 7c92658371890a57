import LaminarKernels
import LaminarState
import Testing

/// A table with one group per integer key and a bag of strings each.
private let layout = GroupTableLayout(
    key: [.word], accumulatorBytes: 16, accumulatorBags: [GroupTableLayout.Bag(offset: 0, words: 0)])

private func bag(_ table: UnsafeMutablePointer<GroupTable>, _ group: Int) -> UnsafeMutablePointer<
    OrderedBag<StringView>
> {
    table.pointee.accumulator(group).assumingMemoryBound(to: OrderedBag<StringView>.self)
}

private func values(_ bag: OrderedBag<StringView>) -> [String] {
    (0..<bag.count).compactMap { bag.value(atRank: $0)?.string }
}

@Suite struct OrderedBagTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a bag holds what was added and not taken back, in order, and old copies stay`(seed: UInt64) throws {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var table = GroupTable.make(layout)
        defer { GroupTable.destroy(table) }
        var expected: [[String]] = Array(repeating: [], count: 3)
        var key: [UInt64] = [0]
        for group in 0..<3 {
            key[0] = UInt64(group)
            _ = table.pointee.findOrInsert(key, hash: table.pointee.hash(key))
        }
        for step in 0..<400 {
            let old = (0..<3).map { bag(table, $0).pointee }
            let before = expected
            for _ in 0..<random(8) {
                let group = random(3)
                if random(5) < 2, let gone = expected[group].randomElementIndex(random) {
                    let value = expected[group].remove(at: gone)
                    let view = table.pointee.arena.copy(value)
                    bag(table, group).pointee.add(view, weight: -1, &table.pointee.arena)
                } else {
                    let value = random(2) == 0 ? "v\(random(20))" : "a value longer than twelve bytes \(random(20))"
                    expected[group].append(value)
                    let view = table.pointee.arena.copy(value)
                    bag(table, group).pointee.add(view, weight: 1, &table.pointee.arena)
                }
            }
            for group in 0..<3 {
                #expect(values(bag(table, group).pointee) == expected[group].sorted(by: precedes))
                #expect(values(old[group]) == before[group].sorted(by: precedes))
            }
            table.pointee.arena.generation += 1
            if step % 50 == 49 {
                var writer = StateWriter(fingerprint: "bags")
                table.pointee.encode(to: &writer)
                let bytes = writer.finish()
                let restored = GroupTable.make(layout)
                var reader = try StateReader(bytes, fingerprint: "bags")
                try restored.pointee.decode(from: &reader)
                try reader.finish()
                var again = StateWriter(fingerprint: "bags")
                restored.pointee.encode(to: &again)
                #expect(again.finish() == bytes)
                GroupTable.destroy(table)
                table = restored
            }
        }
    }

    @Test func `compaction keeps bags`() {
        let table = GroupTable.make(layout)
        defer { GroupTable.destroy(table) }
        let key: [UInt64] = [7]
        let group = table.pointee.findOrInsert(key, hash: table.pointee.hash(key))
        for step in 0..<20_000 {
            let view = table.pointee.arena.copy("a value longer than twelve bytes \(step % 100)")
            bag(table, group).pointee.add(view, weight: step % 200 < 100 ? 1 : -1, &table.pointee.arena)
            table.pointee.arena.generation += 1
            if step % 64 == 0 { table.pointee.compactStringsIfNeeded() }
        }
        #expect(values(bag(table, group).pointee) == [])
        #expect(table.pointee.arena.reservedBytes < 4 << 20)
    }
}

private func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

extension Array {
    fileprivate func randomElementIndex(_ random: (Int) -> Int) -> Int? { isEmpty ? nil : random(count) }
}
