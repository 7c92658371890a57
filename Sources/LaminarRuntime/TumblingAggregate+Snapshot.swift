extension TumblingAggregate {
    /// Writes watermark, counters and the open windows that have groups.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermark)
        tally.encode(to: &writer)
        let open = panes.filter { $0.table.pointee.count > 0 }
        writer.write(UInt64(open.count))
        for pane in open {
            writer.write(pane.index)
            pane.table.pointee.encode(to: &writer)
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        for pane in panes { GroupTable.destroy(pane.table) }
        panes = []
        divertedRows = []
        currentLower = .max
        currentUpper = .min
        currentTable = nil
        watermarkSoFar = noWatermark
        closed = windows.index(of: .min)
        tally = OperatorCounters()
        setClosingTime()

        let watermark = try reader.readInteger(Int64.self)
        let restored = try OperatorCounters(from: &reader)
        let count = try reader.readCount(bytesEach: 16)
        let reached =
            watermark == endOfInput ? Int64.max : windows.index(of: saturatingSubtract(watermark, lateness))
        for _ in 0..<count {
            let index = try reader.readInteger(Int64.self)
            guard index >= reached, panes.last.map({ $0.index < index }) ?? true else {
                throw .corrupt("windows are out of order or closed")
            }
            let table = makeTable()
            panes.append(Pane(index: index, table: table))
            try table.pointee.decode(from: &reader)
        }
        watermarkSoFar = watermark
        closed = reached
        tally = restored
        setClosingTime()
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
