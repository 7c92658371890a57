package import LaminarColumns
package import LaminarExpressions
package import LaminarKernels
package import LaminarTypes

/// A filter and a list of output expressions, evaluated a chunk of at most ``chunkRows`` rows at a time.
///
/// Owns its scratch memory: one object serves one pipeline on one thread, and evaluating allocates nothing per row.
/// Fault sites number the fallible calls of the filter, then of the outputs in order.
package final class CompiledExpressions {
    /// A row that cannot be evaluated.
    package struct Failure: Equatable {
        /// The row of the batch.
        package var row: Int
        package var site: Int
        package var code: EvaluationErrorCode
    }

    private let filter: Expression?
    private let outputs: [Expression]
    private let inputs: [PhysicalType]
    private let evaluator: ProgramEvaluator
    private let filterSteps: Int
    private let filterRegister: Int?
    private let outputRegisters: [Int]
    private let selectionMask: Int
    /// The fallible calls, by fault site.
    package let faultSites: [Expression]
    /// Finds the failing row: nothing is shared there, so that each call reports its own site.
    private var checker: CompiledExpressions?
    private let isSharing: Bool
    private let functions = UserFunctions.current

    /// - Throws: if a kernel has no vector form.
    package convenience init(
        filter: Expression? = nil, outputs: [Expression], inputs: [PhysicalType]
    ) throws(MissingKernel) {
        try self.init(filter: filter, outputs: outputs, inputs: inputs, isSharing: true)
    }

    private init(
        filter: Expression?, outputs: [Expression], inputs: [PhysicalType], isSharing: Bool
    ) throws(MissingKernel) {
        var builder = ExpressionProgramBuilder(isSharing: isSharing)
        var mask = 0
        var condition: Int?
        if let filter {
            let register = try builder.compile(filter)
            mask = builder.makeMask(.isTrue, of: register, within: 0)
            condition = register
        }
        let steps = builder.steps.count
        var registers: [Int] = []
        for output in outputs { registers.append(try builder.compile(output, mask: mask)) }
        self.filter = filter
        self.outputs = outputs
        self.inputs = inputs
        self.isSharing = isSharing
        evaluator = ProgramEvaluator(builder)
        filterSteps = steps
        filterRegister = condition
        outputRegisters = registers
        selectionMask = mask
        faultSites = (filter.map(\.faultSites) ?? []) + outputs.flatMap(\.faultSites)
    }

    /// Evaluates rows `from..<from + count` of a batch; the number of rows that pass the filter.
    ///
    /// Failures of rows that matter are added to `fault`; results are then unspecified, and ``firstFailure(in:from:count:)``
    /// names the row. New strings are made in `arena` and live as long as it.
    /// - Parameter selection: The rows to evaluate, as bits from `from` on; nil: all.
    package func evaluate(
        _ batch: BatchView, from: Int, count: Int, selection: UnsafePointer<UInt64>? = nil, arena: inout Arena,
        fault: inout Fault
    ) -> Int {
        precondition(count <= chunkRows, "A chunk has at most 1024 rows.")
        evaluator.begin(batch, from: from, count: count, selection: selection)
        evaluator.run(0..<filterSteps, arena: &arena, fault: &fault)
        let selected = evaluator.masks[selectionMask].count
        if selected == 0 { return 0 }
        evaluator.run(filterSteps..<evaluator.steps.count, arena: &arena, fault: &fault)
        for (register, output) in zip(outputRegisters, outputs) where output.isNullable {
            evaluator.zeroNulls(register)
        }
        return selected
    }

    /// The rows that passed, as bits counted from the chunk's first row; those beyond the chunk are clear.
    package var selection: UnsafePointer<UInt64> { UnsafePointer(evaluator.masks[selectionMask].words) }

    /// The result of an output for the last chunk, from its first row on; valid until the next call.
    ///
    /// Values of rows that did not pass are unspecified; NULLs are zeroed. A constant is spread over the chunk.
    package func output(_ index: Int) -> ColumnView { evaluator.spreadColumn(outputRegisters[index]) }

    /// Evaluates row by row until one fails; nil if none does.
    package func firstFailure(in batch: BatchView, from: Int, count: Int, arena: inout Arena) -> Failure? {
        if isSharing {
            if checker == nil {
                // Compiled once already, so every kernel is there.
                checker = UserFunctions.$current.withValue(functions) {
                    try? CompiledExpressions(filter: filter, outputs: outputs, inputs: inputs, isSharing: false)
                }
            }
            return checker?.firstFailure(in: batch, from: from, count: count, arena: &arena)
        }
        for row in from..<from + count {
            var fault = Fault()
            evaluator.begin(batch, from: row, count: 1, selection: nil)
            evaluator.run(0..<filterSteps, arena: &arena, fault: &fault, stopsAtFault: true)
            if !fault.isRaised && evaluator.masks[selectionMask].count == 1 {
                evaluator.run(
                    filterSteps..<evaluator.steps.count, arena: &arena, fault: &fault, stopsAtFault: true)
            }
            if fault.isRaised { return Failure(row: row, site: fault.site, code: fault.resolvedCode) }
        }
        return nil
    }
}
