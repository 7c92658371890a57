/// How windows are closed and come out.
extension WindowAggregate {
    @usableFromInline mutating func setNextWatermark() {
        nextWatermark = closed == .max ? .max : saturatingAdd(windows.end(of: closed), lateness)
        if emission == .afterWatermark, watermarkSoFar != endOfInput {
            nextWatermark = min(nextWatermark, windows.end(of: windows.index(of: watermarkSoFar)))
        }
        guard case .rows(let delay) = mode, closed != .max else {
            closingTime = .max
            return
        }
        closingTime = saturatingAdd(nextWatermark, delay)
    }

    /// Raises the watermark, if it is higher; gives out the windows that it makes due, forgets those that it closes.
    @inlinable @inline(never) mutating func raise(
        to watermark: Int64, into output: ColumnBatch
    ) throws(PipelineError) {
        if watermark <= watermarkSoFar { return }
        let before = watermarkSoFar
        let reached = watermark == endOfInput ? .max : windows.index(of: saturatingSubtract(watermark, lateness))
        if emission.recordsChanges {
            if watermark < nextWatermark {
                watermarkSoFar = watermark
                return
            }
            // What has come in is part of the result before windows are forgotten.
            try showChanges(into: output)
            watermarkSoFar = watermark
            if emission == .afterWatermark { try showDue(from: before, into: output) }
        }
        watermarkSoFar = watermark
        if reached <= closed {
            setNextWatermark()
            return
        }
        currentLower = .max
        currentUpper = .min
        current = nil
        map.clear()
        let rowsBefore = output.rowCount
        while let next = panes.first, max(next.pane.first, closed) < reached {
            closed = max(next.pane.first, closed)
            try close(into: output)
            closed &+= 1
            panes.removeAll(before: closed)
        }
        closed = reached
        panes.compactKeysIfNeeded()
        setNextWatermark()
        if output.rowCount > rowsBefore { output.appendStep(outputWatermark) }
    }

    /// Gives out the window `closed`, which closes, unless it has come out; passes on what the next one builds on.
    @inlinable mutating func close(into output: ColumnBatch) throws(PipelineError) {
        if !emission.isUpdating {
            if emission.recordsChanges {
                try showWhole(closed, into: output)
            } else {
                try fire(closed, into: output)
            }
        }
        guard windows.cumulates, let last = panes.first?.pane.last, last > closed else { return }
        let next = panes.open(windows.pane(of: windows.start(of: closed &+ 1)))
        while let pane = panes.first, pane.pane.first <= closed {
            mergePane(pane, into: next)
            panes.removeFirst()
        }
    }

    @inlinable func mergePane(_ source: OpenPane, into target: OpenPane) {
        let count = source.table.pointee.count
        target.table.pointee.cover(count)
        program.merge(
            source.table.pointee.accumulators, into: target.table.pointee.accumulators, count: count,
            stride: source.table.pointee.accumulatorBytes, &target.table.pointee.arena)
        target.table.pointee.unitePresence(with: source.table)
        if let theirs = source.changes { target.changes?.pointee.addRows(of: theirs, count: count) }
    }

    /// Emits a window whose result is never taken back.
    @inlinable mutating func fire(_ window: Int64, into output: ColumnBatch) throws(PipelineError) {
        guard let first = panes.first else { return }
        var table = first.table
        if panes.sharesKeys {
            let count = panes.count(of: window)
            if count > 1 {
                panes.sum.pointee.copyRecords(of: table)
                for position in 1..<count {
                    let other = panes[position].table
                    panes.sum.pointee.cover(other.pointee.count)
                    program.merge(
                        other.pointee.accumulators, into: panes.sum.pointee.accumulators, count: other.pointee.count,
                        stride: other.pointee.accumulatorBytes, &panes.sum.pointee.arena)
                    panes.sum.pointee.unitePresence(with: other)
                }
                table = panes.sum
            }
            try emit(panes.denseGroups(of: table), windows.bounds(of: window), into: output)
        } else {
            try emit(GroupSlice(table), windows.bounds(of: window), into: output)
        }
    }

    @inlinable mutating func emit(
        _ groups: GroupSlice, _ bounds: WindowBounds, into output: ColumnBatch
    ) throws(PipelineError) {
        let before = output.rowCount
        output.reserve(groups.count)
        var fault = Fault()
        program.emit(groups, bounds, into: output, origins: nil, &fault)
        if _slowPath(fault.isRaised) {
            output.truncate(to: before)
            if drops.policies.evaluationError == .fail { throw PipelineError(fault) }
            emitOneByOne(groups, bounds, into: output)
        }
        drops.tally.rowsOut &+= Int64(output.rowCount &- before)
    }

    /// Emits the groups of a window without those whose result fails.
    @inlinable @inline(never) mutating func emitOneByOne(
        _ groups: GroupSlice, _ bounds: WindowBounds, into output: ColumnBatch
    ) {
        for group in 0..<groups.count {
            let before = output.rowCount
            var fault = Fault()
            program.emit(groups[group], bounds, into: output, origins: nil, &fault)
            if fault.isRaised {
                output.truncate(to: before)
                drops.tally.evaluationErrors &+= 1
            }
        }
    }
}
