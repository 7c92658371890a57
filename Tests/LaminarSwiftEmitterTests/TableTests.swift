import Foundation
import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private typealias Account = TablesPipeline.Account
private typealias Owner = TablesPipeline.Owner
private typealias Stock = TablesPipeline.Stock

/// Tables by key and sources of changes, compiled and interpreted.
@Suite struct TableTests {
    private func owners(_ pipeline: TablesPipeline) -> () -> [Owner: Int64] {
        var state: [Owner: Int64] = [:]
        var rows = { state }
        pipeline.onOwners = { change in
            state[change.row, default: 0] += change.weight
            if state[change.row] == 0 { state[change.row] = nil }
        }
        rows = { state }
        return { rows() }
    }

    @Test func `a row takes the place of the one with its key`() throws {
        let pipeline = TablesPipeline()
        let result = owners(pipeline)
        try pipeline.push([
            Account(id: 1, owner: "ann", balance: 10), Account(id: 2, owner: "bob", balance: 20),
            Account(id: 1, owner: "ann", balance: 15),
        ])
        #expect(
            result() == [
                Owner(owner: "ann", accounts: 1, balance: 15): 1, Owner(owner: "bob", accounts: 1, balance: 20): 1,
            ])
        try pipeline.push(Account(id: 2, owner: "ann", balance: 25))
        #expect(result() == [Owner(owner: "ann", accounts: 2, balance: 40): 1])
        // Of a row that is taken back only the key counts; one that is not there changes nothing and is counted.
        try pipeline.push([
            Change(Account(id: 1, owner: nil, balance: 0), weight: -1),
            Change(Account(id: 9, owner: nil, balance: 0), weight: -1),
        ])
        #expect(result() == [Owner(owner: "ann", accounts: 1, balance: 25): 1])
        #expect(pipeline.counters.unmatchedRetractions == 1)
    }

    @Test func `an unchanged row changes nothing`() throws {
        let pipeline = TablesPipeline()
        var changes: [Change<TablesPipeline.Rich>] = []
        pipeline.onRich = { changes.append($0) }
        for _ in 0..<3 { try pipeline.push(Account(id: 1, owner: "ann", balance: 500)) }
        #expect(changes == [Change(.init(id: 1, balance: 500), weight: 1)])
        try pipeline.push(Account(id: 1, owner: "ann", balance: 5))
        #expect(changes.dropFirst() == [Change(.init(id: 1, balance: 500), weight: -1)])
    }

    @Test func `whole changes without a key are taken as they come`() throws {
        let pipeline = TablesPipeline()
        var highest: Int64?
        pipeline.onHighest = { if $0.weight > 0 { highest = $0.row.price } }
        try pipeline.push([.init(item: "a", price: 5), .init(item: "b", price: 9)] as [TablesPipeline.Price])
        #expect(highest == 9)
        try pipeline.push(Change(TablesPipeline.Price(item: "b", price: 9), weight: -1))
        #expect(highest == 5)
    }

    @Test(arguments: [
        (Change(Stock(item: "x", shelf: 1, pieces: 5), weight: -1), "02000"),
        (Change(Stock(item: "nail", shelf: 1, pieces: 6), weight: -1), "02000"),
        (Change(Stock(item: "nail", shelf: 1, pieces: 6), weight: 1), "23505"),
    ])
    private func `what contradicts a table fails or is left out, as the policy says`(
        change: Change<Stock>, sqlState: String
    ) throws {
        let first = Stock(item: "nail", shelf: 1, pieces: 5)
        let failing = TablesPipeline()
        try failing.push(first)
        var others = 0
        failing.onRich = { _ in others += 1 }
        try failing.push(change)
        let error = try #require(failing.stopped.first?.error)
        #expect(error.sqlState == sqlState)
        #expect(error.row == 0)
        #expect(error.place?.hasPrefix("SQL/tables.sql:") == true)
        // The other queries go on.
        try failing.push(Account(id: 1, owner: nil, balance: 101))
        #expect(others == 1)

        let skipping = TablesPipeline(policies: RowPolicies(evaluationError: .skip))
        var total: Int64?
        skipping.onPieces = { if $0.weight > 0 { total = $0.row.pieces } }
        try skipping.push(first)
        try skipping.push(change)
        #expect(skipping.counters.evaluationErrors == 1)
        #expect(total == 5)
        try skipping.push([Change(first, weight: -1), Change(Stock(item: "nail", shelf: 1, pieces: 7), weight: 1)])
        #expect(total == 7)
    }

    /// A random history of upserts and deletions.
    private static let history: [Change<Account>] = {
        var generator = SplitMix(state: 7)
        return (0..<2_000).map { _ in
            let id = Int64.random(in: 0..<60, using: &generator)
            let row = Account(
                id: id, owner: ["ann", "bob", nil, "a name of more than twelve bytes"].randomElement(using: &generator) ?? nil,
                balance: Int64.random(in: 0..<200, using: &generator))
            return Change(row, weight: Int.random(in: 0..<5, using: &generator) == 0 ? -1 : 1)
        }
    }()

    @Test(arguments: [1, 7, 300, 2_000])
    func `both executors keep the last row of each key, in any batches and across a restore`(size: Int) throws {
        var table: [Int64: Account] = [:]
        for change in Self.history { table[change.row.id] = change.weight > 0 ? change.row : nil }
        var expected: [Owner: Int64] = [:]
        for (owner, rows) in Dictionary(grouping: table.values, by: \.owner) {
            expected[Owner(owner: owner, accounts: Int64(rows.count), balance: rows.reduce(0) { $0 + $1.balance })] = 1
        }
        var snapshots: [[UInt8]] = []
        let all = Golden.all.first { $0.name == "SQL/tables.sql" }
        let compilation = try #require(try all?.compiled())
        for isInterpreted in [false, true] {
            func make() throws -> any RunnablePipeline {
                isInterpreted
                    ? try InterpretedPipeline(try #require(compilation.plan), file: compilation.file) : TablesPipeline()
            }
            var pipeline = try make()
            var state: [Owner: Int64] = [:]
            func listen() {
                pipeline.onOutput = { sink, view in
                    guard sink == 0 else { return }
                    for row in 0..<view.rowCount {
                        let owner = Owner(view, row)
                        state[owner, default: 0] += view.weights?[row] ?? 1
                        if state[owner] == 0 { state[owner] = nil }
                    }
                }
            }
            listen()
            for start in stride(from: 0, to: Self.history.count, by: size) {
                let batch = ColumnBatch(types: [.int64, .string, .int64])
                for change in Self.history[start..<min(start + size, Self.history.count)] { batch.append(change) }
                try batch.withView { try pipeline.push(source: 0, $0) }
                if start / size == 3 {
                    let snapshot = pipeline.snapshot()
                    pipeline = try make()
                    try pipeline.restore(snapshot)
                    let isSame = pipeline.snapshot() == snapshot
                    #expect(isSame)
                    listen()
                }
            }
            #expect(state == expected)
            snapshots.append(pipeline.snapshot())
        }
        // Compared outside, so that a failure does not print them.
        let areEqual = snapshots[0] == snapshots[1]
        #expect(areEqual)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
