import LaminarExpressions
import LaminarPlan
import LaminarTypes

extension ReferenceEvaluation {
    /// At each moment the join of the rows that either side has then.
    func joined(
        _ left: Timeline, _ right: Timeline, _ join: Join, _ leftWidth: Int, _ rightWidth: Int
    ) throws(ReferenceError) -> Timeline {
        var leftRows = Contents()
        var rightRows = Contents()
        /// By the numbers of a left and a right row.
        var matches: [Pair: Bool] = [:]
        var shown: [[Value]] = []
        var result = left
        for index in left.moments.indices {
            let hasChanges = !left.moments[index].changes.isEmpty || !right.moments[index].changes.isEmpty
            result.moments[index].changes = []
            result.moments[index].watermark = earlier(left.moments[index].watermark, right.moments[index].watermark)
            guard hasChanges else { continue }
            try leftRows.apply(left.moments[index].changes)
            try rightRows.apply(right.moments[index].changes)
            if join.readsLatest {
                result.moments[index].changes = try meeting(rightRows, left.moments[index].changes, join, rightWidth)
                continue
            }
            var rows: [[Value]] = []
            var matched: Set<Int> = []
            for (leftID, leftRow) in leftRows.rows {
                var hasMatch = false
                for (rightID, rightRow) in rightRows.rows {
                    let pair = Pair(left: leftID, right: rightID)
                    if matches[pair] == nil { matches[pair] = try isMatch(leftRow, rightRow, join) }
                    guard matches[pair] == true else { continue }
                    hasMatch = true
                    matched.insert(rightID)
                    if !join.kind.isFiltering { rows.append(leftRow + rightRow) }
                }
                switch join.kind {
                case .semi where hasMatch, .anti where !hasMatch: rows.append(leftRow)
                case .left where !hasMatch, .full where !hasMatch:
                    rows.append(leftRow + Array(repeating: .null, count: rightWidth))
                default: break
                }
            }
            if join.kind == .right || join.kind == .full {
                for (rightID, rightRow) in rightRows.rows where !matched.contains(rightID) {
                    rows.append(Array(repeating: .null, count: leftWidth) + rightRow)
                }
            }
            result.moments[index].changes = difference(from: shown, to: rows)
            shown = rows
        }
        return result
    }
}

/// What left rows that come give with the right rows there are.
private func meeting(
    _ rows: Contents, _ changes: [ReferenceChange], _ join: Join, _ rightWidth: Int
) throws(ReferenceError) -> [ReferenceChange] {
    var result: [ReferenceChange] = []
    for change in changes {
        guard change.weight > 0 else { throw .unsupported("taking back a row whose join is forgotten") }
        var hasMatch = false
        for (_, row) in rows.rows where try isMatch(change.row, row, join) {
            hasMatch = true
            result.append(ReferenceChange(weight: change.weight, row: change.row + row))
        }
        if !hasMatch && join.kind == .left {
            result.append(
                ReferenceChange(weight: change.weight, row: change.row + Array(repeating: .null, count: rightWidth)))
        }
    }
    return result
}

/// Whether the keys and the condition of a join let two rows meet.
func isMatch(_ left: [Value], _ right: [Value], _ join: Join) throws(ReferenceError) -> Bool {
    for key in join.keys {
        let (a, b) = (try evaluate(key.left, left), try evaluate(key.right, right))
        if a.isNull || b.isNull {
            guard key.nullsAreEqual, a.isNull, b.isNull else { return false }
        } else if !a.isSameKey(as: b) {
            return false
        }
    }
    guard let residual = join.residual else { return true }
    return try isTrue(residual, left + right)
}

private struct Pair: Hashable {
    var left: Int
    var right: Int
}

extension Contents {
    mutating func apply(_ changes: [ReferenceChange]) throws(ReferenceError) {
        for change in changes {
            for _ in 0..<change.weight.magnitude {
                if change.weight > 0 { _ = insert(change.row) } else { _ = try remove(change.row) }
            }
        }
    }
}
