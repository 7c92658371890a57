import LaminarColumns
import LaminarKernels
import LaminarTypes

/// Where rows that are equal in a partition's order begin and end.
struct OverPeers {
    /// By position: the number of its group of peers.
    private(set) var group: [Int] = []
    /// By group: its first position; one more entry for the end.
    private(set) var starts: [Int] = []

    init(_ rows: [Int32], areEqual: (Int32, Int32) -> Bool) {
        group.reserveCapacity(rows.count)
        for (position, row) in rows.enumerated() {
            if position == 0 || !areEqual(rows[position - 1], row) { starts.append(position) }
            group.append(starts.count - 1)
        }
        starts.append(rows.count)
    }

    var groupCount: Int { starts.count - 1 }
    func range(of position: Int) -> Range<Int> { starts[group[position]]..<starts[group[position] + 1] }
}

extension OverRows {
    /// Computes one call for every row of a partition in order, into the first rows of a column of `output`.
    func compute(
        _ call: OverCall, _ rows: [Int32], _ peers: OverPeers, _ order: PartitionedOver.Order, _ output: ColumnBatch,
        _ column: Int
    ) throws(PipelineError) {
        let count = rows.count
        switch call.function {
        case .rowNumber: write(output, column, count) { Int64($0 + 1) }
        case .rank: write(output, column, count) { Int64(peers.range(of: $0).lowerBound + 1) }
        case .denseRank: write(output, column, count) { Int64(peers.group[$0] + 1) }
        case .percentRank:
            write(output, column, count) { count == 1 ? 0 : Double(peers.range(of: $0).lowerBound) / Double(count - 1) }
        case .cumulativeDistribution:
            write(output, column, count) { Double(peers.range(of: $0).upperBound) / Double(count) }
        case .bucket(let argument): try bucket(argument, rows, output, column)
        case .lag(let value, let offset, let otherwise):
            shift(value, offset, otherwise, isBackward: true, rows, output, column)
        case .lead(let value, let offset, let otherwise):
            shift(value, offset, otherwise, isBackward: false, rows, output, column)
        case .firstValue(let value):
            copyFromFrames(value, call.frame, rows, peers, order, output, column) { frame, _ in 0 }
        case .lastValue(let value):
            copyFromFrames(value, call.frame, rows, peers, order, output, column) { frame, _ in frame.count - 1 }
        case .nthValue(let value, let position):
            for row in rows where isValid(position, row) && int64(position, row) <= 0 {
                throw PipelineError(sqlState: "22016", message: "argument of nth_value must be greater than zero")
            }
            copyFromFrames(value, call.frame, rows, peers, order, output, column) { frame, row in
                isValid(position, row) ? Int(clamping: int64(position, row) - 1) : -1
            }
        case .countOfRows:
            let frames = frames(call.frame, rows, peers, order)
            write(output, column, count) { Int64(frames[$0].count) }
        case .aggregate(let aggregate, let argument):
            let frames = frames(call.frame, rows, peers, order)
            let failure = batch.withView { aggregate.fold($0.columns[argument], rows, frames, output, column) }
            if let failure { throw PipelineError(sqlState: failure.sqlState, message: failure.message) }
        }
    }

    private func int64(_ column: Int, _ row: Int32) -> Int64 { batch.values(column, as: Int64.self)[Int(row)] }

    private func write<Value: BitwiseCopyable>(
        _ output: ColumnBatch, _ column: Int, _ count: Int, _ value: (Int) -> Value
    ) {
        let values = output.values(column, as: Value.self)
        for position in 0..<count { values[position] = value(position) }
    }

    private func bucket(
        _ argument: Int, _ rows: [Int32], _ output: ColumnBatch, _ column: Int
    ) throws(PipelineError) {
        guard isValid(argument, rows[0]) else {
            for position in rows.indices { output.setNull(column, position) }
            return
        }
        let buckets = int64(argument, rows[0])
        if buckets <= 0 {
            throw PipelineError(sqlState: "22014", message: "argument of ntile must be greater than zero")
        }
        // The first `larger` buckets have one row more than the others.
        let count = Int64(rows.count)
        let (size, larger) = count.quotientAndRemainder(dividingBy: buckets)
        write(output, column, rows.count) { position in
            let position = Int64(position)
            let bucket =
                position < larger * (size + 1)
                ? position / (size + 1) : larger + (position - larger * (size + 1)) / size
            return Int32(truncatingIfNeeded: bucket + 1)
        }
    }

    private func shift(
        _ value: Int, _ offset: Int?, _ otherwise: Int?, isBackward: Bool, _ rows: [Int32], _ output: ColumnBatch,
        _ column: Int
    ) {
        batch.withView { view in
            for (position, row) in rows.enumerated() {
                var distance: Int64 = 1
                if let offset {
                    guard isValid(offset, row) else {
                        output.setNull(column, position)
                        continue
                    }
                    distance = int64(offset, row)
                }
                let (other, overflow) =
                    isBackward
                    ? Int64(position).subtractingReportingOverflow(distance)
                    : Int64(position).addingReportingOverflow(distance)
                if !overflow, other >= 0, other < rows.count {
                    output.lend(column, position, view.columns[value], Int(rows[Int(other)]))
                } else if let otherwise {
                    output.lend(column, position, view.columns[otherwise], Int(row))
                } else {
                    output.setNull(column, position)
                }
            }
        }
    }

    private func copyFromFrames(
        _ value: Int, _ frame: OverFrame, _ rows: [Int32], _ peers: OverPeers, _ order: PartitionedOver.Order,
        _ output: ColumnBatch, _ column: Int, _ number: (RowFrame, Int32) -> Int
    ) {
        let frames = frames(frame, rows, peers, order)
        batch.withView { view in
            for (position, frame) in frames.enumerated() {
                let wanted = number(frame, rows[position])
                if wanted >= 0, wanted < frame.count {
                    output.lend(column, position, view.columns[value], Int(rows[frame.position(wanted)]))
                } else {
                    output.setNull(column, position)
                }
            }
        }
    }

    // MARK: Frames

    private func frames(
        _ frame: OverFrame, _ rows: [Int32], _ peers: OverPeers, _ order: PartitionedOver.Order
    ) -> [RowFrame] {
        var values = 0..<0
        if let column = frame.rangeColumn {
            // NULLs stand together at one end.
            let nulls = rows.count { !isValid(column, $0) }
            values = order.nullsFirst ? nulls..<rows.count : 0..<rows.count - nulls
        }
        return rows.indices.map { position in
            var result = RowFrame(
                start: bound(frame.start, frame, position, rows, peers, order, values, isStart: true),
                end: bound(frame.end, frame, position, rows, peers, order, values, isStart: false))
            switch frame.exclusion {
            case .none: break
            case .currentRow: result.exclude(position..<position + 1)
            case .group: result.exclude(peers.range(of: position))
            case .ties: result.exclude(peers.range(of: position), keeping: position)
            }
            return result
        }
    }

    /// The first position of a frame, or the one behind its last.
    private func bound(
        _ bound: OverFrame.Bound, _ frame: OverFrame, _ position: Int, _ rows: [Int32], _ peers: OverPeers,
        _ order: PartitionedOver.Order, _ values: Range<Int>, isStart: Bool
    ) -> Int {
        switch bound {
        case .unboundedPreceding: return 0
        case .unboundedFollowing: return rows.count
        case .currentRow:
            if frame.unit == .rows { return isStart ? position : position + 1 }
            let range = peers.range(of: position)
            return isStart ? range.lowerBound : range.upperBound
        case .preceding(let distance):
            let unit = frame.unit == .rows ? position : peers.group[position]
            let reached = Int64(unit) - distance
            if reached < 0 { return 0 }
            return edge(Int(reached), frame, peers, isStart: isStart)
        case .following(let distance):
            let unit = frame.unit == .rows ? position : peers.group[position]
            let count = frame.unit == .rows ? rows.count : peers.groupCount
            if distance >= Int64(count - unit) { return rows.count }
            return edge(unit + Int(distance), frame, peers, isStart: isStart)
        case .value(let column):
            let row = rows[position]
            guard let range = frame.rangeColumn, isValid(range, row), isValid(column, row) else {
                let range = peers.range(of: position)
                return isStart ? range.lowerBound : range.upperBound
            }
            var low = values.lowerBound
            var high = values.upperBound
            while low < high {
                let middle = (low + high) / 2
                var comparison = compare(range, rows[middle], with: column, row)
                if order.isDescending { comparison = -comparison }
                if isStart ? comparison < 0 : comparison <= 0 { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private func edge(_ unit: Int, _ frame: OverFrame, _ peers: OverPeers, isStart: Bool) -> Int {
        if frame.unit == .rows { return isStart ? unit : unit + 1 }
        return peers.starts[isStart ? unit : unit + 1]
    }
}

extension ColumnBatch {
    /// Copies one value of a column of the same type, or its NULL; a string's bytes stay where they are.
    fileprivate func lend(_ column: Int, _ row: Int, _ source: ColumnView, _ sourceRow: Int) {
        guard source.isValid(sourceRow) else {
            setNull(column, row)
            return
        }
        let stride = types[column].stride
        (rawValues(column) + row * stride).copyMemory(from: source.values + sourceRow * stride, byteCount: stride)
    }
}
