public import LaminarTypes

/// The rows around a row that a window function looks at.
public struct OverFrame: Sendable, Equatable {
    /// What the distance of a bound counts.
    public enum Unit: Sendable {
        case rows
        /// Rows that are equal in the order.
        case groups
        /// Values of the one column that orders.
        case range
        /// Nothing: the frame is the row's session. A row begins another one than the row before it if its `rangeColumn` has
        /// reached the value in that row's `end` column, or one of the two is NULL.
        case session
    }

    public enum Bound: Sendable, Equatable {
        case unboundedPreceding
        case preceding(Int64)
        case currentRow
        case following(Int64)
        case unboundedFollowing
        /// RANGE with a distance: the column that holds, for each row, the value at which its frame begins or ends.
        case value(column: Int)
    }

    public enum Exclusion: Sendable {
        case none, currentRow, group, ties
    }

    public var unit: Unit
    public var start: Bound
    public var end: Bound
    public var exclusion: Exclusion
    /// RANGE with a distance: the ordering column in the type of its bounds.
    public var rangeColumn: Int?
    /// RANGE over a time: how many microseconds before its row the frame begins, where that is the same for all rows.
    public var startDistance: Int64?

    public init(
        unit: Unit, start: Bound, end: Bound, exclusion: Exclusion = .none, rangeColumn: Int? = nil,
        startDistance: Int64? = nil
    ) {
        self.unit = unit
        self.start = start
        self.end = end
        self.exclusion = exclusion
        self.rangeColumn = rangeColumn
        self.startDistance = startDistance
    }

    /// The columns that tell sessions apart, if the frame is one.
    var session: (order: Int, end: Int)? {
        guard unit == .session, case .value(let end) = end, let rangeColumn else { return nil }
        return (rangeColumn, end)
    }
}

/// One column that `PartitionedOver` appends. Arguments are columns of its input.
public struct OverCall: Sendable {
    public enum Function: Sendable {
        case rowNumber, rank, denseRank, percentRank, cumulativeDistribution
        /// The number of buckets, BIGINT, is that of the partition's first row.
        case bucket(count: Int)
        /// The value `offset` rows before the row; nil: one. Offsets are BIGINT.
        case lag(value: Int, offset: Int?, otherwise: Int?)
        case lead(value: Int, offset: Int?, otherwise: Int?)
        case firstValue(Int)
        case lastValue(Int)
        /// Counted from 1, BIGINT.
        case nthValue(Int, position: Int)
        case countOfRows
        /// Over the values of a column that are not NULL.
        case aggregate(FrameAggregate, argument: Int)
    }

    public var function: Function
    public var frame: OverFrame
    public var result: PhysicalType
    /// The distance of LAG and LEAD, or the number of NTH_VALUE, where it is a constant that is not NULL.
    public var constant: Int64?

    public init(_ function: Function, frame: OverFrame, result: PhysicalType, constant: Int64? = nil) {
        self.function = function
        self.frame = frame
        self.result = result
        self.constant = constant
    }
}
