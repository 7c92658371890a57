public import LaminarColumns
import LaminarKernels
import LaminarState
public import LaminarTypes

/// Window functions over an event time: rows that are never taken back come out, each once, when the watermark has
/// settled their results, with a column for each call behind theirs.
///
/// Of rows in order of their time, one is settled when the watermark has passed its time and its frames' ends. Of rows
/// whose partitions are windows, all of a partition are when the watermark has reached the window's end. Rows that one
/// step of the watermark settles come out by time and arrival (by window end, partition and order). Rows that have come
/// out stay only while a frame to come may look back at them; aggregates over all rows before carry on a running state.
///
/// A row whose time, or window, has passed before it comes is late: it is counted and dropped.
///
/// A step of the watermark costs, for each partition with rows that it settles, as much as the partition has rows at
/// hand (times those of a frame whose start moves).
public struct EventTimeOver: ~Copyable {
    struct Partition {
        /// Slots in order: those that frames may still look back at, those that have passed, those that have not.
        var rows: [Int32] = []
        var given = 0
        var passed = 0
        /// The partition's first rows, where calls ask for them.
        var head: [Int32] = []
        /// Rows, and groups of peers, that are at hand no more.
        var rowsBefore = 0
        var groupsBefore = 0
        /// When the watermark has something to do here next; a timer of another time is void.
        var due = Int64.max
        /// The time of the first row that has passed and waits, as the heap of these knows it.
        var waiting = Int64.max
        /// Whether nothing of it needs to be remembered.
        var isForgotten = false
    }

    let inputTypes: [PhysicalType]
    let columns: Int
    let order: [PartitionedOver.Order]
    let tieBreakers: [PartitionedOver.Order]
    let calls: [OverCall]
    let time: Int
    /// Whether the time is the exclusive end of the window that the row's partition belongs to.
    let isWindowEnd: Bool
    let lateness: Int64
    let nullEventTime: RowPolicy
    let needs: OverNeeds

    var table: PartitionTable
    var partitions: [Partition] = []
    var forgotten = 0
    var rows: OverRows
    /// By slot: the number of the row in order of arrival.
    var arrivals: [Int64] = []
    var nextArrival: Int64 = 0
    private let fresh: ColumnBatch
    /// When partitions have something to do.
    var timers = TimerHeap()
    /// The times of rows that have passed and wait for the end of their frames, which hold the watermark back.
    var held = TimerHeap()
    var tally = OperatorCounters()
    var watermarkSoFar = noWatermark
    /// The last step that came out.
    var watermarkGiven = noWatermark
    private var divertedRows: [DivertedRow] = []

    /// - Parameters:
    ///   - types: the input's columns.
    ///   - columns: how many of them, the first, are handed on.
    ///   - order: by the time first, ascending, where it is no window's end.
    ///   - tieBreakers: columns that order rows which are equal in `order`, though for RANK they stay equal.
    ///   - time: the column of the event time, or of the end of the window, in microseconds since the epoch.
    ///   - lateness: microseconds for which rows wait behind the watermark.
    public init(
        types: [PhysicalType], columns: Int, partition: [Int], order: [PartitionedOver.Order],
        tieBreakers: [Int] = [], calls: [OverCall], time: Int, isWindowEnd: Bool = false, lateness: Int64 = 0,
        nullEventTime: RowPolicy
    ) {
        inputTypes = types
        self.columns = columns
        self.order = order
        self.tieBreakers = tieBreakers.map { .init(column: $0, isDescending: false, nullsFirst: false) }
        self.calls = calls
        self.time = time
        self.isWindowEnd = isWindowEnd
        self.lateness = lateness
        self.nullEventTime = nullEventTime
        needs = OverNeeds(calls)
        let results = calls.map(\.result)
        rows = OverRows(types: types + results)
        fresh = ColumnBatch(types: results, capacity: 64)
        table = PartitionTable(types: types, columns: partition, recordBytes: needs.recordBytes)
    }

    /// The columns of the output.
    public var outputTypes: [PhysicalType] { inputTypes.prefix(columns) + calls.map(\.result) }
    public var counters: OperatorCounters { tally }
    /// Rows of the last push that were late, or that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// Takes a batch and appends what its watermark steps settle to `output`, each step behind it.
    ///
    /// An error leaves the operator unusable except for being destroyed or restored.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        var steps = StepCursor()
        for row in 0..<batch.rowCount {
            while let step = steps.step(of: batch, before: row) { try raise(to: step, into: output) }
            tally.rowsIn &+= 1
            guard let time = batch.columns[time].optional(row, as: Int64.self) else {
                let error = PipelineError.nullEventTime(row: row)
                if nullEventTime == .fail { throw error }
                tally.nullEventTimes &+= 1
                if nullEventTime == .divert {
                    divertedRows.append(DivertedRow(row: row, reason: .nullEventTime, error: error))
                }
                continue
            }
            let weight = batch.weights?[row] ?? 1
            if weight < 0 { throw PipelineError.retractionNotSupported(row: row) }
            if weight == 0 { continue }
            if hasPassed(time) {
                tally.lateRows &+= weight
                divertedRows.append(DivertedRow(row: row, reason: .late))
                continue
            }
            let index = partition(of: batch, row)
            for _ in 0..<weight { insert(batch, row, time, index) }
        }
        while let step = steps.step(of: batch) { try raise(to: step, into: output) }
        rows.compactStringsIfNeeded()
    }

    /// Raises the watermark from outside.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        try raise(to: watermark, into: output)
        rows.compactStringsIfNeeded()
    }

    /// Whether no row of this time (of this window) may come any more.
    func hasPassed(_ time: Int64) -> Bool {
        if watermarkSoFar == endOfInput { return true }
        let settled = saturatingAdd(time, lateness)
        return isWindowEnd ? settled <= watermarkSoFar : settled < watermarkSoFar
    }

    func time(of slot: Int32) -> Int64 { rows.batch.values(time, as: Int64.self)[Int(slot)] }

    // MARK: Rows

    private mutating func partition(of batch: BatchView, _ row: Int) -> Int {
        let index = table.index(of: batch, row)
        if index == partitions.count { partitions.append(Partition()) }
        if partitions[index].isForgotten {
            partitions[index].isForgotten = false
            forgotten -= 1
        }
        return index
    }

    private mutating func insert(_ batch: BatchView, _ row: Int, _ time: Int64, _ index: Int) {
        let slot = rows.takeSlot()
        while arrivals.count <= Int(slot) { arrivals.append(0) }
        arrivals[Int(slot)] = nextArrival
        nextArrival &+= 1
        for column in inputTypes.indices {
            rows.batch.overwrite(column, Int(slot), with: batch.columns[column], row)
        }
        for column in calls.indices { rows.batch.setNull(inputTypes.count + column, Int(slot)) }
        // Rows mostly come in order: the place is looked for from the end.
        var low = partitions[index].passed
        var high = partitions[index].rows.count
        if high > low, compare(partitions[index].rows[high - 1], slot) <= 0 { low = high }
        while low < high {
            let middle = (low + high) / 2
            if compare(partitions[index].rows[middle], slot) <= 0 { low = middle + 1 } else { high = middle }
        }
        partitions[index].rows.insert(slot, at: low)
        schedule(index, time)
    }

    private func compare(_ a: Int32, _ b: Int32) -> Int {
        let result = rows.compare(a, b, by: order)
        return result != 0 ? result : rows.compare(a, b, by: tieBreakers)
    }

    mutating func schedule(_ index: Int, _ time: Int64) {
        guard time < partitions[index].due else { return }
        partitions[index].due = time
        timers.insert(time, index)
    }

    // MARK: Settling

    /// A row that comes out: the order in which it does, and where it lies.
    private struct Settled {
        var time: Int64
        var rank: (Int64, Int)
        var slot: Int32

        static func < (a: Settled, b: Settled) -> Bool { (a.time, a.rank.0, a.rank.1) < (b.time, b.rank.0, b.rank.1) }
    }

    private mutating func raise(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        var due: [Int] = []
        if watermark == endOfInput {
            timers = TimerHeap()
            due = partitions.indices.filter { partitions[$0].given < partitions[$0].rows.count }
        } else {
            while let next = timers.first, hasPassed(next.time) {
                timers.removeFirst()
                guard partitions[next.group].due == next.time else { continue }
                partitions[next.group].due = .max
                due.append(next.group)
            }
        }
        var settled: [Settled] = []
        var gone: [Int32] = []
        for index in due { try settle(index, &settled, &gone) }
        settled.sort(by: <)
        append(settled.map(\.slot), to: output)
        for slot in gone { rows.freeSlot(slot) }
        for index in due { forgetIfDone(index) }
        compactIfNeeded()
        let given = watermark == endOfInput ? endOfInput : outputWatermark
        if given <= watermarkGiven { return }
        watermarkGiven = given
        output.appendStep(given)
    }

    /// What the rows that come out later are not before.
    var outputWatermark: Int64 {
        mutating get {
            let watermark = saturatingSubtract(watermarkSoFar, lateness)
            while let first = held.first, partitions[first.group].waiting != first.time { held.removeFirst() }
            return min(watermark, held.first?.time ?? .max)
        }
    }

    /// Computes the rows of a partition that are settled, and lets those go that no frame will look at.
    private mutating func settle(
        _ index: Int, _ settled: inout [Settled], _ gone: inout [Int32]
    ) throws(PipelineError) {
        var passed = partitions[index].passed
        while passed < partitions[index].rows.count, hasPassed(time(of: partitions[index].rows[passed])) { passed += 1 }
        partitions[index].passed = passed
        let given = partitions[index].given
        let list = Array(partitions[index].rows[..<passed])
        let rows = rows.batch
        let peers =
            needs.groups && !(needs.all && !isWindowEnd && watermarkSoFar != endOfInput)
            ? OverPeers(list) { self.rows.compare($0, $1, by: order) == 0 } : OverPeers()
        let ready = readyCount(list, given, peers)
        if ready > given {
            try compute(index, list, peers, given..<ready)
            for position in given..<ready {
                let slot = list[position]
                let time = rows.values(time, as: Int64.self)[Int(slot)]
                settled.append(
                    Settled(
                        time: time, rank: isWindowEnd ? (Int64(index), position) : (arrivals[Int(slot)], 0), slot: slot))
            }
            partitions[index].given = ready
        }
        release(index, list, peers, &gone)
        let partition = partitions[index]
        let waiting = partition.given < partition.passed ? time(of: partition.rows[partition.given]) : .max
        if waiting != partition.waiting {
            partitions[index].waiting = waiting
            if waiting != .max { held.insert(waiting, index) }
        }
        reschedule(index)
    }

    /// How many of the rows that have passed are settled.
    private func readyCount(_ list: [Int32], _ given: Int, _ peers: OverPeers) -> Int {
        if watermarkSoFar == endOfInput || isWindowEnd || needs.isImmediate { return list.count }
        if needs.all { return given }
        var ready = max(given, list.count - needs.rowsBehind)
        if needs.groupsBehind > 0 {
            let group = peers.groupCount - needs.groupsBehind
            ready = min(ready, group <= 0 ? given : max(given, peers.starts[group]))
        }
        // A session is over when a row behind it has come.
        if let first = order.first {
            for session in needs.sessions {
                ready = min(ready, max(given, rows.sessionStarts(list, session, first).last ?? 0))
            }
        }
        for column in needs.valuesBehind {
            let values = rows.batch.values(column, as: Int64.self)
            while ready > given, !hasPassed(values[Int(list[ready - 1])]) { ready -= 1 }
        }
        return ready
    }

    private mutating func compute(
        _ index: Int, _ list: [Int32], _ peers: OverPeers, _ positions: Range<Int>
    ) throws(PipelineError) {
        fresh.clear()
        fresh.reserve(positions.count)
        fresh.rowCount = positions.count
        var scope = OverScope(list, peers, positions: positions, order: order.first)
        scope.rowsBefore = partitions[index].rowsBefore
        scope.groupsBefore = partitions[index].groupsBefore
        scope.head = partitions[index].head
        for (column, call) in calls.enumerated() {
            try rows.compute(
                call, scope, fresh, column, running: needs.records[column].map { table.record(index) + $0 })
        }
        let fresh = fresh
        fresh.withView { view in
            for (row, position) in positions.enumerated() {
                for call in calls.indices {
                    rows.batch.overwrite(
                        inputTypes.count + call, Int(list[position]), with: view.columns[call], row)
                }
            }
        }
    }

    /// Lets the rows go that have come out and that no row to come looks back at.
    private mutating func release(_ index: Int, _ list: [Int32], _ peers: OverPeers, _ gone: inout [Int32]) {
        let count = unneeded(index, list, peers)
        if count == 0 { return }
        if !isWindowEnd {
            let missing = min(max(needs.head - partitions[index].head.count, 0), count)
            // The head ends where the rows at hand began, for as long as it grows.
            if missing > 0 { partitions[index].head += list[..<missing] }
            gone += list[missing..<count]
        } else {
            gone += list[..<count]
        }
        partitions[index].rows.removeFirst(count)
        partitions[index].given -= count
        partitions[index].passed -= count
        partitions[index].rowsBefore += count
        if needs.groups { partitions[index].groupsBefore += count < list.count ? peers.group[count] : peers.groupCount }
    }

    /// How many rows, from the first at hand on, are not needed.
    private func unneeded(_ index: Int, _ list: [Int32], _ peers: OverPeers) -> Int {
        let given = partitions[index].given
        if isWindowEnd { return given }
        if watermarkSoFar == endOfInput { return given }
        if needs.allBefore || needs.all { return 0 }
        var first = max(given - needs.rowsBefore, 0)
        if needs.groups, needs.peers || needs.groupsBefore > 0, !peers.starts.isEmpty {
            let group = given < list.count ? peers.group[given] : peers.groupCount
            let start = max(group - needs.groupsBefore, 0)
            first = min(first, peers.starts[start])
        }
        for value in needs.values {
            if let distance = value.distance {
                // The next row's time is no earlier than this.
                let next = given < list.count ? time(of: list[given]) : saturatingSubtract(watermarkSoFar, lateness)
                let from = saturatingSubtract(next, distance)
                while first > 0, time(of: list[first - 1]) >= from { first -= 1 }
            } else {
                // Bounds do not go back: the last row's holds for those to come.
                let bound = given > 0 ? rows.batch.values(value.column, as: Int64.self)[Int(list[given - 1])] : .min
                while first > 0, time(of: list[first - 1]) >= bound { first -= 1 }
            }
        }
        if let order = order.first {
            for session in needs.sessions {
                first = min(first, rows.sessionStarts(list, session, order).last { $0 <= given } ?? 0)
            }
        }
        for record in needs.records {
            guard let record else { continue }
            let covered = FrameAggregate.Running.rowsCovered(table.record(index) + record)
            first = min(first, max(covered - partitions[index].rowsBefore, 0))
        }
        return first
    }

    /// Sets the timer for what the watermark does next to a partition: a row passes, its frame's end passes, or a row that
    /// has come out leaves the frames to come.
    mutating func reschedule(_ index: Int) {
        let partition = partitions[index]
        if partition.passed < partition.rows.count { schedule(index, time(of: partition.rows[partition.passed])) }
        if isWindowEnd { return }
        if partition.given < partition.passed {
            let slot = Int(partition.rows[partition.given])
            var end = Int64.min
            for column in needs.valuesBehind { end = max(end, rows.batch.values(column, as: Int64.self)[slot]) }
            if end != .min, !hasPassed(end) { schedule(index, end) }
        }
        if partition.given > 0, !needs.allBefore, !needs.all {
            let distance = needs.values.compactMap(\.distance).max()
            if let distance {
                let leaves = saturatingAdd(time(of: partition.rows[0]), distance)
                if !hasPassed(leaves) { schedule(index, leaves) }
            }
        }
    }

    private mutating func append(_ slots: [Int32], to output: ColumnBatch) {
        if slots.isEmpty { return }
        tally.rowsOut &+= Int64(slots.count)
        output.reserve(slots.count)
        let sources = Array(0..<columns) + calls.indices.map { inputTypes.count + $0 }
        rows.batch.withView { view in
            slots.withUnsafeBufferPointer { slots in
                for (column, source) in sources.enumerated() {
                    output.gather(view.columns[source], rows: slots, into: column, copiesStrings: true)
                }
            }
        }
        output.rowCount += slots.count
    }

    // MARK: Forgetting

    private mutating func forgetIfDone(_ index: Int) {
        let isDone =
            partitions[index].rows.isEmpty && (isWindowEnd || !needs.counts && partitions[index].head.isEmpty)
        guard isDone, !partitions[index].isForgotten else { return }
        partitions[index] = Partition()
        partitions[index].isForgotten = true
        table.record(index).initializeMemory(as: UInt8.self, repeating: 0, count: needs.recordBytes)
        forgotten += 1
    }

    /// Numbers the partitions anew once most of them are forgotten.
    private mutating func compactIfNeeded() {
        guard forgotten > 256, forgotten * 2 > partitions.count else { return }
        keepRemembered()
    }

    mutating func keepRemembered() {
        let kept = partitions.indices.filter { !partitions[$0].isForgotten }
        table.keep(kept)
        partitions = kept.map { partitions[$0] }
        forgotten = 0
        restartTimers()
    }

    mutating func restartTimers() {
        timers = TimerHeap()
        held = TimerHeap()
        for index in partitions.indices {
            if partitions[index].waiting != .max { held.insert(partitions[index].waiting, index) }
            partitions[index].due = .max
            reschedule(index)
        }
    }
}
