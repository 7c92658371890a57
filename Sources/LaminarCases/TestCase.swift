/// One case of a case file: tables, rows in their order of arrival, a query, and what must come out.
package struct TestCase: Sendable {
    package var id: String
    /// Tags, by which cases are chosen and skipped.
    package var features: [String]
    package var dialect: Dialect
    /// CREATE TABLE statements; the one that carries the watermarks where there are two.
    package var definitions: [String]
    package var inputs: [Row]
    package var views: [View]
    package var query: String
    /// Another query that must give the same result, in words that a naive evaluation shares nothing with.
    package var equivalent: String?
    /// The sink that the query's INSERT INTO names.
    package var sink: Sink?
    package var expectation: Expectation
    /// Whether the input ends after the last row, so that every window fires.
    package var endsInput: Bool

    package enum Dialect: String, Sendable, CaseIterable {
        case postgresql, flink, risingwave, feldera, duckdb
    }

    /// One row in the order of arrival over all tables.
    package struct Row: Sendable {
        package var table: String
        package var sequence: Int
        package var operation: Operation
        /// PostgreSQL text of each column in order; nil is NULL.
        package var cells: [String?]
        /// A checkpoint, a restart and a restore lie between `before` and `after`.
        package var isAfterRestart: Bool
        /// The transaction that the row belongs to.
        package var step: Int?
    }

    package enum Operation: String, Sendable {
        case insert = "+I"
        case delete = "-D"
        case updateBefore = "-U"
        case updateAfter = "+U"

        package var weight: Int64 { self == .insert || self == .updateAfter ? 1 : -1 }
    }

    package struct View: Sendable {
        package var name: String
        package var sql: String
        /// The view sees rows up to this one as a snapshot.
        package var createdAfter: Int
    }

    package struct Sink: Sendable {
        package var name: String
        package var columns: [Column]
        package var primaryKey: [String]
    }

    package struct Column: Sendable, Equatable {
        package var name: String
        package var type: String

        package init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    package enum Expectation: Sendable {
        case error(sqlState: String)
        case result(Result)
    }

    package struct Result: Sendable {
        package var columns: [Column]
        package var rows: [[String?]]
        package var mode: Mode
        /// The outermost query has an ORDER BY.
        package var isOrdered: Bool
        package var steps: [Step]
    }

    package enum Mode: String, Sendable {
        /// The table after all input.
        case final
        /// The table after all input, and no row was ever taken back.
        case append
        /// The table that the changelog makes.
        case changelog
        /// The change of each transaction.
        case deltaSteps = "delta_steps"
    }

    package struct Step: Sendable {
        package var number: Int
        package var delta: [(weight: Int64, row: [String?])]
    }

    /// Steps in ascending order, as rows and expectations name them.
    package var stepNumbers: [Int] {
        var numbers = Set(inputs.compactMap(\.step))
        if case .result(let result) = expectation { numbers.formUnion(result.steps.map(\.number)) }
        return numbers.sorted()
    }
}
