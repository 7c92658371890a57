/// Compares bags of rows by the rules of `CellComparison` for each column.
package struct RowComparison: Sendable {
    private let columns: [CellComparison]

    /// - Parameter width: the rows' own width; columns beyond the declared types are of unknown type.
    package init(types: [String], width: Int) {
        let missing = max(0, width - types.count)
        columns = (types + Array(repeating: "unknown", count: missing)).map(CellComparison.init(type:))
    }

    package func areEqual(_ a: [String?], _ b: [String?]) -> Bool {
        guard a.count == b.count else { return false }
        for (index, column) in columns.enumerated() where index < a.count {
            if !column.areEqual(a[index], b[index]) { return false }
        }
        return true
    }

    /// What is missing from `actual` and what is too much in it, for equal multiplicities; nil if the bags are equal.
    package func difference(expected: [[String?]], actual: [[String?]]) -> (missing: [[String?]], surplus: [[String?]])? {
        let first = sorted(expected)
        let second = sorted(actual)
        if first.count == second.count, zip(first, second).allSatisfy({ areEqual($0, $1) }) { return nil }
        // Approximate numbers may sort apart, so pair what is left row by row.
        var rest = second
        var missing: [[String?]] = []
        for row in first {
            if let index = rest.firstIndex(where: { areEqual(row, $0) }) {
                rest.remove(at: index)
            } else {
                missing.append(row)
            }
        }
        return missing.isEmpty && rest.isEmpty ? nil : (missing, rest)
    }

    /// The first position at which two lists of rows differ in a column; the lists are as long as each other.
    package func firstDifference(inColumn column: Int, expected: [[String?]], actual: [[String?]]) -> Int? {
        guard column < columns.count else { return nil }
        for index in expected.indices {
            guard column < expected[index].count, column < actual[index].count else { continue }
            if !columns[column].areEqual(expected[index][column], actual[index][column]) { return index }
        }
        return nil
    }

    private func sorted(_ rows: [[String?]]) -> [[String?]] {
        rows.map { row in
            let key = row.enumerated().map { index, cell in
                index < columns.count ? cell.map { columns[index].normalised($0) } : cell
            }
            return (key, row)
        }.sorted { a, b in
            for (x, y) in zip(a.0, b.0) where x != y {
                guard let x else { return false }
                guard let y else { return true }
                return x.utf8.lexicographicallyPrecedes(y.utf8)
            }
            return a.0.count < b.0.count
        }.map(\.1)
    }
}
