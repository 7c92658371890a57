public import LaminarExpressions
public import LaminarTypes

/// Window functions over one PARTITION BY and ORDER BY: each call appends a column to the input's rows.
public struct Over: Hashable, Sendable {
    public struct Order: Hashable, Sendable {
        public var expression: Expression
        public var isDescending: Bool
        public var nullsFirst: Bool

        public init(_ expression: Expression, isDescending: Bool, nullsFirst: Bool) {
            self.expression = expression
            self.isDescending = isDescending
            self.nullsFirst = nullsFirst
        }
    }

    public var partition: [Expression]
    public var order: [Order]
    public var calls: [Call]
    /// Set where rows come out once, when the watermark has settled their results; nil: an updating result.
    public var settling: Settling?

    /// By what a watermark settles the results of rows that are never taken back.
    public struct Settling: Hashable, Sendable {
        /// In microseconds, over the input: what the rows are ordered by, or the end of the window that their partition
        /// belongs to.
        public var time: Expression
        public var isWindowEnd: Bool
        /// Microseconds for which rows wait behind the watermark.
        public var lateness: Int64

        public init(time: Expression, isWindowEnd: Bool, lateness: Int64) {
            self.time = time
            self.isWindowEnd = isWindowEnd
            self.lateness = lateness
        }
    }

    public init(partition: [Expression], order: [Order], calls: [Call], settling: Settling? = nil) {
        self.partition = partition
        self.order = order
        self.calls = calls
        self.settling = settling
    }

    public enum Function: String, Hashable, Sendable {
        case rowNumber, rank, denseRank, percentRank, cumulativeDistribution
        /// Argument: the number of buckets, BIGINT.
        case bucket
        /// Arguments: value, then a distance (BIGINT), then a value where there is no such row.
        case lag, lead
        case firstValue, lastValue
        /// Arguments: value, number (BIGINT).
        case nthValue
        case countOfRows
        /// One argument, NULL where FILTER rejects the row.
        case aggregate
    }

    public struct Frame: Hashable, Sendable {
        public enum Unit: String, Hashable, Sendable {
            case rows, groups, range
            /// The rows around a row between which no distance is a gap. `end` is the value from which on a row in the order no
            /// longer belongs to the session of the row, `rangeOrder` what is held to it.
            case session
        }

        public enum Bound: Hashable, Sendable {
            case unboundedPreceding
            case preceding(Int64)
            case currentRow
            case following(Int64)
            case unboundedFollowing
            /// RANGE with a distance: the value at which the row's frame begins or ends.
            case value(Expression)
        }

        public enum Exclusion: String, Hashable, Sendable {
            case none, currentRow, group, ties
        }

        public var unit: Unit
        public var start: Bound
        public var end: Bound
        public var exclusion: Exclusion
        /// RANGE with a distance: the ordering expression in the type of the bounds.
        public var rangeOrder: Expression?
        /// RANGE over a time: how many microseconds before its row the frame begins, where that is the same for all rows.
        public var startDistance: Int64?

        public init(unit: Unit, start: Bound, end: Bound, exclusion: Exclusion = .none, rangeOrder: Expression? = nil) {
            self.unit = unit
            self.start = start
            self.end = end
            self.exclusion = exclusion
            self.rangeOrder = rangeOrder
        }

        /// From the partition's first row to the last that is equal to the row in the order.
        public static let standard = Frame(unit: .range, start: .unboundedPreceding, end: .currentRow)
    }

    public struct Call: Hashable, Sendable {
        public var function: Function
        /// The SQL name.
        public var name: String
        public var arguments: [Expression]
        public var kernel: AggregateKernel?
        public var frame: Frame
        public var type: SQLType
        public var isNullable: Bool

        public init(
            _ function: Function, name: String, arguments: [Expression], kernel: AggregateKernel? = nil,
            frame: Frame = .standard, type: SQLType, isNullable: Bool
        ) {
            self.function = function
            self.name = name
            self.arguments = arguments
            self.kernel = kernel
            self.frame = frame
            self.type = type
            self.isNullable = isNullable
        }
    }
}

extension Over.Frame {
    /// The frame over other rows; `transform` is applied to its expressions.
    public func mapExpressions(_ transform: (Expression) -> Expression) -> Over.Frame {
        func mapped(_ bound: Bound) -> Bound {
            if case .value(let expression) = bound { return .value(transform(expression)) }
            return bound
        }
        var copy = self
        copy.start = mapped(start)
        copy.end = mapped(end)
        copy.rangeOrder = rangeOrder.map(transform)
        return copy
    }
}

extension Over {
    /// The input columns that it reads.
    public var inputs: Set<Int> {
        var inputs: Set<Int> = []
        _ = mapExpressions { expression in
            inputs.formUnion(expression.inputs)
            return expression
        }
        return inputs
    }

    /// The window over other rows; `transform` is applied to each of its expressions.
    public func mapExpressions(_ transform: (Expression) -> Expression) -> Over {
        Over(
            partition: partition.map(transform),
            order: order.map { item in
                Order(transform(item.expression), isDescending: item.isDescending, nullsFirst: item.nullsFirst)
            },
            calls: calls.map { call in
                var call = call
                call.arguments = call.arguments.map(transform)
                call.frame = call.frame.mapExpressions(transform)
                return call
            },
            settling: settling.map { settling in
                var settling = settling
                settling.time = transform(settling.time)
                return settling
            })
    }
}

/// `Over` with its expressions as columns of the input.
public struct OverPlan: Hashable, Sendable {
    /// The input's columns that are handed on; those behind them only serve the operator.
    public var columns: Int
    public var partition: [Column]
    public var order: [Order]
    /// Columns that order rows which are equal in `order`.
    public var tieBreakers: [Int]
    public var calls: [Call]
    /// Set where rows come out once, when the watermark has settled their results; nil: an updating result.
    public var settling: Settling?

    public struct Settling: Hashable, Sendable {
        /// The column of the time in microseconds.
        public var time: Int
        public var isWindowEnd: Bool
        public var lateness: Int64
    }

    public struct Column: Hashable, Sendable {
        public var column: Int
        public var type: PhysicalType
    }

    public struct Order: Hashable, Sendable {
        public var column: Int
        public var isDescending: Bool
        public var nullsFirst: Bool
    }

    public struct Frame: Hashable, Sendable {
        public enum Bound: Hashable, Sendable {
            case unboundedPreceding, currentRow, unboundedFollowing
            case preceding(Int64)
            case following(Int64)
            case value(column: Int)
        }

        public var unit: Over.Frame.Unit
        public var start: Bound
        public var end: Bound
        public var exclusion: Over.Frame.Exclusion
        public var rangeColumn: Int?
        /// RANGE over a time: microseconds before the row, where they are the same for all rows.
        public var startDistance: Int64?
    }

    public struct Call: Hashable, Sendable {
        public var function: Over.Function
        public var name: String
        public var arguments: [Int]
        public var kernel: AggregateKernel?
        public var frame: Frame
        public var result: PhysicalType
        /// The distance of LAG and LEAD, or the number of NTH_VALUE, where it is a constant that is not NULL.
        public var constant: Int64?
    }

    /// - Parameter column: the input's column that holds an expression.
    init(_ over: Over, columns: Int, tieBreakers: [Int], column: (Expression) -> Int) {
        self.columns = columns
        self.tieBreakers = tieBreakers
        partition = over.partition.map { Column(column: column($0), type: $0.type.physical) }
        order = over.order.map { item in
            Order(
                column: column(item.expression), isDescending: item.isDescending, nullsFirst: item.nullsFirst)
        }
        func bound(_ bound: Over.Frame.Bound) -> Frame.Bound {
            switch bound {
            case .unboundedPreceding: .unboundedPreceding
            case .preceding(let distance): .preceding(distance)
            case .currentRow: .currentRow
            case .following(let distance): .following(distance)
            case .unboundedFollowing: .unboundedFollowing
            case .value(let expression): .value(column: column(expression))
            }
        }
        calls = over.calls.map { call in
            Call(
                function: call.function, name: call.name, arguments: call.arguments.map(column), kernel: call.kernel,
                frame: Frame(
                    unit: call.frame.unit, start: bound(call.frame.start), end: bound(call.frame.end),
                    exclusion: call.frame.exclusion, rangeColumn: call.frame.rangeOrder.map(column),
                    startDistance: call.frame.startDistance),
                result: call.type.physical, constant: call.constant)
        }
        settling = over.settling.map {
            Settling(time: column($0.time), isWindowEnd: $0.isWindowEnd, lateness: $0.lateness)
        }
    }
}

extension Over.Call {
    /// The distance of LAG and LEAD, or the number of NTH_VALUE, where it is a constant that is not NULL.
    public var constant: Int64? {
        guard [.lag, .lead, .nthValue].contains(function), arguments.count > 1,
            case .constant(.integer(let value)) = arguments[1].node
        else { return nil }
        return value
    }
}

extension Over {
    /// What bounds the rows and results that are kept where the watermark settles them.
    public var settledStateBound: StateBound {
        guard let settling else { return .unbounded }
        var longest: Int64? = 0
        for call in calls {
            switch call.function {
            case .rowNumber, .rank, .denseRank: longest = nil
            case .percentRank, .cumulativeDistribution, .bucket: return .unbounded
            case .lag, .lead:
                if call.arguments.count > 1, call.constant == nil { return .unbounded }
                longest = nil
            case .firstValue, .lastValue, .nthValue, .countOfRows, .aggregate:
                let frame = call.frame
                // Its rows stay until one behind the gap has come.
                if frame.unit == .session {
                    longest = nil
                    continue
                }
                if frame.end == .unboundedFollowing { return .unbounded }
                if frame.start == .unboundedPreceding {
                    let keepsRows =
                        frame.exclusion != .none || call.function == .nthValue && call.constant == nil
                        || call.function == .aggregate && call.kernel?.argument == .string
                    if keepsRows { return .unbounded }
                    longest = nil
                } else if let distance = frame.startDistance, let known = longest {
                    longest = max(known, distance)
                } else {
                    longest = nil
                }
            }
        }
        guard let longest else { return .keyCardinality }
        let (sum, overflow) = longest.addingReportingOverflow(settling.lateness)
        return .window(microseconds: overflow ? .max : sum)
    }
}
