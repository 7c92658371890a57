public import LaminarText
import LaminarExpressions
import LaminarTypes

/// Cuts a logical program into pipelines.
///
/// Filters, projections and window assignments are folded into the expressions of the stage that reads them; a stage is
/// made for each aggregation and union, once for equal plans however many queries use them. A source keeps only the
/// columns that some stage reads. What cannot be run yet is reported at its place.
public func planPipelines(_ program: LogicalProgram, diagnostics: inout Diagnostics) -> PipelinePlan {
    var planner = PipelinePlanner(diagnostics: diagnostics)
    var sinks: [SinkPlan] = []
    for query in program.queries {
        let rows = planner.rows(of: query.plan)
        let input = planner.materialised(rows, like: query.plan, name: query.plan.name ?? query.sink.name)
        sinks.append(
            SinkPlan(
                definition: query.sink, input: input, fields: query.plan.fields,
                changelog: query.plan.properties.changelog, presentation: query.presentation))
    }
    diagnostics = planner.diagnostics
    var plan = PipelinePlan(
        name: program.name, sources: planner.sources, stages: planner.stages, sinks: sinks,
        feedbacks: planner.feedbacks, functions: program.functions, aggregates: program.aggregates)
    plan.foldTransformsIntoAggregates()
    plan.dropUnreadColumns()
    plan.pruneStampedColumns()
    plan.pruneSourceColumns()
    for stage in plan.unkeyedReaders {
        diagnostics.report(
            .error, "0A000", at: stage.span,
            "what waits for the watermark of a source with watermark_key, other than windows by that key, is not supported yet",
            hint: "Group by windows of the event time and by the key, or leave watermark_key away.")
    }
    return plan
}

/// Rows of a source or stage seen through filters and projections that have not been given a stage of their own.
struct FusedRows {
    var base: StageInput
    var baseFields: [Field]
    var filter: Expression?
    var columns: [Expression]

    var isIdentity: Bool {
        filter == nil && columns.count == baseFields.count
            && columns.enumerated().allSatisfy { $1.node == .input($0) }
    }
}

struct PipelinePlanner {
    var diagnostics: Diagnostics
    var sources: [SourcePlan] = []
    var stages: [StagePlan] = []
    private var sourceIndex: [SourceDefinition: Int] = [:]
    private var stageIndex: [LogicalPlan: StageInput] = [:]
    /// The stages that stamp the rows of another, by what they read and how.
    var stampIndex: [StampedInput: StageInput] = [:]
    private(set) var feedbacks: [PipelinePlan.Feedback] = []
    /// The stage that stands for what a recursion gives, by its number.
    private var feedbackStages: [Int: Int] = [:]
    private var usedNames: Set<String> = []

    /// Substituting an expression that is used several times multiplies it; beyond this many nodes a stage is made.
    static let largestFusedExpression = 2_000

    init(diagnostics: Diagnostics) { self.diagnostics = diagnostics }

    mutating func rows(of plan: LogicalPlan) -> FusedRows {
        switch plan.node {
        case .source(let definition):
            let index = source(definition)
            return FusedRows(
                base: .source(index), baseFields: definition.columns, filter: nil,
                columns: definition.visible.map(\.expression))
        case .filter(let input, let predicate):
            var rows = rows(of: input, checkedBy: [predicate])
            let substituted = predicate.substitutingInputs { rows.columns[$0] }
            rows.filter = rows.filter.map { conjunction($0, substituted) } ?? substituted
            return rows
        case .project(let input, let expressions):
            var rows = rows(of: input, checkedBy: expressions)
            let fused = expressions.map { $0.substitutingInputs { rows.columns[$0] } }
            if fused.contains(where: { $0.nodeCount > Self.largestFusedExpression }) {
                rows = identity(materialised(rows, like: input, name: "rows"), input.fields)
                rows.columns = expressions
                return rows
            }
            rows.columns = fused
            return rows
        case .window(let input, let assignment) where assignment.window.kind != .tumble:
            // The operator writes microseconds.
            var layout = plan
            let bounds = plan.fields.indices.suffix(assignment.givesOutLateRows ? 0 : 3)
            if assignment.boundType == .bigint {
                for index in bounds { layout.fields[index].type = assignment.time.type }
            }
            let stage = shared(plan, layout) { planner in planner.expansion(of: input, assignment) }
            var rows = identity(stage, layout.fields)
            for index in bounds { rows.columns[index] = rows.columns[index].asTime(assignment.boundType) }
            return rows
        case .window(let input, let assignment):
            var rows = rows(of: input)
            var substituted = assignment
            substituted.time = assignment.time.substitutingInputs { rows.columns[$0] }
            rows.columns += substituted.boundExpressions(span: plan.span)
            return rows
        case .expand(let input, let count, let keepsEmpty):
            let stage = shared(plan) { planner in planner.expansion(of: input, count, keepsEmpty: keepsEmpty) }
            return identity(stage, plan.fields)
        case .over(let input, let over):
            let stage = shared(plan) { planner in planner.over(input, over) }
            return identity(stage, plan.fields)
        case .values(let expressions):
            return identity(shared(plan) { _ in .values(expressions) }, plan.fields)
        case .unionAll(let inputs):
            let stage = shared(plan) { planner in
                .unionAll(
                    inputs.map { input in
                        let rows = planner.rows(of: input)
                        return planner.materialised(rows, like: input, name: "branch")
                    })
            }
            return identity(stage, plan.fields)
        case .feedback(let number):
            let stage = shared(plan) { _ in .feedback }
            if case .stage(let index) = stage { feedbackStages[number] = index }
            return identity(stage, plan.fields)
        case .recursion(let result, let step, let number):
            var rows = rows(of: result)
            let last = materialised(self.rows(of: step), like: step, name: "step")
            if case .aggregate = result.node {
                // The rows without repetition do not come from the step, whose inputs yet hold their watermark back.
                let stage = shared(plan) { planner in
                    let none = RowTransform(
                        filter: .constant(.boolean(false), .boolean, span: plan.span),
                        outputs: step.fields.enumerated().map { .input($0.offset, $0.element) })
                    let distinct = planner.materialised(rows, like: result, name: "rows")
                    return .unionAll([distinct, planner.append(.transform(last, none), like: step, name: "watermark")])
                }
                rows = identity(stage, plan.fields)
            }
            if let stage = feedbackStages[number], !feedbacks.contains(where: { $0.stage == stage }) {
                feedbacks.append(PipelinePlan.Feedback(input: last, stage: stage))
            }
            return rows
        case .keyed(let input, let changes):
            let stage = shared(plan) { planner in
                let rows = planner.rows(of: input)
                var layout = input
                layout.name = nil
                // Where the rows are the source's, there is nothing to compute in front.
                let base = rows.isIdentity ? rows.base : planner.materialised(rows, like: layout, name: "rows")
                return .keyed(base, changes)
            }
            return identity(stage, plan.fields)
        case .periodic(let input, let emission):
            let stage = shared(plan) { planner in planner.periodic(input, emission) }
            return identity(stage, plan.fields)
        case .lateRows(let input, let window):
            let stage = shared(plan) { planner in
                var (rows, layout) = (planner.rows(of: input), input)
                layout.name = nil
                let substituted = window.time.substitutingInputs { rows.columns[$0] }
                let time = rows.columns.firstIndex(of: substituted) ?? rows.columns.count
                if time == rows.columns.count {
                    rows.columns.append(substituted)
                    layout.fields.append(Field("time", window.time.type, isNullable: window.time.isNullable))
                    layout.node = .project(
                        input, input.fields.enumerated().map { .input($0.offset, $0.element) } + [window.time])
                }
                return .eventTime(
                    planner.materialised(rows, like: layout, name: "rows"),
                    .lateRows(
                        LateRowsPlan(
                            columns: input.fields.count, time: time, window: window.window, lateness: window.lateness)))
            }
            return identity(stage, plan.fields)
        case .keyedWindows(let input, let windows):
            let stage = shared(plan) { planner in planner.keyedWindows(input, windows) }
            return identity(stage, plan.fields)
        case .eventTimeOrder(let input, let lateness, let ties):
            let stage = shared(plan) { planner in
                let rows = planner.rows(of: input)
                return .eventTime(
                    planner.materialised(rows, like: input, name: "rows"),
                    .order(EventTimeOrderPlan(time: input.properties.eventTime ?? 0, lateness: lateness, ties: ties)))
            }
            return identity(stage, plan.fields)
        case .aggregate(let input, let aggregation):
            let stage = shared(plan) { planner in
                planner.aggregate(plan, input: input, aggregation)
            }
            return identity(stage, plan.fields)
        case .join(let left, let right, let join): return joined(plan, left, right, join)
        }
    }

    /// The rows that expressions are over; consolidated where one of them is an error for what no state of the input has.
    private mutating func rows(of input: LogicalPlan, checkedBy expressions: [Expression]) -> FusedRows {
        guard expressions.contains(where: { $0.checksRowCount }) else { return rows(of: input) }
        let rows = rows(of: input)
        var layout = input
        layout.name = nil
        let stage = append(
            .eventTime(materialised(rows, like: layout, name: "rows"), .consolidate), like: layout, name: "consolidated")
        return identity(stage, input.fields)
    }

    /// A join over two stages that compute its key columns beside the columns of its inputs.
    private mutating func joined(
        _ plan: LogicalPlan, _ left: LogicalPlan, _ right: LogicalPlan, _ join: Join
    ) -> FusedRows {
        let leftTimes = [join.timing?.left].compactMap { $0 }
        let rightTimes = [join.timing?.right].compactMap { $0 }
        let (leftInput, leftFields, leftKeys) = joinInput(left, join.keys.map(\.left) + leftTimes)
        let (rightInput, rightFields, rightKeys) = joinInput(right, join.keys.map(\.right) + rightTimes)
        let position: (Int) -> Int = { column in
            column < left.fields.count ? column : leftFields.count + column - left.fields.count
        }
        let keys = join.keys.indices.map { index in
            JoinPlan.Key(
                left: leftKeys[index], right: rightKeys[index], type: join.keys[index].left.type.physical,
                nullsAreEqual: join.keys[index].nullsAreEqual)
        }
        let residual = join.residual?.renumberingInputs(position)
        let timing = join.timing.map { timing in
            JoinPlan.Timing(
                left: leftKeys[keys.count], right: rightKeys[keys.count], lower: timing.lower, upper: timing.upper,
                lateness: timing.lateness, waits: timing.waits, carriesLeft: timing.carriesLeft,
                carriesRight: timing.carriesRight)
        }
        if let residual, residual.readsClock {
            diagnostics.unsupported("processing time or a watermark in the condition of a join", at: residual.span)
        }
        var stagePlan = plan
        stagePlan.fields = leftFields.map { field in
            var field = field
            if join.kind == .right || join.kind == .full { field.isNullable = true }
            return field
        }
        if !join.kind.isFiltering {
            stagePlan.fields += rightFields.map { field in
                var field = field
                if join.kind == .left || join.kind == .full { field.isNullable = true }
                return field
            }
        }
        var joinPlan = JoinPlan(
            kind: join.kind, keys: keys, residual: residual, leftWidth: leftFields.count, timing: timing)
        joinPlan.leftTimeToLive = join.leftTimeToLive
        joinPlan.rightTimeToLive = join.rightTimeToLive
        joinPlan.readsLatest = join.readsLatest
        let stage: StageInput
        if let known = stageIndex[plan] {
            stage = known
        } else {
            stage = append(
                .join(leftInput, rightInput, joinPlan),
                like: stagePlan, name: plan.name ?? "join")
            stageIndex[plan] = stage
        }
        var rows = identity(stage, stagePlan.fields)
        let columns = rows.columns
        rows.columns = plan.fields.indices.map { columns[join.kind.isFiltering ? $0 : position($0)] }
        return rows
    }

    /// The stage that gives a side of a join, its columns, and which of them are the keys.
    private mutating func joinInput(
        _ plan: LogicalPlan, _ keys: [Expression]
    ) -> (input: StageInput, fields: [Field], keys: [Int]) {
        var columns = plan.fields.enumerated().map { Expression.input($0.offset, $0.element) }
        var fields = plan.fields
        var positions: [Int] = []
        for key in keys {
            if let index = columns.firstIndex(where: { $0.node == key.node && $0.type.physical == key.type.physical }) {
                positions.append(index)
                continue
            }
            positions.append(columns.count)
            columns.append(key)
            fields.append(Field("key_\(positions.count)", key.type, isNullable: key.isNullable))
        }
        var extended = plan
        if columns.count > plan.fields.count {
            extended = LogicalPlan(
                .project(plan, columns), fields: fields, properties: plan.properties, name: nil, span: plan.span)
        }
        let rows = rows(of: extended)
        return (materialised(rows, like: extended, name: plan.name ?? "side"), fields, positions)
    }

    /// The input itself if nothing was fused over it, else a transform stage.
    mutating func materialised(
        _ rows: FusedRows, like plan: LogicalPlan, name: String, isShared: Bool = true
    ) -> StageInput {
        if rows.isIdentity, case .stage = rows.base { return rows.base }
        if isShared, let stage = stageIndex[plan] { return stage }
        let rows = stamped(rows, windows: nil)
        let transform = RowTransform(filter: rows.filter, outputs: rows.columns)
        let stage = append(.transform(rows.base, transform), like: plan, name: plan.name ?? name)
        if isShared { stageIndex[plan] = stage }
        return stage
    }

    private func identity(_ input: StageInput, _ fields: [Field]) -> FusedRows {
        FusedRows(
            base: input, baseFields: fields, filter: nil,
            columns: fields.enumerated().map { .input($0.offset, $0.element) })
    }

    private mutating func source(_ definition: SourceDefinition) -> Int {
        if let index = sourceIndex[definition] { return index }
        let watermark = definition.watermark.map {
            WatermarkPlan(time: $0.time, candidate: $0.candidate, delay: $0.delay)
        }
        sources.append(
            SourcePlan(
                definition: definition, columns: Array(definition.columns.indices), fields: definition.columns,
                watermark: watermark, changelog: definition.isAppendOnly ? .appendOnly : .updating))
        sourceIndex[definition] = sources.count - 1
        return sources.count - 1
    }

    /// - Parameter layout: the plan with the columns of the stage, where they differ from its own.
    private mutating func shared(
        _ plan: LogicalPlan, _ layout: LogicalPlan? = nil, _ make: (inout PipelinePlanner) -> StagePlan.Kind
    ) -> StageInput {
        if let stage = stageIndex[plan] { return stage }
        let kind = make(&self)
        let stage = append(kind, like: layout ?? plan, name: plan.name ?? defaultName(kind))
        stageIndex[plan] = stage
        return stage
    }

    private func defaultName(_ kind: StagePlan.Kind) -> String {
        switch kind {
        case .values: "values"
        case .transform: "rows"
        case .unionAll: "union"
        case .feedback: "recursion"
        case .windowAggregate, .runningAggregate: "groups"
        case .eventTime(_, .order): "ordered"
        case .eventTime(_, .lateRows): "late"
        case .eventTime(_, .stamp): "stamped"
        case .eventTime(_, .periodic): "periodic"
        case .eventTime(_, .consolidate): "consolidated"
        case .eventTime: "windows"
        case .join: "join"
        case .over: "over"
        case .keyed: "keyed"
        }
    }

    mutating func append(_ kind: StagePlan.Kind, like plan: LogicalPlan, name: String) -> StageInput {
        var unique = name
        var suffix = 2
        while !usedNames.insert(unique).inserted {
            unique = "\(name)_\(suffix)"
            suffix += 1
        }
        stages.append(
            StagePlan(name: unique, kind: kind, fields: plan.fields, properties: plan.properties, span: plan.span))
        return .stage(stages.count - 1)
    }

    /// The input with its rows given to windows; the stage in front of the operator computes the time and the keys.
    private mutating func expansion(of input: LogicalPlan, _ assignment: WindowAssignment) -> StagePlan.Kind {
        var rows = rows(of: input)
        var layout = input
        layout.name = nil
        var columns: [Expression] = input.fields.enumerated().map { .input($0.offset, $0.element) }
        func position(of expression: Expression) -> Int {
            let substituted = expression.substitutingInputs { rows.columns[$0] }
            if let index = rows.columns.firstIndex(of: substituted) { return index }
            rows.columns.append(substituted)
            columns.append(expression)
            layout.fields.append(
                Field("column_\(columns.count)", expression.type, isNullable: expression.isNullable))
            return columns.count - 1
        }
        let time = position(of: assignment.time)
        let keys = assignment.partition.map(position)
        if columns.count > input.fields.count { layout.node = .project(input, columns) }
        // Steps of the clock serve these windows alone.
        let isClocked = rows.columns[time].readsProcessingTime
        if isClocked { rows = stamped(rows, windows: assignment.window) }
        let base = materialised(rows, like: layout, name: "times", isShared: !isClocked)
        let timeUnit = assignment.boundType.timeUnit
        if assignment.window.kind == .session {
            var sessions = SessionsPlan(
                columns: input.fields.count, time: time, keys: keys, gap: assignment.window.size,
                lateness: assignment.lateness, closes: assignment.closes, timeUnit: timeUnit,
                hasWatermark: assignment.hasWatermark)
            sessions.waitsForEnd = assignment.waitsForEnd
            sessions.keyed = assignment.keyed
            sessions.givesOutLateRows = assignment.givesOutLateRows
            sessions.takesRowsBack = assignment.hasWatermark && input.properties.changelog == .updating
            return .eventTime(base, .sessions(sessions))
        }
        return .eventTime(
            base,
            .expandWindows(
                ExpandWindowsPlan(
                    columns: input.fields.count, time: time, window: assignment.window, timeUnit: timeUnit,
                    hasWatermark: assignment.hasWatermark)))
    }

    /// The input's rows until their windows close; the stage in front of the operator computes what it asks for.
    private mutating func keyedWindows(_ input: LogicalPlan, _ windows: KeyedWindows) -> StagePlan.Kind {
        var rows = rows(of: input)
        var layout = input
        layout.name = nil
        var columns: [Expression] = input.fields.enumerated().map { .input($0.offset, $0.element) }
        func position(of expression: Expression) -> Int {
            let substituted = expression.substitutingInputs { rows.columns[$0] }
            if let index = rows.columns.firstIndex(of: substituted) { return index }
            rows.columns.append(substituted)
            columns.append(expression)
            layout.fields.append(
                Field("column_\(columns.count)", expression.type, isNullable: expression.isNullable))
            return columns.count - 1
        }
        let eventTime = position(of: windows.eventTime)
        let end = position(of: windows.end)
        if columns.count > input.fields.count { layout.node = .project(input, columns) }
        return .eventTime(
            materialised(rows, like: layout, name: "times"),
            .keyedWindows(
                KeyedWindowsPlan(
                    columns: input.fields.count, eventTime: eventTime, end: end, watermark: windows.watermark,
                    lateness: windows.lateness, emission: windows.emission, givesOutLateRows: windows.givesOutLateRows)))
    }

    /// The input with each row as often as `count` says, which the stage in front of the operator computes.
    private mutating func expansion(of input: LogicalPlan, _ count: Expression, keepsEmpty: Bool) -> StagePlan.Kind {
        var rows = rows(of: input)
        var layout = input
        layout.name = nil
        rows.columns.append(count.substitutingInputs { rows.columns[$0] })
        layout.fields.append(Field("times", .bigint, isNullable: count.isNullable))
        layout.node = .project(
            input, input.fields.enumerated().map { .input($0.offset, $0.element) } + [count])
        return .eventTime(
            materialised(rows, like: layout, name: "times"),
            .expandRows(
                ExpandRowsPlan(columns: input.fields.count, count: input.fields.count, keepsEmpty: keepsEmpty)))
    }

    /// Window functions; the stage in front of the operator computes the expressions that are no columns of the input.
    private mutating func over(_ input: LogicalPlan, _ over: Over) -> StagePlan.Kind {
        var columns = input.fields.enumerated().map { Expression.input($0.offset, $0.element) }
        var layout = input
        func column(_ expression: Expression) -> Int {
            if let known = columns.firstIndex(where: { $0.node == expression.node && $0.type == expression.type }) {
                return known
            }
            columns.append(expression)
            layout.fields.append(
                Field("over_\(columns.count)", expression.type, isNullable: expression.isNullable))
            return columns.count - 1
        }
        let plan = OverPlan(
            over, columns: input.fields.count, tieBreakers: input.properties.key ?? [], column: column)
        if columns.count > input.fields.count {
            layout.node = .project(input, columns)
            layout.name = nil
        }
        let base = materialised(rows(of: layout), like: layout, name: "rows")
        return .over(base, plan)
    }
}
