public import LaminarExpressions
public import LaminarText
import LaminarTypes

extension Expression {
    /// PROCTIME(): the processing time of the row. Lowered by the planner to a column that the pipeline stamps on rows.
    public static func processingTime(span: Span) -> Expression {
        Expression(.call(processingTimeKernel, []), .timestamptz(6), isNullable: false, span: span)
    }

    /// The watermark of the rows before this one, as a time of the given type; NULL before there is one.
    public static func currentWatermark(_ type: SQLType, span: Span) -> Expression {
        Expression(.call(watermarkKernel, []), type == .bigint ? .timestamp(6) : type, isNullable: true, span: span)
            .asTime(type)
    }

    /// Whether it reads the processing time of the row.
    public var readsProcessingTime: Bool { calls(Self.processingTimeKernel) }
    /// Whether it reads the watermark.
    var readsWatermark: Bool { calls(Self.watermarkKernel) }
    /// Whether it reads what only the running pipeline knows.
    public var readsClock: Bool { readsProcessingTime || readsWatermark }

    private static let processingTimeKernel = Kernel("processingTime", [], .int64)
    private static let watermarkKernel = Kernel("currentWatermark", [], .int64)

    private func calls(_ wanted: Kernel) -> Bool {
        if case .call(let kernel, _) = node, kernel == wanted { return true }
        return operands.contains { $0.calls(wanted) }
    }

    /// With the columns of a stamped row in the place of the calls.
    func readingStamps(_ processingTime: Int, _ watermark: Int) -> Expression {
        if case .call(let kernel, _) = node {
            var column = self
            if kernel == Self.processingTimeKernel {
                column.node = .input(processingTime)
                return column
            }
            if kernel == Self.watermarkKernel {
                column.node = .input(watermark)
                return column
            }
        }
        return mapOperands { $0.readingStamps(processingTime, watermark) }
    }
}

/// What is stamped, and how.
struct StampedInput: Hashable {
    var input: StageInput
    var plan: StampPlan
}

extension PipelinePlanner {
    /// Rows whose expressions read columns of a stamping stage where they called for the time or the watermark.
    mutating func stamped(_ rows: FusedRows, windows: WindowShape?) -> FusedRows {
        var rows = rows
        let read = rows.columns + [rows.filter].compactMap { $0 }
        guard let stamps = stampingStage(behind: rows, read, windows) else { return rows }
        rows.base = stamps.stage
        rows.columns = rows.columns.map(stamps.apply)
        rows.filter = rows.filter.map(stamps.apply)
        rows.baseFields = stages[stamps.index].fields
        return rows
    }

    /// The same for an aggregation, whose expressions come back over the columns below `rows`.
    mutating func stamped(_ rows: FusedRows, _ aggregation: Aggregation) -> (FusedRows, Aggregation) {
        var rows = rows
        var aggregation = aggregation
        func map(_ transform: (Expression) -> Expression) {
            aggregation.keys = aggregation.keys.map(transform)
            aggregation.calls = aggregation.calls.map { $0.mapExpressions(transform) }
            if var window = aggregation.window {
                window.time = transform(window.time)
                aggregation.window = window
            }
        }
        let columns = rows.columns
        map { $0.substitutingInputs { columns[$0] } }
        var read = aggregation.keys + aggregation.calls.flatMap(\.expressions)
        read += [rows.filter, aggregation.window?.time].compactMap { $0 }
        let isClocked = aggregation.window?.time.readsProcessingTime ?? false
        guard let stamps = stampingStage(behind: rows, read, isClocked ? aggregation.window?.window : nil) else {
            return (rows, aggregation)
        }
        map(stamps.apply)
        rows.base = stamps.stage
        rows.filter = rows.filter.map(stamps.apply)
        return (rows, aggregation)
    }

    private struct Stamps {
        var index: Int
        var processingTime: Int
        var watermark: Int

        var stage: StageInput { .stage(index) }

        func apply(_ expression: Expression) -> Expression { expression.readingStamps(processingTime, watermark) }
    }

    private mutating func stampingStage(
        behind rows: FusedRows, _ read: [Expression], _ windows: WindowShape?
    ) -> Stamps? {
        let width = rows.baseFields.count
        let plan = StampPlan(
            columns: Array(0..<width), processingTime: read.contains(where: \.readsProcessingTime),
            watermark: read.contains(where: \.readsWatermark), windows: windows)
        guard plan.processingTime || plan.watermark else { return nil }
        let key = StampedInput(input: rows.base, plan: plan)
        let stage: StageInput
        if let known = stampIndex[key] {
            stage = known
        } else {
            var fields = rows.baseFields
            if plan.processingTime { fields.append(Field("processing_time", .timestamptz(6), isNullable: false)) }
            if plan.watermark { fields.append(Field("watermark", .timestamp(6))) }
            var properties = StreamProperties()
            switch rows.base {
            case .source(let index): properties.changelog = sources[index].changelog
            case .stage(let index): properties = stages[index].properties
            }
            if windows != nil { properties.eventTime = nil }
            properties.stateBound = .stateless
            let layout = LogicalPlan(.values([]), fields: fields, properties: properties, name: nil, span: read[0].span)
            stage = append(.eventTime(rows.base, .stamp(plan)), like: layout, name: "stamped")
            stampIndex[key] = stage
        }
        guard case .stage(let index) = stage else { return nil }
        return Stamps(index: index, processingTime: width, watermark: width + (plan.processingTime ? 1 : 0))
    }

    /// Holds changes back; the stage in front computes the last time of each row's window.
    mutating func periodic(_ input: LogicalPlan, _ emission: PeriodicEmission) -> StagePlan.Kind {
        var rows = rows(of: input)
        var layout = input
        layout.name = nil
        let none = Expression.constant(.integer(.max), .bigint, span: input.span)
        let last = emission.last ?? none
        layout.node = .project(input, input.fields.enumerated().map { .input($0.offset, $0.element) } + [last])
        layout.fields.append(Field("last", .bigint, isNullable: false))
        let columns = rows.columns
        rows.columns.append(last.substitutingInputs { columns[$0] }.withoutRoundTrips())
        return .eventTime(
            materialised(rows, like: layout, name: "changes"),
            .periodic(
                PeriodicPlan(
                    columns: input.fields.count, keys: emission.keys, interval: emission.interval,
                    last: input.fields.count)))
    }
}

extension PipelinePlan {
    /// Whether anything waits for processing time or reads it.
    public var readsClock: Bool {
        stages.contains(where: \.readsClock) || sources.contains { $0.definition.timing.readsClock }
    }

    /// Hands on, through stages that stamp a source's rows, only the columns that are read behind them.
    mutating func pruneStampedColumns() {
        for index in stages.indices {
            guard case .eventTime(.source(let source), .stamp(var plan)) = stages[index].kind else { continue }
            let width = plan.columns.count
            var used: Set<Int> = []
            var isReadWhole = sinks.contains { $0.input == .stage(index) }
            for stage in stages where stage.inputs.contains(.stage(index)) {
                let read = stage.readExpressions.filter { $0.0 == .stage(index) }
                if read.isEmpty { isReadWhole = true }
                for (_, expressions) in read { for expression in expressions { used.formUnion(expression.inputs) } }
            }
            if isReadWhole { continue }
            let kept = (0..<width).filter(used.contains)
            var position: [Int: Int] = [:]
            for (new, old) in (kept + Array(width..<stages[index].fields.count)).enumerated() { position[old] = new }
            plan.columns = kept.map { plan.columns[$0] }
            stages[index].fields = kept.map { stages[index].fields[$0] } + stages[index].fields[width...]
            stages[index].kind = .eventTime(.source(source), .stamp(plan))
            for reader in stages.indices {
                stages[reader].mapReadExpressions(of: .stage(index)) { expression in
                    expression.renumberingInputs { position[$0] ?? $0 }
                }
            }
        }
    }
}

extension StagePlan {
    /// Whether it does something when the clock goes on.
    public var readsClock: Bool {
        switch kind {
        case .eventTime(_, .stamp(let plan)): plan.processingTime
        case .eventTime(_, .periodic): true
        case .runningAggregate(_, let plan): plan.timeToLive != nil
        case .join(_, _, let plan): plan.leftTimeToLive != nil || plan.rightTimeToLive != nil
        default: false
        }
    }
}
