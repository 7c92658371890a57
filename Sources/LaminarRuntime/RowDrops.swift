/// The rows that an operator counts, and those that it keeps out.
public struct RowDrops {
    public let policies: RowPolicies
    @usableFromInline var tally = OperatorCounters()
    @usableFromInline var diverted: [DivertedRow] = []

    @inlinable init(_ policies: RowPolicies) { self.policies = policies }

    @inlinable mutating func beginBatch(rows: Int) {
        if !diverted.isEmpty { diverted.removeAll(keepingCapacity: true) }
        tally.rowsIn &+= Int64(rows)
    }

    /// Drops a row whose event time is NULL, or failed with `timeFault`, if it passes the query's filter.
    @inlinable @inline(never) mutating func dropUntimed<Program: AggregateProgram>(
        _ program: Program, _ columns: Program.Columns, _ row: Int, _ timeFault: Fault, _ scratch: inout Arena
    ) throws(PipelineError) {
        var fault = timeFault
        let passes = fault.isRaised || program.passes(columns, row, &scratch, &fault)
        if fault.isRaised {
            try dropFailed(row, fault)
        } else if passes {
            if policies.nullEventTime == .fail { throw PipelineError.nullEventTime(row: row) }
            tally.nullEventTimes &+= 1
            if policies.nullEventTime == .divert {
                diverted.append(
                    DivertedRow(row: row, reason: .nullEventTime, error: PipelineError.nullEventTime(row: row)))
            }
        }
    }

    /// Counts a row that is late for `windows` windows, if it passes the query's filter.
    @inlinable @inline(never) mutating func dropLate<Program: AggregateProgram>(
        _ program: Program, _ columns: Program.Columns, _ row: Int, windows: Int64 = 1, _ scratch: inout Arena
    ) throws(PipelineError) {
        var fault = Fault()
        let passes = program.passes(columns, row, &scratch, &fault)
        if fault.isRaised {
            try dropFailed(row, fault)
        } else if passes {
            tally.lateRows &+= windows
            if policies.lateRow == .divert {
                for _ in 0..<windows { diverted.append(DivertedRow(row: row, reason: .late)) }
            }
        }
    }

    /// Counts the windows that a row misses which still counts in others, if it passes the query's filter.
    @inlinable @inline(never) mutating func noteMissed<Program: AggregateProgram>(
        _ program: Program, _ columns: Program.Columns, _ row: Int, windows: Int64, _ scratch: inout Arena
    ) {
        var fault = Fault()
        // A row that fails is dealt with where it is counted in.
        guard program.passes(columns, row, &scratch, &fault), !fault.isRaised else { return }
        tally.lateRows &+= windows
        if policies.lateRow == .divert {
            for _ in 0..<windows { diverted.append(DivertedRow(row: row, reason: .late)) }
        }
    }

    @usableFromInline mutating func dropFailed(_ row: Int, _ fault: Fault) throws(PipelineError) {
        if policies.evaluationError == .fail { throw PipelineError(fault, row: row) }
        tally.evaluationErrors &+= 1
        if policies.evaluationError == .divert {
            diverted.append(DivertedRow(row: row, reason: .evaluationError, error: PipelineError(fault, row: row)))
        }
    }
}

/// Refuses rows of negative weight where a program cannot take rows back.
@usableFromInline func requireRetractable(
    _ weights: UnsafePointer<Int64>, _ rows: Int
) throws(PipelineError) {
    for row in 0..<rows where weights[row] < 0 { throw .retractionNotSupported(row: row) }
}
