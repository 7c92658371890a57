import LaminarColumns
import LaminarRuntime
import LaminarTypes
import Testing

@Suite struct FeedbackRowsTests {
    private func rows(_ values: [Int64], weights: [Int64]? = nil) -> ColumnBatch {
        let batch = ColumnBatch(types: [.int64, .string])
        for (index, value) in values.enumerated() {
            batch.append([.integer(value), .text("row \(value), longer than a view holds")], weight: weights?[index] ?? 1)
        }
        return batch
    }

    @Test("Rows come back once, in the order in which they came, with their weights")
    func once() throws {
        let feedback = FeedbackRows(types: [.int64, .string])
        rows([1, 2]).withView { feedback.append($0) }
        rows([3], weights: [-1]).withView { feedback.append($0) }
        let back = try #require(try feedback.next())
        back.withView { view in
            #expect(view.rowCount == 3)
            #expect((0..<3).map { view.columns[0].optional($0, as: Int64.self) } == [1, 2, 3])
            #expect(view.weights.map { weights in (0..<3).map { weights[$0] } } == [1, 1, -1])
            #expect(
                view.optionalString(column: 1, row: 2) == "row 3, longer than a view holds")
        }
        #expect(try feedback.next() == nil)
    }

    @Test("What comes while rows are lent is kept for the next round")
    func nextRound() throws {
        let feedback = FeedbackRows(types: [.int64, .string])
        rows([1]).withView { feedback.append($0) }
        let first = try #require(try feedback.next())
        first.withView { feedback.append($0) }
        #expect(first.rowCount == 1)
        #expect(try feedback.next()?.rowCount == 1)
        #expect(try feedback.next() == nil)
    }

    @Test("A recursion that never rests is error 54001, and one that rests may begin again")
    func endless() throws {
        let feedback = FeedbackRows(types: [.int64, .string], largestRoundCount: 3)
        for _ in 0..<5 {
            for _ in 0..<3 {
                rows([1]).withView { feedback.append($0) }
                _ = try feedback.next()
            }
            #expect(try feedback.next() == nil)
        }
        for _ in 0..<3 {
            rows([1]).withView { feedback.append($0) }
            _ = try feedback.next()
        }
        rows([1]).withView { feedback.append($0) }
        let error = try #require(throws: PipelineError.self) { try feedback.next() }
        #expect(error.sqlState == "54001")
        #expect(try feedback.next() == nil)
    }
}
