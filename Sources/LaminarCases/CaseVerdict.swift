/// What a case did, before it is judged.
package enum CaseObservation: Sendable {
    /// It failed when it was compiled or run.
    case error(sqlState: String, message: String)
    case output(Output)

    package struct Output: Sendable {
        /// The changelog in order of emission.
        package var changes: [Change]
        /// Changes by step, consolidated, as positions of `stepNumbers`; only for cases with steps.
        package var steps: [[Change]]
        /// The table at the end; ordered and cut as the outermost query says.
        package var rows: [[String?]]
        /// Columns by which the outermost query orders, where they are in the result.
        package var orderingColumns: [Int]

        package init(
            changes: [Change], steps: [[Change]] = [], rows: [[String?]], orderingColumns: [Int] = []
        ) {
            self.changes = changes
            self.steps = steps
            self.rows = rows
            self.orderingColumns = orderingColumns
        }
    }

    package struct Change: Sendable, Equatable {
        package var weight: Int64
        package var row: [String?]

        package init(weight: Int64, row: [String?]) {
            self.weight = weight
            self.row = row
        }
    }
}

/// Whether a case did what it should.
package enum CaseVerdict: Sendable, Equatable {
    case passed
    case failed(String)
    /// It needs something that is not there yet (SQLSTATE 0A000); it counts as failed.
    case unsupported(String)
    case skipped(tag: String)
    /// It ended the process that ran it.
    case crashed(String)
    case timedOut(String)
    /// Its generated code did not compile.
    case notBuilt(String)
}

extension CaseVerdict {
    /// Judges what a case did by what its author expects.
    package init(of testCase: TestCase, _ observation: CaseObservation) {
        switch (testCase.expectation, observation) {
        case (_, .error("0A000", let message)):
            self = .unsupported(message)
        case (.error(let expected), .error(let state, let message)):
            let matches = state.utf8.count == 5 && state.utf8.prefix(2).elementsEqual(expected.utf8.prefix(2))
            self = matches ? .passed : .failed("expected error \(expected), got \(state): \(message)")
        case (.error(let expected), .output(let output)):
            self = .failed("expected error \(expected), got \(count(output.rows.count, "row"))")
        case (.result, .error(let state, let message)):
            self = .failed("error \(state): \(message)")
        case (.result(let expected), .output(let output)):
            self = Self.compare(expected, output, stepNumbers: testCase.stepNumbers)
        }
    }

    private static func compare(
        _ expected: TestCase.Result, _ output: CaseObservation.Output, stepNumbers: [Int]
    ) -> CaseVerdict {
        let types = expected.columns.map(\.type)
        if expected.mode == .append, let change = output.changes.first(where: { $0.weight < 0 }) {
            return .failed("an append-only query took back \(rendered([change.row]))")
        }
        if expected.mode == .deltaSteps {
            for step in expected.steps {
                let index = stepNumbers.firstIndex(of: step.number)
                let actual = index.flatMap { $0 < output.steps.count ? output.steps[$0] : nil } ?? []
                let width = step.delta.first?.row.count ?? types.count
                let comparison = RowComparison(types: ["bigint"] + types, width: width + 1)
                let expectedRows = step.delta.map { [String($0.weight)] + $0.row }
                let actualRows = actual.map { [String($0.weight)] + $0.row }
                if let difference = comparison.difference(expected: expectedRows, actual: actualRows) {
                    return .failed("step \(step.number): \(described(difference))")
                }
            }
            return .passed
        }
        let comparison = RowComparison(types: types, width: expected.rows.first?.count ?? 0)
        if let difference = comparison.difference(expected: expected.rows, actual: output.rows) {
            return .failed(
                "\(described(difference)) (\(expected.rows.count) expected, \(output.rows.count) came out)")
        }
        if expected.isOrdered {
            for column in output.orderingColumns {
                if let index = comparison.firstDifference(
                    inColumn: column, expected: expected.rows, actual: output.rows)
                {
                    return .failed("the order differs from row \(index + 1) on")
                }
            }
        }
        return .passed
    }

    private static func described(_ difference: (missing: [[String?]], surplus: [[String?]])) -> String {
        var parts: [String] = []
        if !difference.missing.isEmpty { parts.append("missing \(rendered(difference.missing))") }
        if !difference.surplus.isEmpty { parts.append("unexpected \(rendered(difference.surplus))") }
        return parts.joined(separator: ", ")
    }

    private static func rendered(_ rows: [[String?]]) -> String {
        let shown = rows.prefix(3).map { row in
            "(" + row.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ") + ")"
        }
        return shown.joined(separator: " ") + (rows.count > 3 ? " and \(rows.count - 3) more" : "")
    }
}

private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

extension CaseVerdict {
    /// One word and, for what did not pass, why.
    package var parts: (word: String, cause: String) {
        switch self {
        case .passed: ("passed", "")
        case .failed(let cause): ("failed", cause)
        case .unsupported(let cause): ("unsupported", cause)
        case .skipped(let tag): ("skipped", tag)
        case .crashed(let cause): ("crashed", cause)
        case .timedOut(let cause): ("timed out", cause)
        case .notBuilt(let cause): ("not built", cause)
        }
    }

    package init?(word: String, cause: String) {
        switch word {
        case "passed": self = .passed
        case "failed": self = .failed(cause)
        case "unsupported": self = .unsupported(cause)
        case "skipped": self = .skipped(tag: cause)
        case "crashed": self = .crashed(cause)
        case "timed out": self = .timedOut(cause)
        case "not built": self = .notBuilt(cause)
        default: return nil
        }
    }
}
