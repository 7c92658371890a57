import LaminarKernels
import LaminarState
import Testing

/// Keys of one word that a dictionary of the standard library numbers as well, with what the table makes of them.
private final class Checked {
    let table = GroupTable.make(GroupTableLayout(key: [.word], accumulatorBytes: 8))
    var groups: [Int64: Int] = [:]
    var order: [Int64] = []

    deinit { GroupTable.destroy(table) }

    func add(_ key: Int64, _ sourceLocation: SourceLocation = #_sourceLocation) {
        var word = key.keyWord
        let group = table.pointee.findOrInsert(&word, hash: key.hash64)
        if groups[key] == nil {
            groups[key] = order.count
            order.append(key)
        }
        #expect(group == groups[key], "\(key)", sourceLocation: sourceLocation)
    }

    func clear() {
        table.pointee.clear()
        groups = [:]
        order = []
    }

    /// Each key is found by every probe, and none that is not there.
    func expectComplete(_ sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(table.pointee.count == order.count, sourceLocation: sourceLocation)
        let probe = GroupProbe<Int64>(table)
        for key in order {
            #expect(probe.find(key, hash: key.hash64) == groups[key], "\(key)", sourceLocation: sourceLocation)
            for other in [key &- 1, key &+ 1, key &+ 1 << 40, 0 &- key] where groups[other] == nil {
                #expect(probe.find(other, hash: other.hash64) == -1, "\(other)", sourceLocation: sourceLocation)
            }
        }
        let words = order.map(\.keyWord)
        var found = [UInt32](repeating: 0, count: words.count)
        table.pointee.findOrInsert(words, rows: words.count, into: &found)
        #expect(found.map(Int.init) == Array(order.indices), sourceLocation: sourceLocation)
    }
}

@Suite struct DirectIndexTests {
    @Test func `keys close together are found by their distance, in any order of arrival`() {
        let table = Checked()
        for index in 0..<3000 { table.add(Int64(index * 1009 % 3000) - 1500) }
        table.expectComplete()
        #expect(table.table.pointee.directSpan != 0)
    }

    @Test func `keys that move on move the index with them`() {
        let table = Checked()
        for start in stride(from: Int64(1_000_000), to: 1_040_000, by: 1000) {
            for index in 0..<500 { table.add(start + Int64(index * 7 % 500)) }
        }
        table.expectComplete()
        for window in 0..<20 as Range<Int64> {
            table.clear()
            for index in 0..<2000 { table.add(window * 1500 + Int64(index * 13 % 2000)) }
            table.expectComplete()
            #expect(table.table.pointee.directSpan != 0)
        }
    }

    @Test func `keys far apart bring the slots back, and close ones the direct index`() {
        let table = Checked()
        for index in 0..<100 as Range<Int64> { table.add(index) }
        #expect(table.table.pointee.directSpan != 0)
        for key in [Int64.max, .min, 0, 1 << 40, -1 << 40] {
            table.add(key)
            table.expectComplete()
        }
        #expect(table.table.pointee.directSpan == 0)
        table.clear()
        for index in 0..<2000 as Range<Int64> { table.add(index * 3 - 1000) }
        table.expectComplete()
        #expect(table.table.pointee.directSpan != 0)
    }

    @Test func `keys at either end of the numbers are found`() {
        for end in [Int64.min, Int64.max - 400] as [Int64] {
            let table = Checked()
            for index in 0..<400 as Range<Int64> { table.add(end + (index * 31) % 400) }
            table.expectComplete()
        }
    }

    @Test func `random keys are numbered by their arrival, whatever their range`() {
        var random = UInt64(1)
        func next(_ bound: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 20) % bound
        }
        let table = Checked()
        for _ in 0..<60 {
            let width = ([10, 1000, 5000, 100_000, 1 << 40] as [UInt64])[Int(next(5))]
            let base = Int64(bitPattern: next(1 << 43)) - (1 << 42)
            for _ in 0..<next(3000) { table.add(base + Int64(next(width))) }
            if next(3) == 0 { table.expectComplete() }
            if next(2) == 0 { table.clear() }
        }
        table.expectComplete()
    }

    @Test func `groups that are kept are numbered anew in their order`() {
        for width in [1, 1 << 30] as [Int64] {
            let table = Checked()
            for index in 0..<1000 as Range<Int64> { table.add(index * 17 % 1000 * width) }
            let kept = (0..<1000).map { UInt8($0 % 3 == 0 ? 1 : 0) }
            table.table.pointee.keepGroups(kept)
            table.order = table.order.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
            table.groups = Dictionary(uniqueKeysWithValues: table.order.enumerated().map { ($1, $0) })
            table.expectComplete()
            for index in 0..<3000 as Range<Int64> { table.add(index * width) }
            table.expectComplete()
        }
    }
}
