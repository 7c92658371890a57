import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// An aggregation as a program of vector primitives: filter, keys and arguments of a chunk are evaluated a column at a
/// time, then keys are hashed and probed, then each call folds its column into the groups' accumulators.
///
/// The table, its layout and the order in which groups are made are those of compiled programs, so state bytes are too.
/// Each call's FILTER becomes part of its argument, which is NULL, and not evaluated, where the FILTER is not TRUE.
final class InterpretedAggregate: AggregateProgram {
    private struct Call {
        var fold: AggregateFold
        /// Its accumulator within a record.
        var offset: Int
        /// The output of `rows` that is its argument; nil: COUNT(*) of all rows.
        var argument: Int?
        /// Its number among the table's side tables; nil: not DISTINCT.
        var distinct: Int?
        /// Whether another call keeps what its result is made of.
        var isShared: Bool
        var span: Span
    }

    private enum Time {
        case none
        case column(Int)
        case computed(CompiledExpressions)
    }

    let layout: GroupTableLayout
    let outputTypes: [PhysicalType]
    let canRetract: Bool
    /// The SQL text of the expression that failed last.
    private(set) var failedSpan = Span.none

    private let filter: CompiledExpressions?
    /// Filter; keys, then arguments.
    private let rows: CompiledExpressions
    /// Filter and keys alone, and arguments alone, for operators that look rows up before they fold them.
    private let keyRows: CompiledExpressions
    private let argumentRows: CompiledExpressions
    private let time: Time
    private let keys: KeyColumns
    private let calls: [Call]
    private let isWindowed: Bool
    /// What the output expressions read: keys, bounds of the window, results.
    private let results: ColumnBatch
    private let output: CompiledExpressions
    private let keyCount: Int

    private let words: UnsafeMutablePointer<UInt64>
    private let groups: UnsafeMutablePointer<UInt32>
    private let rowList: UnsafeMutablePointer<Int32>
    /// The rows whose computed event times `time` holds, all evaluated without a failure.
    private var timedRows = 0..<0

    convenience init(_ plan: WindowAggregatePlan, inputs: [PhysicalType]) throws(UnsupportedPlan) {
        try self.init(
            filter: plan.filter, time: plan.time, keys: plan.keys, calls: plan.calls, table: plan.table,
            output: plan.output, inputs: inputs)
    }

    /// - Parameter isUpdating: whether rows of the input are taken back.
    convenience init(
        _ plan: RunningAggregatePlan, inputs: [PhysicalType], isUpdating: Bool
    ) throws(UnsupportedPlan) {
        try self.init(
            filter: plan.filter, time: nil, keys: plan.keys, calls: plan.calls, table: plan.table, output: plan.output,
            inputs: inputs, isUpdating: isUpdating)
    }

    private init(
        filter: Expression?, time: Expression?, keys: [Expression], calls: [AggregateCall], table: StateTablePlan,
        output: RowTransform, inputs: [PhysicalType], isUpdating: Bool = true
    ) throws(UnsupportedPlan) {
        layout = GroupTableLayout(table)
        outputTypes = output.outputs.map(\.type.physical)
        self.keys = KeyColumns(table)
        keyCount = keys.count
        isWindowed = time != nil

        var outputs = keys
        var folded: [Call] = []
        for (index, call) in calls.enumerated() {
            let known =
                call.kernel.isUserDefined
                ? UserFunctions.current.aggregates[call.function]?.fold : AggregateFold.named(call.kernel)
            guard let fold = known else {
                throw UnsupportedPlan("the interpreter has no aggregate \(call.kernel.name)", call.span)
            }
            precondition(fold.size == call.kernel.size, "The plan knows the size of \(call.kernel.name).")
            var argument: Int?
            let isShared = table.accumulators[index].owner != nil
            if !isShared, let expression = call.filteredArgument {
                argument = outputs.count
                outputs.append(expression)
            }
            folded.append(
                Call(
                    fold: fold, offset: table.accumulators[index].offset, argument: argument,
                    distinct: table.distinct.firstIndex { $0.call == index }, isShared: isShared, span: call.span))
        }
        self.calls = folded
        canRetract = isUpdating && folded.allSatisfy(\.fold.canRetract)

        self.filter = try filter.map { (filter) throws(UnsupportedPlan) in
            try CompiledExpressions.make(filter: filter, outputs: [], inputs: inputs)
        }
        rows = try CompiledExpressions.make(filter: filter, outputs: outputs, inputs: inputs)
        keyRows = try CompiledExpressions.make(filter: filter, outputs: keys, inputs: inputs)
        argumentRows = try CompiledExpressions.make(
            filter: nil, outputs: Array(outputs.dropFirst(keys.count)), inputs: inputs)
        switch time?.node {
        case nil: self.time = .none
        case .input(let column): self.time = .column(column)
        default:
            self.time = .computed(
                try CompiledExpressions.make(filter: nil, outputs: time.map { [$0] } ?? [], inputs: inputs))
        }
        let bounds: [PhysicalType] = isWindowed ? [.int64, .int64, .int64] : []
        let types = keys.map(\.type.physical) + bounds + calls.map(\.kernel.result)
        results = ColumnBatch(types: types, capacity: chunkRows)
        self.output = try CompiledExpressions.make(filter: output.filter, outputs: output.outputs, inputs: types)

        words = .allocate(capacity: max(chunkRows * table.keyWords, 1))
        words.initialize(repeating: 0, count: max(chunkRows * table.keyWords, 1))
        groups = .allocate(capacity: chunkRows)
        rowList = .allocate(capacity: chunkRows)
    }

    deinit {
        words.deallocate()
        groups.deallocate()
        rowList.deallocate()
    }

    func columns(of batch: BatchView) -> BatchView {
        timedRows = 0..<0
        return batch
    }

    // MARK: Time

    func time(_ batch: BatchView, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64? {
        switch time {
        case .none: return nil
        case .column(let column): return batch.columns[column].optional(row)
        case .computed(let expressions):
            if timedRows.contains(row) { return expressions.output(0).optional(row - timedRows.lowerBound) }
            timedRows = 0..<0
            _ = expressions.evaluate(batch, from: row, count: 1, arena: &scratch, fault: &fault)
            if fault.isRaised {
                noteFailure(of: expressions, in: batch, row, row + 1, &scratch)
                return nil
            }
            timedRows = row..<(row + 1)
            return expressions.output(0).optional(0)
        }
    }

    func timesLie(
        within lower: Int64, through upper: Int64, _ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena
    ) -> Bool {
        guard let (times, first) = times(batch, from, to, &scratch) else { return false }
        // The sign bit of a difference is set for every time outside, or that of the other difference where one wraps.
        var outside: Int64 = 0
        let values = times.values.assumingMemoryBound(to: Int64.self) + first
        for row in 0..<(to &- from) { outside |= (values[row] &- lower) | (upper &- values[row]) }
        if outside < 0 { return false }
        guard times.validity != nil else { return true }
        for row in 0..<(to &- from) where !times.isValid(first &+ row) { return false }
        return true
    }

    func greatestTime(_ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena) -> Int64 {
        guard let (times, first) = times(batch, from, to, &scratch) else { return .min }
        var greatest = Int64.min
        let values = times.values.assumingMemoryBound(to: Int64.self) + first
        for row in 0..<(to &- from) { greatest = max(greatest, values[row]) }
        return greatest
    }

    /// A column that holds the times of rows `from..<to`, and where the first of them stands in it; nil: not all of them
    /// can be evaluated.
    private func times(
        _ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena
    ) -> (ColumnView, Int)? {
        switch time {
        case .none: return nil
        case .column(let column): return (batch.columns[column], from)
        case .computed(let expressions):
            if !(timedRows.lowerBound <= from && to <= timedRows.upperBound) {
                timedRows = 0..<0
                var fault = Fault()
                _ = expressions.evaluate(batch, from: from, count: to - from, arena: &scratch, fault: &fault)
                if fault.isRaised { return nil }
                timedRows = from..<to
            }
            return (expressions.output(0), from - timedRows.lowerBound)
        }
    }

    // MARK: Rows

    func passes(_ batch: BatchView, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Bool {
        guard let filter else { return true }
        let selected = filter.evaluate(batch, from: row, count: 1, arena: &scratch, fault: &fault)
        if fault.isRaised { noteFailure(of: filter, in: batch, row, row + 1, &scratch) }
        return selected == 1
    }

    func update(
        _ table: UnsafeMutablePointer<GroupTable>, _ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena,
        _ fault: inout Fault
    ) {
        update(table, batch, from, to, nil, nil, &scratch, &fault)
    }

    func update(
        _ table: UnsafeMutablePointer<GroupTable>, _ batch: BatchView, _ from: Int, _ to: Int,
        weights: UnsafePointer<Int64>?, recording changes: UnsafeMutablePointer<ChangeRecorder>,
        _ scratch: inout Arena, _ fault: inout Fault
    ) {
        update(table, batch, from, to, weights, changes, &scratch, &fault)
    }

    private func update(
        _ table: UnsafeMutablePointer<GroupTable>, _ batch: BatchView, _ first: Int, _ end: Int,
        _ weights: UnsafePointer<Int64>?, _ changes: UnsafeMutablePointer<ChangeRecorder>?, _ scratch: inout Arena,
        _ fault: inout Fault
    ) {
        var from = first
        while from < end, !fault.isRaised {
            let to = min(from &+ chunkRows, end)
            let selected = rows.evaluate(batch, from: from, count: to - from, arena: &scratch, fault: &fault)
            if selected > 0, !fault.isRaised {
                let listed = listRows(rows.selection, count: to - from, into: rowList)
                fold(
                    table, weights.map { $0 + from }, UnsafeBufferPointer(start: UnsafePointer(rowList), count: listed),
                    changes)
            }
            from = to
        }
    }

    func update(
        _ paneRows: PaneRows, _ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        let selected = rows.evaluate(batch, from: from, count: to - from, arena: &scratch, fault: &fault)
        if selected == 0 || fault.isRaised { return }
        if paneRows.sharesKeys {
            // Keys are numbered in the order of rows, so all of them come first.
            let listed = UnsafeBufferPointer(
                start: UnsafePointer(rowList), count: listRows(rows.selection, count: to - from, into: rowList))
            keys.store(rows: listed, into: words) { rows.output($0) }
            keyTable(paneRows.table(ofRow: 0)).pointee.findOrInsert(words, rows: listed.count, into: groups)
        }
        for number in 0..<paneRows.paneCount {
            let pane = paneRows.pane(number)
            var count = 0
            for index in 0..<pane.count {
                let row = Int(pane.rows[index])
                if rows.selection[row >> 6] >> UInt64(row & 63) & 1 == 0 { continue }
                rowList[count] = Int32(truncatingIfNeeded: row)
                count += 1
            }
            if count > 0 { fold(pane.table, nil, UnsafeBufferPointer(start: UnsafePointer(rowList), count: count), nil) }
        }
    }

    /// Folds rows of the chunk that `rows` has just evaluated.
    private func fold(
        _ table: UnsafeMutablePointer<GroupTable>, _ weights: UnsafePointer<Int64>?, _ selected: UnsafeBufferPointer<Int32>,
        _ changes: UnsafeMutablePointer<ChangeRecorder>?
    ) {
        keys.store(rows: selected, into: words) { rows.output($0) }
        let dictionary = keyTable(table)
        dictionary.pointee.findOrInsert(words, rows: selected.count, into: groups)
        if dictionary != table {
            table.pointee.cover(dictionary.pointee.count)
            let presence = table.pointee.presence
            for index in selected.indices { presence[Int(groups[index])] = 1 }
        }
        if let changes {
            for (index, row) in selected.enumerated() {
                changes.pointee.willChange(Int(groups[index]), table, weights?[Int(row)] ?? 1)
            }
        }
        for call in calls where !call.isShared {
            let input = FoldInput(
                rows: selected, groups: groups, argument: call.argument.map { rows.output($0) }, weights: weights,
                offset: call.offset)
            if let distinct = call.distinct {
                call.fold.addDistinct(input, table, distinct)
            } else {
                call.fold.add(input, table)
            }
        }
    }

    func locate(
        _ dictionary: UnsafeMutablePointer<GroupTable>, into groups: UnsafeMutablePointer<UInt32>,
        _ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        var first = from
        while first < to, !fault.isRaised {
            let end = min(first &+ chunkRows, to)
            _ = keyRows.evaluate(batch, from: first, count: end - first, arena: &scratch, fault: &fault)
            if fault.isRaised { return }
            let selected = UnsafeBufferPointer(
                start: rowList, count: listRows(keyRows.selection, count: end - first, into: rowList))
            keys.store(rows: selected, into: words) { keyRows.output($0) }
            dictionary.pointee.findOrInsert(words, rows: selected.count, into: self.groups)
            let target = groups + (first &- from)
            target.update(repeating: .max, count: end - first)
            for (index, row) in selected.enumerated() { target[Int(row)] = self.groups[index] }
            first = end
        }
    }

    func fold(
        _ table: UnsafeMutablePointer<GroupTable>, at offset: Int, _ records: UnsafePointer<UInt32>,
        _ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        var first = from
        while first < to, !fault.isRaised {
            var end = min(first &+ chunkRows, to)
            var failure = Fault()
            _ = argumentRows.evaluate(batch, from: first, count: end - first, arena: &scratch, fault: &failure)
            if failure.isRaised {
                // A row that is not counted in may fail.
                end = first + 1
                if records[first &- from] != .max {
                    _ = argumentRows.evaluate(batch, from: first, count: 1, arena: &scratch, fault: &fault)
                    if fault.isRaised { return noteFailure(of: argumentRows, in: batch, first, end, &scratch) }
                }
            }
            var count = 0
            for row in 0..<(end - first) where records[first &- from &+ row] != .max {
                rowList[count] = Int32(truncatingIfNeeded: row)
                groups[count] = records[first &- from &+ row]
                count += 1
            }
            if count > 0 {
                let selected = UnsafeBufferPointer(start: UnsafePointer(rowList), count: count)
                for call in calls where !call.isShared {
                    call.fold.add(
                        FoldInput(
                            rows: selected, groups: groups,
                            argument: call.argument.map { argumentRows.output($0 - keyCount) }, weights: nil,
                            offset: call.offset + offset), table)
                }
            }
            first = end
        }
    }

    var canMerge: Bool { calls.allSatisfy { $0.distinct == nil } }

    func merge(
        _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int, stride: Int, _ arena: inout Arena
    ) {
        for call in calls where !call.isShared { call.fold.merge(source + call.offset, target + call.offset, count, stride, &arena) }
    }

    func firstFailure(_ batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena) -> FailedRow? {
        guard let failure = rows.firstFailure(in: batch, from: from, count: to - from, arena: &scratch) else {
            return nil
        }
        failedSpan = rows.span(of: failure)
        var fault = Fault()
        fault.raise(failure.code, at: failure.site)
        return FailedRow(row: failure.row, fault: fault)
    }

    /// The SQL text of a fallible call of filter, keys and arguments.
    func span(ofSite site: Int) -> Span? {
        rows.span(of: CompiledExpressions.Failure(row: 0, site: site, code: .none))
    }

    private func noteFailure(
        of expressions: CompiledExpressions, in batch: BatchView, _ from: Int, _ to: Int, _ scratch: inout Arena
    ) {
        if let failure = expressions.firstFailure(in: batch, from: from, count: to - from, arena: &scratch) {
            failedSpan = expressions.span(of: failure)
        }
    }

    // MARK: Results

    func emit(
        _ groups: GroupSlice, _ windows: WindowSlice, into batch: ColumnBatch,
        origins: UnsafeMutablePointer<UInt32>?, _ fault: inout Fault
    ) {
        let before = batch.rowCount
        var first = 0
        while first < groups.count, !fault.isRaised {
            let count = min(chunkRows, groups.count - first)
            results.clear()
            results.reserve(count)
            keys.load(groups.keys + first &* groups.keyWords, rowCount: count, into: results, at: 0)
            var column = keyCount
            if isWindowed {
                let starts = results.values(column, as: Int64.self)
                let ends = results.values(column + 1, as: Int64.self)
                let times = results.values(column + 2, as: Int64.self)
                for group in 0..<count {
                    let window = windows[first + group]
                    starts[group] = window.start
                    ends[group] = window.end
                    times[group] = window.end &- 1
                }
                column += 3
            }
            for call in calls {
                let records = groups.accumulators + first &* groups.accumulatorBytes + call.offset
                if let (_, code) = call.fold.results(records, groups.accumulatorBytes, count, results, column, 0) {
                    failedSpan = call.span
                    fault.raise(code, at: 0)
                    return
                }
                column += 1
            }
            results.rowCount = count
            let filled = batch.rowCount
            results.withView { view in
                let selected = output.evaluate(view, from: 0, count: count, arena: &batch.arena, fault: &fault)
                if fault.isRaised { return noteFailure(of: output, in: view, 0, count, &batch.arena) }
                if selected == 0 { return }
                let rows = UnsafeBufferPointer(
                    start: rowList, count: listRows(output.selection, count: count, into: rowList))
                batch.reserve(rows.count)
                for column in outputTypes.indices {
                    batch.gather(output.output(column), rows: rows, into: column, copiesStrings: true)
                }
                if let origins {
                    for (index, row) in rows.enumerated() {
                        origins[filled - before + index] = UInt32(first + Int(row))
                    }
                }
                batch.rowCount += rows.count
            }
            first += count
        }
    }
}

extension AggregateCall {
    /// The argument, NULL where the FILTER is not TRUE; for COUNT(*) with a FILTER a value that is not NULL where it is.
    fileprivate var filteredArgument: Expression? {
        guard let filter else { return argument }
        let counted = argument ?? .constant(.boolean(true), .boolean, span: span)
        return Expression(
            .conditional(filter, counted, .constant(.null, counted.type, span: span)), counted.type, isNullable: true,
            span: counted.span)
    }
}

extension CompiledExpressions {
    /// As `init`, for a plan that may hold what the interpreter does not have.
    static func make(
        filter: Expression?, outputs: [Expression], inputs: [PhysicalType]
    ) throws(UnsupportedPlan) -> CompiledExpressions {
        do {
            return try CompiledExpressions(filter: filter, outputs: outputs, inputs: inputs)
        } catch {
            let span = outputs.first { $0.calls(error.kernel) }?.span ?? filter?.span ?? .none
            throw UnsupportedPlan("the function \(error.kernel) in the interpreter", span)
        }
    }

    /// The SQL text of the call that failed.
    func span(of failure: Failure) -> Span {
        // All calls from the 64th on share a site, which then names the first of them.
        faultSites.indices.contains(failure.site) ? faultSites[failure.site].span : .none
    }
}

extension Expression {
    fileprivate func calls(_ kernel: String) -> Bool {
        if case .call(let own, _) = node, own.description == kernel { return true }
        return operands.contains { $0.calls(kernel) }
    }
}
