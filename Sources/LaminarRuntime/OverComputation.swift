import LaminarColumns
import LaminarKernels
import LaminarTypes

/// Where rows that are equal in a partition's order begin and end.
struct OverPeers {
    /// By position: the number of its group of peers.
    private(set) var group: [Int] = []
    /// By group: its first position; one more entry for the end.
    private(set) var starts: [Int] = []

    /// Of no row, where nothing asks for peers.
    init() {}

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

/// The rows of a partition that are at hand, in order, and those of them that are computed.
///
/// Positions count from the first row at hand; those of rows before it are negative.
struct OverScope {
    var rows: [Int32]
    var peers: OverPeers
    /// What is computed; the results go to the first rows of the output.
    var positions: Range<Int>
    var order: PartitionedOver.Order
    /// Rows of the partition, and groups of peers, before the first at hand.
    var rowsBefore = 0
    var groupsBefore = 0
    /// The partition's first rows, where they are not at hand.
    var head: [Int32] = []

    init(
        _ rows: [Int32], _ peers: OverPeers, positions: Range<Int>? = nil, order: PartitionedOver.Order?
    ) {
        self.rows = rows
        self.peers = peers
        self.positions = positions ?? 0..<rows.count
        self.order = order ?? PartitionedOver.Order(column: 0, isDescending: false, nullsFirst: false)
    }

    func row(_ position: Int) -> Int32 { position >= 0 ? rows[position] : head[rowsBefore + position] }
}

extension OverRows {
    /// Computes one call for rows of a partition, into the first rows of a column of `output`.
    ///
    /// - Parameter running: what the rows before have left of an aggregate that never steps back.
    func compute(
        _ call: OverCall, _ scope: OverScope, _ output: ColumnBatch, _ column: Int,
        running: UnsafeMutableRawPointer? = nil
    ) throws(PipelineError) {
        let count = scope.rows.count
        let peers = scope.peers
        switch call.function {
        case .rowNumber: write(output, column, scope) { Int64(scope.rowsBefore + $0 + 1) }
        case .rank: write(output, column, scope) { Int64(scope.rowsBefore + peers.range(of: $0).lowerBound + 1) }
        case .denseRank: write(output, column, scope) { Int64(scope.groupsBefore + peers.group[$0] + 1) }
        case .percentRank:
            write(output, column, scope) { count == 1 ? 0 : Double(peers.range(of: $0).lowerBound) / Double(count - 1) }
        case .cumulativeDistribution:
            write(output, column, scope) { Double(peers.range(of: $0).upperBound) / Double(count) }
        case .bucket(let argument): try bucket(argument, scope, output, column)
        case .lag(let value, let offset, let otherwise):
            shift(value, offset, otherwise, isBackward: true, scope, output, column)
        case .lead(let value, let offset, let otherwise):
            shift(value, offset, otherwise, isBackward: false, scope, output, column)
        case .firstValue(let value):
            copyFromFrames(value, call.frame, scope, output, column) { frame, _ in 0 }
        case .lastValue(let value):
            copyFromFrames(value, call.frame, scope, output, column) { frame, _ in frame.count - 1 }
        case .nthValue(let value, let position):
            for row in scope.rows where isValid(position, row) && int64(position, row) <= 0 {
                throw PipelineError(sqlState: "22016", message: "argument of nth_value must be greater than zero")
            }
            copyFromFrames(value, call.frame, scope, output, column) { frame, row in
                isValid(position, row) ? Int(clamping: int64(position, row) - 1) : -1
            }
        case .countOfRows:
            let frames = frames(call.frame, scope)
            write(output, column, scope) { Int64(frames[$0 - scope.positions.lowerBound].count) }
        case .aggregate(let aggregate, let argument):
            let frames = frames(call.frame, scope)
            let failure = batch.withView { view in
                if let running, let fold = aggregate.running?.fold {
                    fold(view.columns[argument], scope, frames, running, output, column)
                } else {
                    aggregate.fold(view.columns[argument], scope, frames, output, column)
                }
            }
            if let failure { throw PipelineError(sqlState: failure.sqlState, message: failure.message) }
        }
    }

    private func int64(_ column: Int, _ row: Int32) -> Int64 { batch.values(column, as: Int64.self)[Int(row)] }

    private func write<Value: BitwiseCopyable>(
        _ output: ColumnBatch, _ column: Int, _ scope: OverScope, _ value: (Int) -> Value
    ) {
        let values = output.values(column, as: Value.self)
        for (index, position) in scope.positions.enumerated() { values[index] = value(position) }
    }

    private func bucket(
        _ argument: Int, _ scope: OverScope, _ output: ColumnBatch, _ column: Int
    ) throws(PipelineError) {
        let rows = scope.rows
        guard isValid(argument, rows[0]) else {
            for index in scope.positions.indices { output.setNull(column, index - scope.positions.lowerBound) }
            return
        }
        let buckets = int64(argument, rows[0])
        if buckets <= 0 {
            throw PipelineError(sqlState: "22014", message: "argument of ntile must be greater than zero")
        }
        // The first `larger` buckets have one row more than the others.
        let count = Int64(rows.count)
        let (size, larger) = count.quotientAndRemainder(dividingBy: buckets)
        write(output, column, scope) { position in
            let position = Int64(position)
            let bucket =
                position < larger * (size + 1)
                ? position / (size + 1) : larger + (position - larger * (size + 1)) / size
            return Int32(truncatingIfNeeded: bucket + 1)
        }
    }

    private func shift(
        _ value: Int, _ offset: Int?, _ otherwise: Int?, isBackward: Bool, _ scope: OverScope, _ output: ColumnBatch,
        _ column: Int
    ) {
        let rows = scope.rows
        batch.withView { view in
            for (index, position) in scope.positions.enumerated() {
                let row = rows[position]
                var distance: Int64 = 1
                if let offset {
                    guard isValid(offset, row) else {
                        output.setNull(column, index)
                        continue
                    }
                    distance = int64(offset, row)
                }
                let (other, overflow) =
                    isBackward
                    ? Int64(position).subtractingReportingOverflow(distance)
                    : Int64(position).addingReportingOverflow(distance)
                if !overflow, other >= 0, other < rows.count {
                    output.lend(column, index, view.columns[value], Int(rows[Int(other)]))
                } else if let otherwise {
                    output.lend(column, index, view.columns[otherwise], Int(row))
                } else {
                    output.setNull(column, index)
                }
            }
        }
    }

    private func copyFromFrames(
        _ value: Int, _ frame: OverFrame, _ scope: OverScope, _ output: ColumnBatch, _ column: Int,
        _ number: (RowFrame, Int32) -> Int
    ) {
        let frames = frames(frame, scope)
        batch.withView { view in
            for (index, frame) in frames.enumerated() {
                let wanted = number(frame, scope.rows[scope.positions.lowerBound + index])
                if wanted >= 0, wanted < frame.count {
                    output.lend(column, index, view.columns[value], Int(scope.row(frame.position(wanted))))
                } else {
                    output.setNull(column, index)
                }
            }
        }
    }

    // MARK: Frames

    private func frames(_ frame: OverFrame, _ scope: OverScope) -> [RowFrame] {
        let (rows, order) = (scope.rows, scope.order)
        if let session = frame.session {
            let starts = sessionStarts(rows, session, scope.order)
            var index = 0
            return scope.positions.map { position in
                while index + 1 < starts.count, starts[index + 1] <= position { index += 1 }
                let end = index + 1 < starts.count ? starts[index + 1] : rows.count
                return excluding(frame, position, scope, RowFrame(start: starts[index], end: end))
            }
        }
        var values = 0..<0
        if let column = frame.rangeColumn {
            // NULLs stand together at one end.
            let nulls = rows.count { !isValid(column, $0) }
            values = order.nullsFirst ? nulls..<rows.count : 0..<rows.count - nulls
        }
        return scope.positions.map { position in
            let result = RowFrame(
                start: bound(frame.start, frame, position, scope, values, isStart: true),
                end: bound(frame.end, frame, position, scope, values, isStart: false))
            return excluding(frame, position, scope, result)
        }
    }

    private func excluding(_ frame: OverFrame, _ position: Int, _ scope: OverScope, _ rows: RowFrame) -> RowFrame {
        var result = rows
        switch frame.exclusion {
        case .none: break
        case .currentRow: result.exclude(position..<position + 1)
        case .group: result.exclude(scope.peers.range(of: position))
        case .ties: result.exclude(scope.peers.range(of: position), keeping: position)
        }
        return result
    }

    /// Where the sessions of some rows in order begin, the first at 0.
    func sessionStarts(
        _ rows: [Int32], _ session: (order: Int, end: Int), _ order: PartitionedOver.Order
    ) -> [Int] {
        var starts = [0]
        for position in rows.indices.dropFirst() {
            let (before, row) = (rows[position - 1], rows[position])
            let isValid = isValid(session.order, row)
            if isValid != self.isValid(session.end, before) {
                starts.append(position)
            } else if isValid {
                let distance = compare(session.order, row, with: session.end, before)
                if order.isDescending ? distance <= 0 : distance >= 0 { starts.append(position) }
            }
        }
        return starts
    }

    /// The first position of a frame, or the one behind its last.
    private func bound(
        _ bound: OverFrame.Bound, _ frame: OverFrame, _ position: Int, _ scope: OverScope, _ values: Range<Int>,
        isStart: Bool
    ) -> Int {
        let (rows, peers) = (scope.rows, scope.peers)
        switch bound {
        case .unboundedPreceding: return -scope.rowsBefore
        case .unboundedFollowing: return rows.count
        case .currentRow:
            if frame.unit == .rows { return isStart ? position : position + 1 }
            let range = peers.range(of: position)
            return isStart ? range.lowerBound : range.upperBound
        case .preceding(let distance):
            let unit = frame.unit == .rows ? position : peers.group[position]
            let reached = Int64(unit) - distance
            let first = frame.unit == .rows ? -scope.rowsBefore : 0
            if reached < Int64(first) { return -scope.rowsBefore }
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
                if scope.order.isDescending { comparison = -comparison }
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
