public import LaminarState

extension EventTimeOver {
    /// Writes the watermark, the counters, and of each partition that is remembered its counts and its rows in order,
    /// with the numbers of their arrival.
    public mutating func encode(to writer: inout StateWriter) {
        if forgotten > 0 { keepRemembered() }
        writer.write(watermarkSoFar)
        writer.write(nextArrival)
        tally.encode(to: &writer)
        table.encode(to: &writer)
        for partition in partitions {
            for count in [partition.given, partition.rowsBefore, partition.groupsBefore] { writer.write(Int64(count)) }
            for list in [partition.head, partition.rows] {
                writer.write(UInt64(list.count))
                for slot in list {
                    writer.write(arrivals[Int(slot)])
                    rows.encode(slot, to: &writer)
                }
            }
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        reset()
        do throws(StateError) {
            watermarkSoFar = try reader.readInteger(Int64.self)
            nextArrival = try reader.readInteger(Int64.self)
            tally = try OperatorCounters(from: &reader)
            try table.decode(from: &reader)
            for _ in 0..<table.count {
                var partition = Partition()
                let given = try reader.readInteger(Int64.self)
                let rowsBefore = try reader.readInteger(Int64.self)
                let groupsBefore = try reader.readInteger(Int64.self)
                partition.head = try restoreRows(from: &reader)
                partition.rows = try restoreRows(from: &reader)
                guard let given = Int(exactly: given), let rowsBefore = Int(exactly: rowsBefore),
                    let groupsBefore = Int(exactly: groupsBefore), (0...partition.rows.count).contains(given)
                else { throw .corrupt("a partition has counted wrongly") }
                partition.given = given
                partition.rowsBefore = rowsBefore
                partition.groupsBefore = groupsBefore
                partition.passed = given
                while partition.passed < partition.rows.count, hasPassed(time(of: partition.rows[partition.passed])) {
                    partition.passed += 1
                }
                if partition.given < partition.passed { partition.waiting = time(of: partition.rows[partition.given]) }
                partitions.append(partition)
            }
        } catch {
            reset()
            throw error
        }
        restartTimers()
        if watermarkSoFar != noWatermark { watermarkGiven = watermarkSoFar == endOfInput ? endOfInput : outputWatermark }
    }

    private mutating func restoreRows(from reader: inout StateReader) throws(StateError) -> [Int32] {
        // A row takes its number and at least a byte a result; its columns may have been fewer.
        let count = try reader.readCount(bytesEach: 8 + calls.count)
        var list: [Int32] = []
        for _ in 0..<count {
            let arrival = try reader.readInteger(Int64.self)
            let slot = try rows.restoreRow(from: &reader)
            while arrivals.count <= Int(slot) { arrivals.append(0) }
            arrivals[Int(slot)] = arrival
            list.append(slot)
        }
        return list
    }

    private mutating func reset() {
        watermarkSoFar = noWatermark
        watermarkGiven = noWatermark
        nextArrival = 0
        tally = OperatorCounters()
        table.clear()
        rows.clear()
        arrivals = []
        partitions = []
        forgotten = 0
        restartTimers()
    }
}
