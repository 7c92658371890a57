/// Where the old and the new form of groups are put together.
struct ChangeEmitter: ~Copyable {
    var gathered: GroupChanges
    /// One accumulator record that is being added up, and its strings.
    let record: UnsafeMutableRawPointer
    let recordBytes: Int
    var arena = Arena()
    /// The groups that a window's panes have touched, each once.
    var touched: [Int] = []
    var isTouched: [Bool] = []

    init(layout: GroupTableLayout) {
        gathered = GroupChanges(layout: layout)
        recordBytes = layout.accumulatorBytes
        record = .allocate(byteCount: max(layout.accumulatorBytes, 16), alignment: 16)
    }

    deinit { record.deallocate() }

    mutating func clear() {
        gathered.clear()
        arena.resetIfUsed()
    }
}

extension WindowAggregate {
    private func isShown(_ window: Int64) -> Bool {
        emission == .changes || windows.end(of: window) <= watermarkSoFar
    }

    /// Gives out what has changed in windows that are part of the result, and forgets what they were before.
    @usableFromInline mutating func showChanges(into output: ColumnBatch) throws(PipelineError) {
        if emission.isUpdating {
            var window = closed
            for position in 0..<panes.count {
                let open = panes[position]
                guard let recorder = open.changes, recorder.pointee.touchedCount > 0 else { continue }
                window = max(window, open.pane.first)
                while window <= open.pane.last {
                    if isShown(window) {
                        if panes.sharesKeys {
                            try showMergedChanges(window, into: output)
                        } else {
                            try showOwnChanges(open, recorder, into: output)
                        }
                    }
                    window += 1
                }
            }
        }
        for position in 0..<panes.count {
            guard let recorder = panes[position].changes, recorder.pointee.touchedCount > 0 else { continue }
            recorder.pointee.reset(groupCount: panes[position].table.pointee.count)
            // The next batch remembers records whose bags must stay as they are.
            panes[position].table.pointee.arena.generation &+= 1
        }
    }

    /// What has changed in a window that is one pane.
    private mutating func showOwnChanges(
        _ open: OpenPane, _ recorder: UnsafeMutablePointer<ChangeRecorder>, into output: ColumnBatch
    ) throws(PipelineError) {
        changes.clear()
        changes.gathered.gather(recorder.pointee.touchedGroups(of: open.table))
        try emitChanges(windows.bounds(of: open.pane.first), into: output)
    }

    /// What has changed in a window of several panes: each touched group is added up as it was and as it is.
    private mutating func showMergedChanges(_ window: Int64, into output: ColumnBatch) throws(PipelineError) {
        changes.clear()
        let positions = panes.positions(of: window)
        let keys = panes.dictionary
        changes.touched.removeAll(keepingCapacity: true)
        while changes.isTouched.count < keys.pointee.count { changes.isTouched.append(false) }
        for position in positions {
            guard let recorder = panes[position].changes else { continue }
            recorder.pointee.indexPositions()
            for index in 0..<recorder.pointee.touchedCount {
                let group = Int(recorder.pointee.touched[index])
                if changes.isTouched[group] { continue }
                changes.isTouched[group] = true
                changes.touched.append(group)
            }
        }
        for index in changes.touched.indices {
            let group = changes.touched[index]
            changes.isTouched[group] = false
            if addUp(group, positions, before: true) > 0 {
                changes.gathered.append(index, isOld: true, keys.pointee.key(group), changes.record)
            }
            if addUp(group, positions, before: false) > 0 {
                changes.gathered.append(index, isOld: false, keys.pointee.key(group), changes.record)
            }
        }
        try emitChanges(windows.bounds(of: window), into: output)
    }

    /// Adds up a group's records of some panes, now or before the batch; returns how many rows it has.
    private mutating func addUp(_ group: Int, _ positions: Range<Int>, before: Bool) -> Int64 {
        changes.record.initializeMemory(as: UInt8.self, repeating: 0, count: changes.recordBytes)
        var rows: Int64 = 0
        for position in positions {
            let open = panes[position]
            guard let recorder = open.changes, group < open.table.pointee.count else { continue }
            var record = UnsafeRawPointer(open.table.pointee.accumulator(group))
            var count = recorder.pointee.rowCount(group)
            if before, let place = recorder.pointee.position(of: group) {
                record = UnsafeRawPointer(recorder.pointee.accumulatorsBefore + place * changes.recordBytes)
                count = recorder.pointee.rowsBefore[place]
            }
            rows += count
            program.merge(record, into: changes.record, count: 1, stride: changes.recordBytes, &changes.arena)
        }
        return rows
    }

    /// Gives out the windows that the watermark makes due as it rises from `before`.
    @usableFromInline mutating func showDue(from before: Int64, into output: ColumnBatch) throws(PipelineError) {
        var window = max(closed, windows.index(of: before))
        let end = watermarkSoFar == endOfInput ? Int64.max : windows.index(of: watermarkSoFar)
        for position in 0..<panes.count {
            let pane = panes[position].pane
            window = max(window, pane.first)
            while window <= pane.last, window < end {
                try showWhole(window, into: output)
                window += 1
            }
        }
    }

    /// Gives out all groups of a window.
    @usableFromInline mutating func showWhole(_ window: Int64, into output: ColumnBatch) throws(PipelineError) {
        changes.clear()
        let positions = panes.positions(of: window)
        guard let first = positions.first else { return }
        if panes.sharesKeys {
            for group in 0..<panes.dictionary.pointee.count where addUp(group, positions, before: false) > 0 {
                changes.gathered.append(group, isOld: false, panes.dictionary.pointee.key(group), changes.record)
            }
        } else if let recorder = panes[first].changes {
            let table = panes[first].table
            for group in 0..<table.pointee.count where recorder.pointee.rowCount(group) > 0 {
                changes.gathered.append(group, isOld: false, table.pointee.key(group), table.pointee.accumulator(group))
            }
        }
        if emission.isUpdating {
            try emitChanges(windows.bounds(of: window), into: output)
        } else {
            try emit(changes.gathered.groups, windows.bounds(of: window), into: output)
        }
    }

    /// Emits what was gathered, but for groups that fail, and makes it changes.
    private mutating func emitChanges(_ bounds: WindowBounds, into output: ColumnBatch) throws(PipelineError) {
        let groups = changes.gathered.groups
        let origins = changes.gathered.originsOfRows(groups.count)
        if groups.count == 0 { return }
        let first = output.rowCount
        output.reserve(groups.count)
        var fault = Fault()
        program.emit(groups, bounds, into: output, origins: origins, &fault)
        if fault.isRaised {
            output.truncate(to: first)
            if drops.policies.evaluationError == .fail { throw PipelineError(fault) }
            for entry in 0..<groups.count {
                let before = output.rowCount
                var fault = Fault()
                program.emit(groups[entry], bounds, into: output, origins: nil, &fault)
                if fault.isRaised {
                    output.truncate(to: before)
                    if changes.gathered.code(entry) & 1 != 0 { drops.tally.evaluationErrors &+= 1 }
                } else if output.rowCount > before {
                    origins[before - first] = changes.gathered.code(entry)
                }
            }
        } else {
            changes.gathered.resolveOrigins(output.rowCount - first)
        }
        drops.tally.rowsOut &+= Int64(changes.gathered.settle(output, from: first))
    }
}
