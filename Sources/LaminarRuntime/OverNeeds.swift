/// What window functions over rows in order of time ask of the rows around the one that they are computed for: when a row
/// can be computed, and which of the rows that have come out must stay for those to come.
struct OverNeeds {
    /// Rows, and groups of peers, directly before a row.
    var rowsBefore = 0
    var groupsBefore = 0
    /// Rows, and groups of peers, directly behind it.
    var rowsBehind = 0
    var groupsBehind = 0
    /// The columns of values up to which all rows must have come.
    var valuesBehind: [Int] = []
    /// RANGE frames that begin or end at a value: its column, and how far before the row it lies where that is fixed.
    var values: [(column: Int, distance: Int64?)] = []
    /// Frames that are sessions: the columns of the order and of the value that ends a session.
    var sessions: [(order: Int, end: Int)] = []
    /// The first row of its group of peers.
    var peers = false
    /// Which rows are peers.
    var groups = false
    /// So many rows from the partition's first on.
    var head = 0
    /// All rows of the partition so far.
    var allBefore = false
    /// All rows of the partition.
    var all = false
    /// Whether a partition is remembered when none of its rows is.
    var counts = false
    /// By call: where its record lies in the partition's; nil: it has none.
    var records: [Int?] = []
    var recordBytes = 0

    init(_ calls: [OverCall]) {
        for call in calls { add(call) }
    }

    /// Whether a row that all rows up to its own time have come for can be computed.
    var isImmediate: Bool { !all && rowsBehind == 0 && groupsBehind == 0 && valuesBehind.isEmpty && sessions.isEmpty }

    private mutating func add(_ call: OverCall) {
        var record: Int?
        switch call.function {
        case .rowNumber: counts = true
        case .rank:
            counts = true
            groups = true
            peers = true
        case .denseRank:
            counts = true
            groups = true
        case .percentRank, .cumulativeDistribution:
            groups = true
            all = true
        case .bucket: all = true
        case .lag(_, let offset, _): addShift(offset == nil ? 1 : call.constant)
        case .lead(_, let offset, _): addShift((offset == nil ? 1 : call.constant).map { 0 &- $0 })
        case .firstValue:
            addFrame(call.frame)
            if call.frame.start == .unboundedPreceding { addHead(1, call.frame) }
        case .nthValue:
            addFrame(call.frame)
            if call.frame.start == .unboundedPreceding { addHead(call.constant, call.frame) }
        case .lastValue:
            addFrame(call.frame)
            if call.frame.start == .unboundedPreceding { addHead(0, call.frame) }
        case .countOfRows:
            addFrame(call.frame)
            if call.frame.start == .unboundedPreceding { addHead(0, call.frame) }
        case .aggregate(let aggregate, _):
            addFrame(call.frame)
            if call.frame.start == .unboundedPreceding {
                if let running = aggregate.running, call.frame.exclusion == .none {
                    counts = true
                    record = recordBytes
                    recordBytes += running.size
                } else {
                    allBefore = true
                }
            }
        }
        records.append(record)
    }

    private mutating func addShift(_ distance: Int64?) {
        guard let distance, distance.magnitude <= 1 << 31 else {
            all = true
            return
        }
        rowsBefore = max(rowsBefore, Int(distance))
        rowsBehind = max(rowsBehind, Int(0 &- distance))
    }

    /// A frame that begins with its partition and looks at its first `count` rows; nil: at any.
    private mutating func addHead(_ count: Int64?, _ frame: OverFrame) {
        counts = true
        guard let count, count <= 1 << 16, frame.exclusion == .none else {
            allBefore = true
            return
        }
        head = max(head, Int(count))
    }

    private mutating func addFrame(_ frame: OverFrame) {
        if frame.exclusion != .none { groups = true }
        if frame.exclusion == .group || frame.exclusion == .ties { peers = true }
        if let session = frame.session {
            if !sessions.contains(where: { $0 == session }) { sessions.append(session) }
            return
        }
        if frame.unit != .rows { groups = true }
        addBound(frame.start, frame)
        addBound(frame.end, frame)
        if case .value(let column) = frame.start { values.append((column, frame.startDistance)) }
        if case .value(let column) = frame.end {
            valuesBehind.append(column)
            values.append((column, nil))
        }
    }

    private mutating func addBound(_ bound: OverFrame.Bound, _ frame: OverFrame) {
        switch bound {
        case .unboundedPreceding, .value: break
        case .unboundedFollowing: all = true
        case .currentRow: if frame.unit != .rows { peers = true }
        case .preceding(let distance):
            let distance = Int(clamping: min(distance, 1 << 31))
            if frame.unit == .rows {
                rowsBefore = max(rowsBefore, distance)
            } else {
                groupsBefore = max(groupsBefore, distance)
                peers = true
            }
        case .following(let distance):
            let distance = Int(clamping: min(distance, 1 << 31))
            if frame.unit == .rows {
                rowsBehind = max(rowsBehind, distance)
            } else {
                groupsBehind = max(groupsBehind, distance)
            }
        }
    }
}
