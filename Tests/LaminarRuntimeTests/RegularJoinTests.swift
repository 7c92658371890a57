import LaminarColumns
import LaminarKernels
import LaminarRuntime
import LaminarState
import LaminarTypes
import Testing

/// `RegularJoin` against two nested loops over bags of rows, after every batch.
@Suite struct RegularJoinTests {
    /// A side of the join, and what a row is: NULL keys, few keys, few values, so that rows are equal often.
    struct Row: Hashable {
        var key: Int64?
        var value: Int64
        var text: String?
    }

    struct Change {
        var side: JoinSide
        var row: Row
        var weight: Int64
    }

    @Test(arguments: [JoinKind.inner, .left, .right, .full, .semi, .anti], [false, true])
    func `what has come out is the join of what has come in`(kind: JoinKind, hasCondition: Bool) throws {
        for seed in 1...12 {
            var numbers = JoinNumbers(state: UInt64(seed))
            let changes = Self.changes(60, &numbers)
            for size in [1, 5, 60] {
                try check(changes, batch: size, TestJoin(kind: kind, hasCondition: hasCondition), &numbers)
                try check(changes, batch: size, NullSafeJoin(kind: kind, hasCondition: hasCondition), &numbers)
            }
        }
    }

    @Test func `of inputs that are only added to, equal rows are kept apart and no weight comes out`() throws {
        var numbers = JoinNumbers(state: 40)
        let changes = Self.changes(80, &numbers).map { Change(side: $0.side, row: $0.row, weight: 1) }
        try check(changes, batch: 7, TestJoin(kind: .inner, hasCondition: true, isUpdating: false), &numbers)
        var join = RegularJoin(TestJoin(kind: .inner, hasCondition: false, isUpdating: false))
        let output = ColumnBatch(types: TestJoin.types + TestJoin.types)
        for change in changes { try join.push(Self.batch([change]), change.side, into: output) }
        #expect(!output.hasWeights)
        #expect(output.rowCount > 50)
    }

    @Test func `rows that come and go leave nothing behind that matters`() throws {
        // More than 1,024 rows leave, so strings and keys are copied together while others stay.
        var numbers = JoinNumbers(state: 9)
        var changes: [Change] = []
        for index in 0..<2400 {
            let row = Row(key: Int64(index), value: 1, text: "a text that is longer than twelve bytes \(index)")
            changes.append(Change(side: index % 2 == 0 ? .left : .right, row: row, weight: 1))
            if index >= 8, index % 17 != 0 {
                let earlier = Row(
                    key: Int64(index - 8), value: 1, text: "a text that is longer than twelve bytes \(index - 8)")
                changes.append(Change(side: index % 2 == 0 ? .left : .right, row: earlier, weight: -1))
            }
            if index % 100 == 0 {
                changes.append(Change(side: index % 200 == 0 ? .right : .left, row: row, weight: 1))
            }
        }
        try check(changes, batch: 50, TestJoin(kind: .full, hasCondition: false), &numbers, checksEach: 400)
    }

    @Test func `a count of equal rows that does not fit is an error at its row`() throws {
        var join = RegularJoin(TestJoin(kind: .left, hasCondition: false))
        let output = ColumnBatch(types: TestJoin.types + TestJoin.types)
        let row = Row(key: 1, value: 1, text: nil)
        try join.push(Self.batch([Change(side: .left, row: row, weight: .max)]), .left, into: output)
        let error = #expect(throws: PipelineError.self) {
            try join.push(
                Self.batch([
                    Change(side: .right, row: row, weight: 1),
                    Change(side: .right, row: Row(key: 1, value: 2, text: nil), weight: 2),
                ]), .right, into: output)
        }
        #expect(error?.sqlState == "22003")
        #expect(error?.row == 1)
        #expect(output.rowCount == 3)
    }

    @Test func `the watermark behind a join is the least of both sides'`() throws {
        var join = RegularJoin(TestJoin(kind: .inner, hasCondition: false))
        let output = ColumnBatch(types: TestJoin.types + TestJoin.types)
        try join.advance(.left, to: 50, into: output)
        #expect(output.steps.isEmpty)
        try join.advance(.right, to: 30, into: output)
        try join.advance(.right, to: 70, into: output)
        #expect(output.steps.map(\.watermark) == [50])
    }

    // MARK: Driving

    /// Pushes changes and compares all that has come out with the naive join, restoring the join once on the way.
    private func check<Program: JoinProgram>(
        _ changes: [Change], batch size: Int, _ program: Program, _ numbers: inout JoinNumbers, checksEach: Int = 1
    ) throws {
        var join = RegularJoin(program)
        let output = ColumnBatch(types: program.kind.isFiltering ? TestJoin.types : TestJoin.types + TestJoin.types)
        var bags: [JoinSide: [Row: Int64]] = [.left: [:], .right: [:]]
        var came: [[Row?]: Int64] = [:]
        let restart = Int.random(in: 0..<changes.count, using: &numbers)
        let batch = ColumnBatch(types: TestJoin.types)
        var at = 0
        var nextCheck = 0
        while at < changes.count {
            var end = at + 1
            while end < min(at + size, changes.count), changes[end].side == changes[at].side, end != restart { end += 1 }
            if at <= restart, restart < end {
                var writer = StateWriter(fingerprint: "join")
                join.encode(to: &writer)
                let snapshot = writer.finish()
                join = RegularJoin(program)
                var reader = try StateReader(snapshot, fingerprint: "join")
                try join.restore(from: &reader)
                try reader.finish()
                var again = StateWriter(fingerprint: "join")
                join.encode(to: &again)
                #expect(again.finish() == snapshot)
            }
            batch.clear()
            for change in changes[at..<end] {
                batch.append(change.row.values, weight: change.weight)
                bags[change.side]?[change.row, default: 0] += change.weight
            }
            try batch.withView { (view) throws(PipelineError) in
                try join.push(view, from: changes[at].side, into: output)
            }
            Self.collect(output, isFiltering: program.kind.isFiltering, into: &came)
            output.clear()
            at = end
            if at >= nextCheck || at == changes.count {
                let expected = Self.naive(
                    bags, program.kind, nullsAreEqual: program is NullSafeJoin, hasCondition: program.hasCondition)
                if came != expected {
                    Issue.record("\(program.kind), batches of \(size), after \(at) changes: \(came) not \(expected)")
                    return
                }
                nextCheck = at + checksEach
            }
        }
    }

    private static func batch(_ changes: [Change]) -> ColumnBatch {
        let batch = ColumnBatch(types: TestJoin.types)
        for change in changes { batch.append(change.row.values, weight: change.weight) }
        return batch
    }

    private static func collect(_ output: ColumnBatch, isFiltering: Bool, into bag: inout [[Row?]: Int64]) {
        output.withView { view in
            for row in 0..<view.rowCount {
                let left = Row(view, row, from: 0)
                let key = isFiltering ? [left] : [left, Row(view, row, from: 3)]
                bag[key, default: 0] += view.weights?[row] ?? 1
                if bag[key] == 0 { bag[key] = nil }
            }
        }
    }

    /// What SQL says, row by row; a row that is there less than zero times matches nothing more than an absent one.
    private static func naive(
        _ bags: [JoinSide: [Row: Int64]], _ kind: JoinKind, nullsAreEqual: Bool, hasCondition: Bool
    ) -> [[Row?]: Int64] {
        let left: [Row: Int64] = (bags[.left] ?? [:]).filter { $0.value != 0 }
        let right: [Row: Int64] = (bags[.right] ?? [:]).filter { $0.value != 0 }
        func meets(_ a: Row, _ b: Row) -> Bool {
            if !nullsAreEqual, a.key == nil || b.key == nil { return false }
            return a.key == b.key && (!hasCondition || (a.value + b.value) % 3 != 0)
        }
        var result: [[Row?]: Int64] = [:]
        for (a, weight) in left {
            var matches: Int64 = 0
            for (b, other) in right where meets(a, b) {
                matches += other
                if !kind.isFiltering { result[[a, b], default: 0] += weight * other }
            }
            switch kind {
            case .semi where matches > 0, .anti where matches <= 0: result[[a]] = weight
            case .left where matches <= 0, .full where matches <= 0: result[[a, nil]] = weight
            default: break
            }
        }
        if kind == .right || kind == .full {
            for (b, weight) in right {
                let matches = left.reduce(0) { $0 + (meets($1.key, b) ? $1.value : 0) }
                if matches <= 0 { result[[nil, b]] = weight }
            }
        }
        return result.filter { $0.value != 0 }
    }

    /// Additions and retractions of few different rows; some are taken back before they have come.
    private static func changes(_ count: Int, _ numbers: inout JoinNumbers) -> [Change] {
        (0..<count).map { _ in
            let key = Int64.random(in: 0..<4, using: &numbers)
            let text = Int64.random(in: 0..<3, using: &numbers)
            let row = Row(
                key: key == 3 ? nil : key, value: Int64.random(in: 0..<3, using: &numbers),
                text: text == 0 ? nil : text == 1 ? "short" : "a text that is longer than twelve bytes")
            return Change(
                side: Bool.random(using: &numbers) ? .left : .right, row: row,
                weight: [1, 1, 1, 2, -1, -1, -2][Int.random(in: 0..<7, using: &numbers)])
        }
    }
}

extension RegularJoin {
    fileprivate mutating func push(
        _ batch: ColumnBatch, _ side: JoinSide, into output: ColumnBatch
    ) throws(PipelineError) {
        // The output borrows strings of the batch; what reads them here is done before it goes.
        try batch.withView { (view) throws(PipelineError) in try push(view, from: side, into: output) }
    }
}

extension RegularJoinTests.Row {
    fileprivate var values: [Value] {
        [key.map { .integer($0) } ?? .null, .integer(value), text.map { .text($0) } ?? .null]
    }

    /// A row of the output; nil where its columns are all padding.
    fileprivate init?(_ view: BatchView, _ row: Int, from first: Int) {
        guard let value: Int64 = view.optional(column: first + 1, row: row) else { return nil }
        key = view.optional(column: first, row: row)
        self.value = value
        text = view.optionalString(column: first + 2, row: row)
    }
}

/// As generated code would state the sides of a join.
private struct TestJoinInput<Key: GroupKey>: TypedJoinInput {
    struct Row: BitwiseCopyable {
        let key: Int64?
        let value: Int64
        let text: StringView?
    }

    var isUpdating: Bool
    let keyOf: (Row) -> Key?

    var types: [PhysicalType] { TestJoin.types }

    func columns(of batch: BatchView) -> BatchView { batch }
    func row(_ columns: BatchView, _ index: Int) -> Row {
        Row(
            key: columns.optional(column: 0, row: index), value: columns.value(column: 1, row: index),
            text: columns.optional(column: 2, row: index))
    }
    func key(_ row: Row) -> Key? { keyOf(row) }
    func owned(_ row: Row, _ arena: inout Arena) -> Row {
        Row(key: row.key, value: row.value, text: strict(row.text) { arena.copy($0) })
    }
    func areSame(_ a: Row, _ b: Row) -> Bool {
        a.key.isSame(as: b.key) && a.value.isSame(as: b.value) && a.text.isSame(as: b.text)
    }
    func write(_ row: Row, to batch: ColumnBatch, at target: Int, from first: Int) {
        batch.lend(row.key, column: first, row: target)
        batch.lend(row.value, column: first + 1, row: target)
        batch.lend(row.text, column: first + 2, row: target)
    }
}

/// Joined by equal keys, of which NULL is none.
private struct TestJoin: TypedJoinProgram {
    static let types: [PhysicalType] = [.int64, .int64, .string]

    let kind: JoinKind
    let hasCondition: Bool
    var isUpdating = true

    var left: TestJoinInput<Int64> { TestJoinInput(isUpdating: isUpdating) { $0.key } }
    var right: TestJoinInput<Int64> { left }
    func meets(
        _ left: TestJoinInput<Int64>.Row, _ right: TestJoinInput<Int64>.Row, _ arena: inout Arena, _ fault: inout Fault
    ) -> Bool {
        (left.value + right.value) % 3 != 0
    }
}

/// Joined by equal keys, where NULL is equal to NULL.
private struct NullSafeJoin: TypedJoinProgram {
    let kind: JoinKind
    let hasCondition: Bool

    var left: TestJoinInput<Int64?> { TestJoinInput(isUpdating: true) { .some($0.key) } }
    var right: TestJoinInput<Int64?> { left }
    func meets(
        _ left: TestJoinInput<Int64?>.Row, _ right: TestJoinInput<Int64?>.Row, _ arena: inout Arena,
        _ fault: inout Fault
    ) -> Bool {
        (left.value + right.value) % 3 != 0
    }
}

private struct JoinNumbers: RandomNumberGenerator {
    var state: UInt64

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
