import LaminarPlan
import LaminarTypes

extension ReferenceEvaluation {
    /// The last row of each key.
    func byKey(_ input: Timeline, _ keyed: KeyedChanges) throws(ReferenceError) -> Timeline {
        func key(_ row: [Value]) -> [Value] { keyed.key.map { row[$0] } }
        var rows: [[Value]] = []
        var result = input
        for index in input.moments.indices {
            result.moments[index].changes = []
            for change in input.moments[index].changes {
                let before = rows
                let found = rows.firstIndex { areSame(key($0), key(change.row)) }
                if change.weight > 0 {
                    if let found {
                        if keyed.input == .full { throw ReferenceError("23505", "a row with this key is there already") }
                        rows.remove(at: found)
                    }
                    rows.append(change.row)
                } else if let found {
                    if keyed.input == .full, rows[found] != change.row {
                        throw ReferenceError("02000", "a row is taken back in another form")
                    }
                    rows.remove(at: found)
                } else if keyed.input == .full {
                    throw ReferenceError("02000", "a row is taken back that is not there")
                }
                result.moments[index].changes += difference(from: before, to: rows)
            }
        }
        return result
    }
}
