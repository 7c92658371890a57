/// A changelog that no table can have: why.
package struct ChangelogError: Error, Equatable, CustomStringConvertible {
    package var description: String
}

/// The table that a changelog makes.
///
/// - Parameter key: positions of the columns by which the sink upserts; nil: rows count by their multiplicity.
package func materialised(
    _ changes: [CaseObservation.Change], key: [Int]? = nil
) throws(ChangelogError) -> [[String?]] {
    if let key {
        var positions: [[String?]: Int] = [:]
        var rows: [[String?]?] = []
        for change in changes where change.weight != 0 {
            let identity = key.map { $0 < change.row.count ? change.row[$0] : nil }
            if let position = positions[identity] {
                rows[position] = change.weight > 0 ? change.row : nil
            } else if change.weight > 0 {
                positions[identity] = rows.count
                rows.append(change.row)
            }
        }
        return rows.compactMap { $0 }
    }
    var result: [[String?]] = []
    for change in consolidated(changes) {
        if change.weight < 0 { throw ChangelogError(description: "a row was taken back that had never come out") }
        for _ in 0..<change.weight { result.append(change.row) }
    }
    return result
}

/// One change for each row whose weights do not cancel, in order of first appearance.
package func consolidated(_ changes: [CaseObservation.Change]) -> [CaseObservation.Change] {
    var positions: [[String?]: Int] = [:]
    var result: [CaseObservation.Change] = []
    for change in changes {
        if let position = positions[change.row] {
            result[position].weight &+= change.weight
        } else {
            positions[change.row] = result.count
            result.append(change)
        }
    }
    return result.filter { $0.weight != 0 }
}
