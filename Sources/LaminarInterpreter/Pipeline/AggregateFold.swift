import LaminarColumns
import LaminarKernels
import LaminarRuntime
import LaminarState
import LaminarTypes

/// The rows of a chunk that one aggregate call counts in, and where their groups' accumulators lie.
struct FoldInput {
    /// The rows that pass the query's filter, counted from the chunk's first.
    var rows: UnsafeBufferPointer<Int32>
    /// The group of each of `rows`.
    var groups: UnsafePointer<UInt32>
    /// The argument of each row of the chunk, NULL where the call's FILTER rejects the row; nil: COUNT(*) of all.
    var argument: ColumnView?
    /// The weight of each row of the chunk; nil: all +1.
    var weights: UnsafePointer<Int64>?
    /// The call's accumulator within a record.
    var offset: Int
}

/// What the interpreter does with one accumulator struct: a loop over rows for each operation, made once by a generic
/// function from the very struct that generated code uses.
struct AggregateFold: Sendable {
    let add: @Sendable (FoldInput, UnsafeMutablePointer<GroupTable>) -> Void
    /// As `add`, for a DISTINCT call with this number among the table's DISTINCT calls.
    let addDistinct: @Sendable (FoldInput, UnsafeMutablePointer<GroupTable>, Int) -> Void
    /// Counts accumulators `stride` bytes apart into others.
    let merge: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, _ count: Int, _ stride: Int, inout Arena) -> Void
    /// Writes the results of accumulators `stride` bytes apart into rows of a column, from a first row on; returns the
    /// first accumulator whose result failed, with the failure, or nil.
    let results: @Sendable (UnsafeRawPointer, _ stride: Int, _ count: Int, ColumnBatch, _ column: Int, _ row: Int) -> (
        Int, EvaluationErrorCode
    )?
    /// The same aggregate over frames of rows; nil: COUNT(*).
    let frame: FrameAggregate?
    let size: Int
    /// Whether a row of negative weight can be taken back.
    let canRetract: Bool
}

extension AggregateFold {
    init<Step: Accumulator & SendableMetatype>(_ type: Step.Type)
    where Step.Argument: GroupKey & SendableMetatype {
        self.init(
            add: { input, table in
                fold(input, table) { (step: inout Step, value, arena) in
                    step.add(value, &arena)
                } weighted: { (step: inout Step, value, weight, arena) in
                    for _ in 0..<weight { step.add(value, &arena) }
                }
            },
            addDistinct: { input, table, call in
                foldDistinct(input, table, call, added: { (step: inout Step, value, arena) in step.add(value, &arena) })
            },
            merge: { mergeAll(Step.self, $0, $1, $2, $3, &$4) },
            results: { writeResults($0, $1, $2, $3, $4, $5, of: { (step: Step, fault) in step.result(&fault, at: 0) }) },
            frame: FrameAggregate(type), size: MemoryLayout<Step>.size, canRetract: false)
    }

    init<Step: RetractableAccumulator & SendableMetatype>(retractable type: Step.Type)
    where Step.Argument: GroupKey & SendableMetatype {
        self.init(
            add: { input, table in
                fold(input, table) { (step: inout Step, value, arena) in
                    step.add(value, &arena)
                } weighted: { (step: inout Step, value, weight, arena) in
                    if weight >= 0 {
                        for _ in 0..<weight { step.add(value, &arena) }
                    } else {
                        for _ in 0..<(-weight) { step.retract(value, &arena) }
                    }
                }
            },
            addDistinct: { input, table, call in
                foldDistinct(
                    input, table, call, added: { (step: inout Step, value, arena) in step.add(value, &arena) },
                    removed: { step, value, arena in step.retract(value, &arena) })
            },
            merge: { mergeAll(Step.self, $0, $1, $2, $3, &$4) },
            results: { writeResults($0, $1, $2, $3, $4, $5, of: { (step: Step, fault) in step.result(&fault, at: 0) }) },
            frame: FrameAggregate(type), size: MemoryLayout<Step>.size, canRetract: true)
    }

    /// An accumulator that makes its result.
    init<Step: MakingAccumulator & SendableMetatype>(making type: Step.Type)
    where Step.Argument: GroupKey & SendableMetatype {
        let fold = AggregateFold(retractable: type)
        self.init(
            add: fold.add, addDistinct: fold.addDistinct, merge: fold.merge,
            results: { records, stride, count, batch, column, row in
                writeResults(
                    records, stride, count, batch, column, row,
                    of: { (step: Step, fault) in step.result(&batch.arena, &fault, at: 0) })
            },
            frame: FrameAggregate(making: type), size: fold.size, canRetract: true)
    }

    /// The same with results that may need an arena.
    func giving<Step: SendableMetatype, Result: BitwiseCopyable>(
        frame: FrameAggregate, _ result: @escaping @Sendable (Step, inout Arena, inout Fault) -> Result?
    ) -> AggregateFold {
        AggregateFold(
            add: add, addDistinct: addDistinct, merge: merge,
            results: { records, stride, count, batch, column, row in
                writeResults(
                    records, stride, count, batch, column, row,
                    of: { (step: Step, fault) in result(step, &batch.arena, &fault) })
            },
            frame: frame, size: size, canRetract: canRetract)
    }

    /// COUNT(*), which has no argument.
    static let countOfRows = AggregateFold(
        add: { input, table in
            let (base, stride) = (table.pointee.accumulators + input.offset, table.pointee.accumulatorBytes)
            if input.argument == nil, input.weights == nil {
                for index in 0..<input.rows.count {
                    let record = base + Int(input.groups[index]) &* stride
                    record.assumingMemoryBound(to: CountOfRows.self).pointee.count &+= 1
                }
                return
            }
            for (index, row) in input.rows.enumerated() where input.argument?.isValid(Int(row)) ?? true {
                let record = base + Int(input.groups[index]) &* stride
                let step = record.assumingMemoryBound(to: CountOfRows.self)
                step.pointee.count &+= input.weights?[Int(row)] ?? 1
            }
        },
        addDistinct: { _, _, _ in preconditionFailure("COUNT(*) has no DISTINCT form.") },
        merge: { source, target, count, stride, _ in
            for index in 0..<count {
                let other = (source + index &* stride).assumingMemoryBound(to: CountOfRows.self)
                (target + index &* stride).assumingMemoryBound(to: CountOfRows.self).pointee.count &+= other.pointee.count
            }
        },
        results: { writeResults($0, $1, $2, $3, $4, $5, of: { (step: CountOfRows, fault) in step.result(&fault, at: 0) }) },
        frame: nil, size: MemoryLayout<CountOfRows>.size, canRetract: true)
}

/// Applies `step` to each row's value whose argument is not NULL; `weighted` where rows have weights.
@inline(__always)
private func fold<Step, Value: BitwiseCopyable>(
    _ input: FoldInput, _ table: UnsafeMutablePointer<GroupTable>,
    _ step: (inout Step, Value, inout Arena) -> Void,
    weighted: (inout Step, Value, Int64, inout Arena) -> Void
) {
    // Sound: the plan gives the argument's column the accumulator's argument type and places the struct at `offset`.
    let (base, stride) = (table.pointee.accumulators + input.offset, table.pointee.accumulatorBytes)
    guard let argument = input.argument else { preconditionFailure("Only COUNT(*) has no argument.") }
    let values = argument.values.assumingMemoryBound(to: Value.self)
    if let weights = input.weights {
        for (index, row) in input.rows.enumerated() where argument.isValid(Int(row)) {
            let record = base + Int(input.groups[index]) &* stride
            let accumulator = record.assumingMemoryBound(to: Step.self)
            weighted(&accumulator.pointee, values[Int(row)], weights[Int(row)], &table.pointee.arena)
        }
        return
    }
    // In locals, since a store through an accumulator could alias what `input` points to.
    let (rows, groups, count) = (input.rows, input.groups, input.rows.count)
    if argument.validity == nil {
        for index in 0..<count {
            let accumulator = (base + Int(groups[index]) &* stride).assumingMemoryBound(to: Step.self)
            step(&accumulator.pointee, values[Int(rows[index])], &table.pointee.arena)
        }
        return
    }
    for index in 0..<count where argument.isValid(Int(rows[index])) {
        let accumulator = (base + Int(groups[index]) &* stride).assumingMemoryBound(to: Step.self)
        step(&accumulator.pointee, values[Int(rows[index])], &table.pointee.arena)
    }
}

private func mergeAll<Step: Accumulator>(
    _ type: Step.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ stride: Int,
    _ arena: inout Arena
) {
    // Sound: the plan places the struct at both.
    for index in 0..<count {
        (target + index &* stride).assumingMemoryBound(to: Step.self).pointee.merge(
            (source + index &* stride).assumingMemoryBound(to: Step.self).pointee, &arena)
    }
}

/// As `fold`, with a value counted only when its group sees it first, and taken back when its group last loses it.
@inline(__always)
private func foldDistinct<Step, Value: GroupKey>(
    _ input: FoldInput, _ table: UnsafeMutablePointer<GroupTable>, _ call: Int,
    added: (inout Step, Value, inout Arena) -> Void, removed: ((inout Step, Value, inout Arena) -> Void)? = nil
) {
    let (base, stride) = (table.pointee.accumulators + input.offset, table.pointee.accumulatorBytes)
    guard let argument = input.argument else { preconditionFailure("Only COUNT(*) has no argument.") }
    let values = argument.values.assumingMemoryBound(to: Value.self)
    for (index, row) in input.rows.enumerated() where argument.isValid(Int(row)) {
        let group = Int(input.groups[index])
        let accumulator = (base + group &* stride).assumingMemoryBound(to: Step.self)
        let value = values[Int(row)]
        let weight = input.weights?[Int(row)] ?? 1
        if weight >= 0 {
            for _ in 0..<weight where table.pointee.addDistinct(value, call: call, group: group) {
                added(&accumulator.pointee, value, &table.pointee.arena)
            }
        } else if let removed {
            for _ in 0..<(-weight) where table.pointee.retractDistinct(value, call: call, group: group) {
                removed(&accumulator.pointee, value, &table.pointee.arena)
            }
        }
    }
}

@inline(__always)
private func writeResults<Step, Result: BitwiseCopyable>(
    _ records: UnsafeRawPointer, _ stride: Int, _ count: Int, _ batch: ColumnBatch, _ column: Int, _ row: Int,
    of result: (Step, inout Fault) -> Result?
) -> (Int, EvaluationErrorCode)? {
    let values = batch.values(column, as: Result.self)
    for index in 0..<count {
        var fault = Fault()
        let step = (records + index &* stride).assumingMemoryBound(to: Step.self)
        if let value = result(step.pointee, &fault) {
            values[row + index] = value
        } else {
            batch.setNull(column, row + index)
        }
        if fault.isRaised { return (index, fault.resolvedCode) }
    }
    return nil
}
