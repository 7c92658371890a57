public import LaminarColumns

extension RunningAggregate {
    /// Does what is due at a time of the clock, microseconds since the epoch: takes groups back whose time is over.
    public mutating func tick(at now: Int64, into output: ColumnBatch) throws(PipelineError) {
        self.now = now
        guard let timeToLive, let nextEnd, nextEnd <= now else { return }
        while touchTimes.count < table.pointee.count { touchTimes.append(now) }
        let isOver = touchTimes.map { timeToLive.end(of: $0) <= now }
        let changes = changes
        // Groups that were never part of the result go without a word.
        for group in isOver.indices where isOver[group] && changes.pointee.rowCount(group) > 0 {
            changes.pointee.willChange(group, table, 0 &- changes.pointee.rowCount(group))
        }
        try emitChanges(isFirst: false, into: output)
        let kept = isOver.indices.filter { !isOver[$0] }
        if kept.count < isOver.count {
            let (rows, times) = (kept.map { changes.pointee.rowCount($0) }, touchTimes)
            table.pointee.remove { isOver[$0] }
            changes.pointee.restore(rows: rows)
            touchTimes = kept.map { times[$0] }
        }
        self.nextEnd = touchTimes.min().map { timeToLive.end(of: $0) }
    }

    /// When the next group may go.
    public var nextTimer: Int64? { nextEnd }

    mutating func noteTouch(_ group: Int) {
        guard let timeToLive else { return }
        while touchTimes.count <= group { touchTimes.append(now) }
        touchTimes[group] = now
        let end = timeToLive.end(of: now)
        nextEnd = min(nextEnd ?? end, end)
    }
}
