/// What is done to a pipeline in the course of a case, in order.
package enum InputAction: Equatable, Sendable {
    /// Rows of one table, by their positions in the case's order of arrival.
    case push(table: String, rows: Range<Int>)
    /// A day of processing time passes: what waits for the clock comes out before the restart that follows.
    case passTime
    /// Take a checkpoint, drop the pipeline, build it anew and restore it.
    case restart
    /// What has come out since the last one is the change of this step.
    case endStep(Int)
}

/// Cuts the rows of a case into batches.
///
/// A batch is a run of rows of one table in their order of arrival. It ends at the configured length, where a phase or
/// a step ends, and where a restore was asked for.
package func inputSchedule(of testCase: TestCase, _ configuration: CaseConfiguration) -> [InputAction] {
    let rows = testCase.inputs
    var generator = SeededGenerator("\(configuration.seed)/\(testCase.id)")
    let restartAt: Int? =
        switch configuration.restore {
        case .never: nil
        case .at(let row): min(row, rows.count)
        case .random: Int.random(in: 0...rows.count, using: &generator)
        }
    // Processing time is read row by row, so a longer batch would be another input, not another cut of the same one.
    let readsClock = testCase.features.contains("processing_time")
    var steps = testCase.stepNumbers[...]
    var actions: [InputAction] = []
    var start = 0
    while start < rows.count {
        let first = rows[start]
        // Steps before this row's that have no rows left are over.
        while let step = steps.first, step < first.step ?? Int.min {
            actions.append(.endStep(step))
            steps.removeFirst()
        }
        if start > 0, first.isAfterRestart, !rows[start - 1].isAfterRestart {
            if readsClock { actions.append(.passTime) }
            actions.append(.restart)
        }
        if start == restartAt { actions.append(.restart) }
        let limit =
            switch configuration.batching {
            case _ where readsClock: 1
            case .rows(let count): count
            case .all: rows.count
            case .random: Int.random(in: 1...16, using: &generator)
            }
        var end = start + 1
        while end < rows.count, end - start < limit, end != restartAt, rows[end].table == first.table,
            rows[end].step == first.step, rows[end].isAfterRestart == first.isAfterRestart
        {
            end += 1
        }
        actions.append(.push(table: first.table, rows: start..<end))
        start = end
    }
    for step in steps { actions.append(.endStep(step)) }
    if restartAt == rows.count { actions.append(.restart) }
    return actions
}
