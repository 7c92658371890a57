/// The simplest case that `fails` and can be reached from a failing one by leaving out rows, columns and pieces of SQL.
///
/// - Parameter budget: the most cases that are tried.
package func shrunk(_ failing: RandomCase, budget: Int = 400, fails: (RandomCase) -> Bool) -> RandomCase {
    var best = failing
    var left = budget
    func accepts(_ candidate: RandomCase) -> Bool {
        left -= 1
        guard left >= 0, fails(candidate) else { return false }
        best = candidate
        return true
    }
    var isShrinking = true
    while isShrinking, left > 0 {
        isShrinking = false
        // Rows: halves, then quarters, down to single ones.
        var size = max(1, best.rows.count / 2)
        while size >= 1 {
            var start = 0
            while start < best.rows.count {
                var candidate = best
                candidate.rows.removeSubrange(start..<min(start + size, best.rows.count))
                if accepts(candidate) { isShrinking = true } else { start += size }
            }
            size /= 2
        }
        var wasSimplified = true
        while wasSimplified {
            wasSimplified = false
            for simpler in best.query.simplifications {
                var candidate = best
                candidate.query = simpler
                if accepts(candidate) {
                    wasSimplified = true
                    isShrinking = true
                    break
                }
            }
        }
        for table in best.tables.indices {
            for column in best.tables[table].columns.indices.reversed() where best.tables[table].columns.count > 1 {
                var candidate = best
                candidate.tables[table].columns.remove(at: column)
                for row in candidate.rows.indices where candidate.rows[row].table == candidate.tables[table].name {
                    candidate.rows[row].cells.remove(at: column)
                }
                if accepts(candidate) { isShrinking = true }
            }
        }
    }
    return best
}

extension RandomCase {
    /// The case as a person reads it.
    package var description: String {
        let lines = rows.map { row in
            "  \(row.isDeletion ? "-D" : "+I") \(row.table) (\(row.cells.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ")))"
        }
        return tables.map { $0.definition + ";\n" }.joined() + query.sql + ";\n" + lines.joined(separator: "\n")
            + (endsInput ? "\n" : "\n(the input stays open)\n")
    }
}
