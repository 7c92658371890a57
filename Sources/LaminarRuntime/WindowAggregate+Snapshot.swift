extension WindowAggregate {
    /// Writes watermark, counters and the open panes that have groups.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermark)
        drops.tally.encode(to: &writer)
        panes.encode(to: &writer)
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        panes.clear()
        map.clear()
        drops = RowDrops(drops.policies)
        currentLower = .max
        currentUpper = .min
        current = nil
        watermarkSoFar = noWatermark
        closed = windows.index(of: .min)
        setNextWatermark()

        let watermark = try reader.readInteger(Int64.self)
        let restored = try OperatorCounters(from: &reader)
        var reached = closed
        if watermark == endOfInput {
            reached = .max
        } else if watermark != noWatermark {
            reached = windows.index(of: saturatingSubtract(watermark, lateness))
        }
        do throws(StateError) {
            try panes.restore(from: &reader) { [windows] time in
                let pane = windows.pane(of: time)
                return pane.last >= reached && pane.first <= pane.last ? pane : nil
            }
        } catch {
            panes.clear()
            throw error
        }
        watermarkSoFar = watermark
        closed = reached
        drops.tally = restored
        setNextWatermark()
    }
}

extension OperatorCounters {
    func encode(to writer: inout StateWriter) {
        for value in [rowsIn, rowsOut, lateRows, nullEventTimes, evaluationErrors, unmatchedRetractions] {
            writer.write(value)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        self.init()
        rowsIn = try reader.readInteger(Int64.self)
        rowsOut = try reader.readInteger(Int64.self)
        lateRows = try reader.readInteger(Int64.self)
        nullEventTimes = try reader.readInteger(Int64.self)
        evaluationErrors = try reader.readInteger(Int64.self)
        unmatchedRetractions = try reader.readInteger(Int64.self)
    }
}
