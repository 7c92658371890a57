import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

/// State with a time to live, under either executor and from one to the other.
@Suite struct ExpiryTests {
    enum Executor: String, CaseIterable {
        case compiled, interpreted

        func pipeline() throws -> any RunnablePipeline {
            if self == .compiled { return ExpiryPipeline() }
            let compilation = try #require(try Golden.all.first { $0.name == "SQL/expiry.sql" }?.compiled())
            return try InterpretedPipeline(try #require(compilation.plan), file: compilation.file)
        }
    }

    private static let minute: Int64 = 60_000_000

    /// A pipeline, its clock, and what came out since `take` was called last.
    private final class Run {
        let pipeline: any RunnablePipeline
        let clock = SetClock()
        private var rows: [String] = []

        init(_ pipeline: any RunnablePipeline) {
            self.pipeline = pipeline
            pipeline.clock = clock.clock
            let interface = pipeline.interface
            pipeline.onOutput = { [unowned self] sink, view in
                let definition = interface.sinks[sink]
                for row in 0..<view.rowCount {
                    let cells = definition.columns.enumerated().map { index, column in
                        let type = SQLType(name: column.type) ?? .text
                        let value = view.columns[index].dynamicValue(row, type: type)
                        return value == .null ? "NULL" : text(of: value, type: type)
                    }
                    rows.append("\(definition.name) \(view.weights?[row] ?? 1): " + cells.joined(separator: " | "))
                }
            }
        }

        func push(_ name: String, _ cells: [Value]) throws {
            let source = try #require(pipeline.interface.sources.firstIndex { $0.name == name })
            let batch = ColumnBatch(types: pipeline.interface.sources[source].columns.map(\.physicalType))
            batch.append(cells)
            try batch.withView { try pipeline.push(source: source, $0) }
        }

        func visit(_ page: String, _ visitor: Int64, _ note: String? = nil) throws {
            try push("visits", [.text(page), .integer(visitor), note.map { .text($0) } ?? .null])
        }

        func take() -> [String] {
            defer { rows = [] }
            return rows.sorted()
        }
    }

    @Test(arguments: Executor.allCases, Executor.allCases)
    func `groups are taken back, and rows of joins forgotten, when their time is over`(
        first: Executor, second: Executor
    ) throws {
        let before = Run(try first.pipeline())
        try before.visit("a", 1, "a note of more than twelve bytes")
        try before.visit("a", 2, "y")
        try before.visit("b", 1)
        try before.push("clicks", [.integer(1), .text("k")])
        try before.push("pages", [.text("a"), .text("A")])
        #expect(before.pipeline.nextTimer == 16 * Self.minute)
        before.clock.now = 10 * Self.minute
        try before.visit("a", 1, "z")
        let run = Run(try second.pipeline())
        // When state was touched is part of it.
        try run.pipeline.restore(before.pipeline.snapshot())
        run.clock.now = 16 * Self.minute - 1
        try run.pipeline.advanceClock()
        #expect(run.take() == [])
        run.clock.now = 16 * Self.minute
        try run.pipeline.advanceClock()
        #expect(run.take() == ["counts -1: b | 1 | 1 | NULL", "visitors -1: 2"])
        #expect(run.pipeline.nextTimer == 26 * Self.minute)

        // Of the visits only the last is still joined; that it had been matched is not forgotten.
        try run.push("clicks", [.integer(2), .text("m")])
        #expect(run.take() == [])
        try run.push("clicks", [.integer(1), .text("n")])
        #expect(run.take() == ["followed 1: a | n"])
        // A group that comes again begins anew, distinct values too; a table's rows have not gone.
        try run.visit("b", 1, "w")
        #expect(
            run.take() == [
                "counts 1: b | 1 | 1 | w", "followed 1: b | n", "totals -1: b | 1", "totals 1: b | 2",
            ])
        try run.visit("a", 2, "y")
        #expect(
            run.take() == [
                "counts -1: a | 3 | 2 | a note of more than twelve bytes,y,z",
                "counts 1: a | 4 | 2 | a note of more than twelve bytes,y,z,y", "followed 1: a | m", "titled 1: A | 2",
                "totals -1: a | 3", "totals 1: a | 4", "visitors 1: 2",
            ])
        run.clock.now = 60 * Self.minute
        try run.pipeline.advanceClock()
        #expect(
            run.take() == [
                "counts -1: a | 4 | 2 | a note of more than twelve bytes,y,z,y", "counts -1: b | 1 | 1 | w", "visitors -1: 1",
                "visitors -1: 2",
            ])
        #expect(run.pipeline.nextTimer == nil)
    }

    @Test func `state with a time to live is as large as what was touched within it`() throws {
        let run = Run(ExpiryPipeline())
        for visitor in 0..<400 {
            run.clock.now = Int64(visitor) * Self.minute
            try run.visit("page \(visitor) with a long name", Int64(visitor), "note \(visitor) of more than twelve bytes")
            try run.push("clicks", [.integer(Int64(visitor)), .text("the target of visitor \(visitor)")])
        }
        // All but the totals, which are kept for ever, would be the same after 40.
        let other = Run(ExpiryPipeline())
        for visitor in 0..<40 {
            other.clock.now = Int64(visitor) * Self.minute
            try other.visit("page \(visitor) with a long name", Int64(visitor), "note \(visitor) of more than twelve bytes")
            try other.push("clicks", [.integer(Int64(visitor)), .text("the target of visitor \(visitor)")])
        }
        let perTotal = 8 + 8 + 8 + 8 + 32
        #expect(run.pipeline.snapshot().count - other.pipeline.snapshot().count <= 360 * perTotal + 400)
    }
}
