import LaminarExpressions
import LaminarKernels
import LaminarTypes

/// A kernel for which the interpreter has no vector form: a mistake of ours, which a test excludes.
package struct MissingKernel: Error, CustomStringConvertible {
    /// The kernel, or the signature of a function in Swift that was not given to the interpreter.
    package var kernel: String
    package var description: String { "the interpreter has no vector form of kernel \(kernel)" }
}

/// One step of a compiled list of expressions, over registers (columns of a chunk) and masks (rows that matter).
enum ExpressionStep {
    case call(KernelCall, mask: Int, into: Int)
    /// Calls a function in Swift, row by row.
    case invoke(UserCallStep, mask: Int, into: Int)
    case isNull(Int, into: Int)
    /// `equal` has been evaluated; NULLs decide the rest.
    case isDistinct(equal: Int, left: Int, right: Int, into: Int)
    case and([Int], into: Int)
    case or([Int], into: Int)
    case conditional(condition: Int, then: Int, otherwise: Int, into: Int)
    case coalesce([Int], into: Int)
    case fail(EvaluationErrorCode, site: Int, mask: Int, into: Int)
    /// Makes a mask from the rows of `parent` by what a boolean register holds there.
    case mask(RowCondition, of: Int, within: Int, into: Int)
}

/// Which rows a lazy branch is evaluated for.
enum RowCondition {
    case isTrue, isNotTrue, isNotFalse, isNull
}

struct KernelCall {
    var thunk: KernelThunk
    var arguments: [Int]
    var site: Int
    var canFail: Bool
    /// Whether values of rows that are not active must not be read, because they may hold stale pointers.
    var followsPointers: Bool
}

struct UserCallStep {
    var call: UserCall
    var arguments: [Int]
    var site: Int
}

/// What a register holds before any step runs.
enum RegisterSource {
    case input(Int)
    case constant(Value)
    case computed
}

struct RegisterLayout {
    var type: PhysicalType
    var source: RegisterSource
}

/// Compiles expressions into steps; equal subexpressions that the same rows need are computed once.
struct ExpressionProgramBuilder {
    private(set) var steps: [ExpressionStep] = []
    private(set) var registers: [RegisterLayout] = []
    /// The parent of each mask; mask 0 is all rows of the chunk.
    private(set) var maskParents: [Int] = [-1]
    /// The site of the next fallible call, in the order of `Expression.faultSites`.
    private var nextSite = 0
    private var known: [ScopedExpression: Int] = [:]
    private let isSharing: Bool

    /// - Parameter isSharing: Off where each fallible call must report its own site.
    init(isSharing: Bool) { self.isSharing = isSharing }

    private struct ScopedExpression: Hashable {
        var expression: Expression
        var mask: Int
    }

    /// Compiles one expression for the rows of a mask; the register of its result.
    mutating func compile(_ expression: Expression, mask: Int = 0) throws(MissingKernel) -> Int {
        if let register = find(expression, mask) {
            nextSite += expression.faultSites.count
            return register
        }
        let register = try compileAnew(expression, mask)
        // Columns and constants hold for all rows.
        let scope = isAvailableEverywhere(expression) ? 0 : mask
        if isSharing || scope == 0 && isAvailableEverywhere(expression) {
            known[ScopedExpression(expression: expression, mask: scope)] = register
        }
        return register
    }

    /// A mask of the rows within `parent` for which a boolean register has a given value.
    mutating func makeMask(_ condition: RowCondition, of register: Int, within parent: Int) -> Int {
        maskParents.append(parent)
        let mask = maskParents.count - 1
        steps.append(.mask(condition, of: register, within: parent, into: mask))
        return mask
    }

    private func isAvailableEverywhere(_ expression: Expression) -> Bool {
        switch expression.node {
        case .input, .constant: true
        default: false
        }
    }

    /// What has been computed for these rows or more.
    private func find(_ expression: Expression, _ mask: Int) -> Int? {
        var mask = mask
        while mask >= 0 {
            if let register = known[ScopedExpression(expression: expression, mask: mask)] { return register }
            mask = maskParents[mask]
        }
        return nil
    }

    private mutating func makeRegister(_ type: SQLType, _ source: RegisterSource = .computed) -> Int {
        registers.append(RegisterLayout(type: type.physical, source: source))
        return registers.count - 1
    }

    private mutating func compileAnew(_ expression: Expression, _ mask: Int) throws(MissingKernel) -> Int {
        switch expression.node {
        case .input(let column): return makeRegister(expression.type, .input(column))
        case .constant(let value): return makeRegister(expression.type, .constant(value))
        case .call(let kernel, let arguments):
            var operands: [Int] = []
            for argument in arguments { operands.append(try compile(argument, mask: mask)) }
            return try makeCall(kernel, operands, expression.type, mask)
        case .invoke(let function, let arguments):
            guard let scalar = UserFunctions.current.scalars[function.name] else {
                throw MissingKernel(kernel: function.signature)
            }
            var operands: [Int] = []
            for argument in arguments { operands.append(try compile(argument, mask: mask)) }
            let result = makeRegister(expression.type)
            steps.append(
                .invoke(
                    UserCallStep(call: scalar.call, arguments: operands, site: takeSite()), mask: mask, into: result))
            return result
        case .isDistinct(let kernel, let left, let right):
            let a = try compile(left, mask: mask)
            let b = try compile(right, mask: mask)
            let equal = try makeCall(kernel, [a, b], .boolean, mask)
            let result = makeRegister(.boolean)
            steps.append(.isDistinct(equal: equal, left: a, right: b, into: result))
            return result
        case .isNull(let operand):
            let register = try compile(operand, mask: mask)
            let result = makeRegister(.boolean)
            steps.append(.isNull(register, into: result))
            return result
        case .and(let operands):
            return try compileConnective(operands, expression.type, mask, isAnd: true)
        case .or(let operands):
            return try compileConnective(operands, expression.type, mask, isAnd: false)
        case .conditional(let condition, let then, let otherwise):
            let decided = try compile(condition, mask: mask)
            let a = try compile(then, mask: lazyMask(for: then, .isTrue, of: decided, within: mask))
            let b = try compile(otherwise, mask: lazyMask(for: otherwise, .isNotTrue, of: decided, within: mask))
            let result = makeRegister(expression.type)
            steps.append(.conditional(condition: decided, then: a, otherwise: b, into: result))
            return result
        case .coalesce(let operands):
            var registers: [Int] = []
            var rows = mask
            var narrowed = 0
            for operand in operands {
                if isWorthMask(operand) {
                    for register in registers[narrowed...] { rows = makeMask(.isNull, of: register, within: rows) }
                    narrowed = registers.count
                }
                registers.append(try compile(operand, mask: rows))
            }
            let result = makeRegister(expression.type)
            steps.append(.coalesce(registers, into: result))
            return result
        case .fail(let state, _):
            let result = makeRegister(expression.type)
            let code = EvaluationErrorCode.allCases.first { $0.sqlState == state } ?? .invalidParameterValue
            steps.append(.fail(code, site: takeSite(), mask: mask, into: result))
            return result
        }
    }

    private mutating func makeCall(
        _ kernel: Kernel, _ operands: [Int], _ type: SQLType, _ mask: Int
    ) throws(MissingKernel) -> Int {
        guard let thunk = KernelThunks.standard.thunk(kernel) else { throw MissingKernel(kernel: kernel.description) }
        let call = KernelCall(
            thunk: thunk, arguments: operands, site: kernel.canFail ? takeSite() : 0, canFail: kernel.canFail,
            followsPointers: kernel.result == .string || kernel.arguments.contains(.string))
        let result = makeRegister(type)
        steps.append(.call(call, mask: mask, into: result))
        return result
    }

    /// AND and OR: an operand is evaluated for the rows that the ones before it have not decided.
    private mutating func compileConnective(
        _ operands: [Expression], _ type: SQLType, _ mask: Int, isAnd: Bool
    ) throws(MissingKernel) -> Int {
        var registers: [Int] = []
        var rows = mask
        var narrowed = 0
        for operand in operands {
            if isWorthMask(operand) {
                // One mask per operand before this one that has not narrowed the rows yet.
                for register in registers[narrowed...] {
                    rows = makeMask(isAnd ? .isNotFalse : .isNotTrue, of: register, within: rows)
                }
                narrowed = registers.count
            }
            registers.append(try compile(operand, mask: rows))
        }
        let result = makeRegister(type)
        steps.append(isAnd ? .and(registers, into: result) : .or(registers, into: result))
        return result
    }

    private mutating func lazyMask(
        for branch: Expression, _ condition: RowCondition, of register: Int, within mask: Int
    ) -> Int {
        isWorthMask(branch) ? makeMask(condition, of: register, within: mask) : mask
    }

    /// Whether a branch must not (it can fail) or had better not (strings are slow) be evaluated for all rows.
    private func isWorthMask(_ expression: Expression) -> Bool {
        switch expression.node {
        case .fail, .invoke: return true
        case .call(let kernel, _)
        where kernel.canFail || kernel.result == .string || kernel.arguments.contains(.string):
            return true
        default: return expression.operands.contains(where: isWorthMask)
        }
    }

    private mutating func takeSite() -> Int {
        defer { nextSite += 1 }
        return min(nextSite, 63)
    }
}
