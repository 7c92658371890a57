import LaminarText
import LaminarTypes

/// All functions and operators, found by name.
package struct FunctionCatalogue: Sendable {
    /// In order of registration, which is the order of the reference.
    package private(set) var functions: [SQLFunction] = []
    private var indexes: [String: [Int]] = [:]
    private var namesOfKernels: [String: String] = [:]

    /// The functions that every compilation knows.
    package static let standard: FunctionCatalogue = {
        var catalogue = FunctionCatalogue()
        catalogue.addComparison()
        catalogue.addLogic()
        catalogue.addArithmetic()
        catalogue.addMathematics()
        catalogue.addStrings()
        catalogue.addPatterns()
        catalogue.addDateTimeArithmetic()
        catalogue.addDateTime()
        catalogue.addArrays()
        catalogue.addRowsAndMaps()
        catalogue.addJSON()
        catalogue.addSystem()
        return catalogue
    }()

    /// The signatures of a name, in order of registration.
    package func overloads(of name: String) -> [SQLFunction] { (indexes[name] ?? []).map { functions[$0] } }

    package var names: Dictionary<String, [Int]>.Keys { indexes.keys }

    /// The first function (not operator) that is a call of this kernel, for EXPLAIN.
    func name(of kernel: Kernel) -> String? { namesOfKernels[kernel.description] }

    mutating func add(_ function: SQLFunction) {
        if case .kernel(let name, let types, _, _) = function.implementation, !function.isOperator {
            let key = Kernel(name, types.map(\.physical), .bool).description
            if namesOfKernels[key] == nil { namesOfKernels[key] = function.name }
        }
        indexes[function.name, default: []].append(functions.count)
        functions.append(function)
    }
}

/// What a kernel needs besides its arguments.
struct KernelTraits: OptionSet {
    let rawValue: UInt8
    static let canFail = KernelTraits(rawValue: 1)
    static let allocates = KernelTraits(rawValue: 2)
}

/// Adds the functions of one family; keeps registrations to a line each.
struct FamilyBuilder: ~Copyable {
    let family: SQLFunction.Family
    var functions: [SQLFunction] = []

    init(_ family: SQLFunction.Family) { self.family = family }

    /// A function that is one kernel call.
    ///
    /// - Parameter over: The kernel's own argument types where they are not those of the signature.
    mutating func kernel(
        _ name: String, _ arguments: [TypeName], _ result: SQLType, _ kernel: String, _ traits: KernelTraits = [],
        over kernelTypes: [SQLType]? = nil, volatility: SQLFunction.Volatility = .immutable, _ summary: String = "",
        _ examples: KeyValuePairs<String, String> = [:]
    ) {
        functions.append(
            SQLFunction(
                name: name, family: family, arguments: arguments, variadic: nil, result: .fixed(result),
                implementation: .kernel(
                    kernel, argumentTypes: kernelTypes ?? arguments.map { $0.type ?? .unknown },
                    canFail: traits.contains(.canFail), allocates: traits.contains(.allocates)),
                volatility: volatility, summary: summary,
                examples: examples.map { SQLFunction.Example(sql: $0.key, result: $0.value) }))
    }

    /// A function that is a call of a kernel which cannot fail and makes no string.
    mutating func kernel(
        _ name: String, _ arguments: [TypeName], _ result: SQLType, _ kernel: String, _ summary: String,
        _ examples: KeyValuePairs<String, String> = [:]
    ) {
        self.kernel(name, arguments, result, kernel, [], summary, examples)
    }

    /// A function that PostgreSQL has and that cannot be run yet.
    mutating func unsupported(_ name: String, _ arguments: [TypeName], _ result: SQLType) {
        functions.append(
            SQLFunction(
                name: name, family: family, arguments: arguments, variadic: nil, result: .fixed(result),
                implementation: .unsupported, volatility: .immutable, summary: "", examples: []))
    }

    /// A function that other expressions stand for.
    mutating func composed(
        _ name: String, _ arguments: [TypeName], variadic: TypeName? = nil, _ result: SQLType, _ summary: String = "",
        _ examples: KeyValuePairs<String, String> = [:],
        _ build: @escaping @Sendable ([Expression], Span, inout Diagnostics) -> Expression?
    ) {
        functions.append(
            SQLFunction(
                name: name, family: family, arguments: arguments, variadic: variadic, result: .fixed(result),
                implementation: .composed(build), volatility: .immutable, summary: summary,
                examples: examples.map { SQLFunction.Example(sql: $0.key, result: $0.value) }))
    }
}

extension FunctionCatalogue {
    mutating func add(_ family: consuming FamilyBuilder) {
        for function in family.functions { add(function) }
    }
}
