import LaminarCases
import Testing

@Suite struct `Rows are cut into batches` {
    /// Letters are tables, an apostrophe marks rows behind a restart, digits are steps.
    func scheduled(
        _ rows: String, _ batching: CaseConfiguration.Batching, _ restore: CaseConfiguration.Restore = .never,
        features: String = "", seed: String = ""
    ) throws -> [InputAction] {
        var inputs: [JSONValue.Member] = []
        for (index, row) in rows.split(separator: " ").enumerated() {
            var members: [JSONValue.Member] = [
                .init("seq", .number(String(index + 1))), .init("op", .string("+I")), .init("row", .array([])),
            ]
            if rows.contains("'") { members.append(.init("phase", .string(row.contains("'") ? "after" : "before"))) }
            if let step = row.first(where: \.isNumber) { members.append(.init("step", .number(String(step)))) }
            inputs.append(.init(String(row.prefix(1)), .array([.object(members)])))
        }
        let json = JSONValue.object([
            .init("id", .string("a")), .init("query", .string("q")), .init("inputs", .object(inputs)),
            .init("features", .array(features.split(separator: " ").map { .string(String($0)) })),
            .init("expect", .object([.init("rows", .array([]))])),
        ])
        return inputSchedule(
            of: try TestCase(json: json), CaseConfiguration(batching: batching, restore: restore, seed: seed))
    }

    @Test func `as maximal runs of one table`() throws {
        #expect(
            try scheduled("t t u t", .all)
                == [.push(table: "t", rows: 0..<2), .push(table: "u", rows: 2..<3), .push(table: "t", rows: 3..<4)])
    }

    @Test func `cut at a length`() throws {
        #expect(
            try scheduled("t t t", .rows(2)) == [.push(table: "t", rows: 0..<2), .push(table: "t", rows: 2..<3)])
    }

    @Test func `cut where a restore was asked for`() throws {
        #expect(
            try scheduled("t t t", .all, .at(1))
                == [.push(table: "t", rows: 0..<1), .restart, .push(table: "t", rows: 1..<3)])
        #expect(try scheduled("t", .all, .at(0)) == [.restart, .push(table: "t", rows: 0..<1)])
        #expect(try scheduled("t", .all, .at(9)) == [.push(table: "t", rows: 0..<1), .restart])
    }

    @Test func `cut between the phases`() throws {
        #expect(
            try scheduled("t t'", .all)
                == [.push(table: "t", rows: 0..<1), .restart, .push(table: "t", rows: 1..<2)])
    }

    @Test func `cut between the steps`() throws {
        #expect(
            try scheduled("t1 t1 t3", .all)
                == [
                    .push(table: "t", rows: 0..<2), .endStep(1), .push(table: "t", rows: 2..<3), .endStep(3),
                ])
    }

    @Test func `row by row where processing time is read`() throws {
        #expect(try scheduled("t t", .all, features: "processing_time").count == 2)
    }

    @Test func `at random, but the same for the same seed`() throws {
        let rows = Array(repeating: "t", count: 200).joined(separator: " ")
        let first = try scheduled(rows, .random, .random, seed: "1")
        #expect(try scheduled(rows, .random, .random, seed: "1") == first)
        #expect(try scheduled(rows, .random, .random, seed: "2") != first)
        #expect(first.filter { $0 == .restart }.count == 1)
        var next = 0
        for case .push(_, let range) in first {
            #expect(range.lowerBound == next)
            next = range.upperBound
        }
        #expect(next == 200)
    }
}
