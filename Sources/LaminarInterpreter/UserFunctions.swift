public import LaminarKernels
import LaminarExpressions
import LaminarPlan
import LaminarRuntime
public import LaminarState
import LaminarTypes

/// Functions and aggregates written in Swift, for SQL that runs in this process: the way to give them to an
/// ``InterpretedPipeline``, whose SQL declares them with CREATE FUNCTION and CREATE AGGREGATE.
///
/// Registering a name again replaces what it stood for.
public struct UserFunctions: Sendable {
    struct Scalar: Sendable {
        var arguments: [PhysicalType]
        var result: PhysicalType
        var isStrict: Bool
        var call: UserCall
    }

    struct Aggregate: Sendable {
        var argument: PhysicalType
        var result: PhysicalType
        var isRetractable: Bool
        var fold: AggregateFold
    }

    private(set) var scalars: [String: Scalar] = [:]
    private(set) var aggregates: [String: Aggregate] = [:]

    /// What pipelines and expressions that are being made may call.
    @TaskLocal static var current = UserFunctions()

    public init() {}

    /// A STRICT function: it is not called with a NULL argument, whose result is NULL.
    ///
    /// - Parameter name: the SQL name, in lower case.
    public mutating func register<each Argument: SQLValue & SendableMetatype, Result: SQLValue & SendableMetatype>(
        _ name: String, _ function: @escaping @Sendable (repeat each Argument) throws -> Result?
    ) {
        var types: [PhysicalType] = []
        for type in repeat (each Argument).self { types.append(type.physicalType) }
        scalars[name] = Scalar(arguments: types, result: Result.physicalType, isStrict: true) {
            frame, row, target, arena, fault, site in
            var index = 0
            func next<Value: SQLValue>(_ type: Value.Type) -> Value.Stored? {
                index += 1
                return frame.value(index - 1, row)
            }
            guard
                let value = invoke(
                    function, repeat next((each Argument).self), arena: &arena, fault: &fault, at: site)
            else { return false }
            target.assumingMemoryBound(to: Result.Stored.self)[row] = value
            return true
        }
    }

    /// A function CALLED ON NULL INPUT: its parameters are optional.
    ///
    /// - Parameter name: the SQL name, in lower case.
    public mutating func registerCalledOnNull<
        each Argument: SQLValue & SendableMetatype, Result: SQLValue & SendableMetatype
    >(_ name: String, _ function: @escaping @Sendable (repeat (each Argument)?) throws -> Result?) {
        var types: [PhysicalType] = []
        for type in repeat (each Argument).self { types.append(type.physicalType) }
        scalars[name] = Scalar(arguments: types, result: Result.physicalType, isStrict: false) {
            frame, row, target, arena, fault, site in
            var index = 0
            func next<Value: SQLValue>(_ type: Value.Type) -> Value.Stored? {
                index += 1
                return frame.value(index - 1, row)
            }
            guard
                let value = invokeOnNull(
                    function, repeat next((each Argument).self), arena: &arena, fault: &fault, at: site)
            else { return false }
            target.assumingMemoryBound(to: Result.Stored.self)[row] = value
            return true
        }
    }

    /// An aggregate.
    ///
    /// - Parameter name: the SQL name, in lower case.
    public mutating func register<Function: AggregateFunction & SendableMetatype>(
        aggregate name: String, _ type: Function.Type
    ) where Function.Argument.Stored: GroupKey & SendableMetatype, Function.Result.Stored: SendableMetatype {
        typealias Step = UserAggregate<Function, Function.Argument.Stored, Function.Result.Stored>
        aggregates[name] = Aggregate(
            argument: Function.Argument.physicalType, result: Function.Result.physicalType, isRetractable: false,
            fold: AggregateFold(Step.self).giving(frame: FrameAggregate(user: Step.self)) { (step: Step, arena, fault) in
                step.result(&arena, &fault, at: 0)
            })
    }

    /// An aggregate that is declared RETRACTABLE.
    ///
    /// - Parameter name: the SQL name, in lower case.
    public mutating func register<Function: RetractableAggregateFunction & SendableMetatype>(
        retractableAggregate name: String, _ type: Function.Type
    ) where Function.Argument.Stored: GroupKey & SendableMetatype, Function.Result.Stored: SendableMetatype {
        typealias Step = UserAggregate<Function, Function.Argument.Stored, Function.Result.Stored>
        aggregates[name] = Aggregate(
            argument: Function.Argument.physicalType, result: Function.Result.physicalType, isRetractable: true,
            fold: AggregateFold(retractable: Step.self).giving(frame: FrameAggregate(user: Step.self)) {
                (step: Step, arena, fault) in
                step.result(&arena, &fault, at: 0)
            })
    }

    /// Makes something whose expressions and aggregates may call these.
    func making<Made>(_ make: () throws(UnsupportedPlan) -> Made) throws(UnsupportedPlan) -> Made {
        let made: Result<Made, UnsupportedPlan> = Self.$current.withValue(self) {
            do throws(UnsupportedPlan) { return .success(try make()) } catch { return .failure(error) }
        }
        return try made.get()
    }

    /// Refuses a plan that declares what is not here, or is here with other types.
    func check(_ plan: PipelinePlan) throws(UnsupportedPlan) {
        let hint = "Give it to InterpretedPipeline in UserFunctions, or compile the SQL into a program with LaminarPlugin."
        for function in plan.functions {
            guard let scalar = scalars[function.name] else {
                throw UnsupportedPlan(
                    missing: "function \(function.signature) is written in Swift, which is not part of this program",
                    function.span, hint: hint)
            }
            guard scalar.arguments == function.arguments.map(\.physical), scalar.result == function.result.physical,
                scalar.isStrict == function.isStrict
            else {
                throw UnsupportedPlan(
                    missing: "function \(function.signature) is registered with other types", function.span,
                    hint: "The Swift function must take and give what the declaration says, optionals unless it is STRICT.")
            }
        }
        for aggregate in plan.aggregates {
            guard let found = aggregates[aggregate.name] else {
                throw UnsupportedPlan(
                    missing: "aggregate \(aggregate.signature) is written in Swift, which is not part of this program",
                    aggregate.span, hint: hint)
            }
            guard found.argument == aggregate.argument.physical, found.result == aggregate.result.physical,
                found.isRetractable || !aggregate.isRetractable
            else {
                throw UnsupportedPlan(
                    missing: "aggregate \(aggregate.signature) is registered with other types", aggregate.span,
                    hint: "Argument and Result of the Swift type must be what the declaration says.")
            }
        }
    }
}

/// Calls a function for one row: true if it wrote a value, false for NULL.
typealias UserCall = @Sendable (
    UserCallFrame, _ row: Int, UnsafeMutableRawPointer, inout Arena, inout Fault, _ site: Int
) -> Bool

/// The arguments of a call over a chunk.
///
/// Sound while the chunk is evaluated: all pointers lead to registers of at least as many values as it has rows.
struct UserCallFrame {
    var operands: UnsafePointer<KernelOperand>
    /// Validity words by argument; nil: no NULL.
    var validity: [UnsafePointer<UInt64>?]

    func value<T: BitwiseCopyable>(_ index: Int, _ row: Int) -> T? {
        if let words = validity[index], words[row >> 6] >> UInt64(row & 63) & 1 == 0 { return nil }
        return operands[index].values.assumingMemoryBound(to: T.self)[operands[index].isConstant ? 0 : row]
    }
}
