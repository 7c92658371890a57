import LaminarExpressions
import LaminarPlan
import LaminarText

extension UserFunction {
    /// The function of the generated file that calls the user's.
    var wrapperName: String { "\(SwiftNames.member(name))InSQL" }
}

extension PipelineEmitter {
    /// What stands for functions and aggregates written in Swift: the one place of the file where they are named, outside
    /// all types, so that no member hides them. Swift checks the signatures here, and reports at the declaration in SQL.
    func userFunctionDeclarations() -> [SwiftDeclaration] {
        plan.functions.map(wrapper) + plan.aggregates.map(alias)
    }

    /// The Swift type of an accumulator.
    func typeName(of kernel: AggregateKernel) -> String {
        plan.aggregates.first { $0.kernel == kernel }.map(accumulatorName) ?? kernel.name
    }

    /// Programs are not private, so their accumulators cannot be: the name is the file's own by the pipeline's in it.
    private func accumulatorName(_ aggregate: UserAggregateFunction) -> String {
        "\(SwiftNames.type(aggregate.name))Of\(pipelineName)"
    }

    private func wrapper(_ function: UserFunction) -> SwiftDeclaration {
        let names = function.arguments.indices.map { "argument\($0 + 1)" }
        let parameters = zip(names, function.arguments).map { name, type in
            SwiftParameter("_", name, "\(type.physical.swiftName)?")
        }
        let inouts = [
            SwiftArgument("arena", .inoutReference("arena")), SwiftArgument("fault", .inoutReference("fault")),
            SwiftArgument("at", .identifier("site")),
        ]
        let invoke = SwiftExpression.member(
            .identifier("LaminarRuntime"), function.isStrict ? "invoke" : "invokeOnNull")
        let body = SwiftExpression.call(
            invoke,
            [SwiftArgument(nil, path(function.swiftName))] + names.map { SwiftArgument(nil, .identifier($0)) } + inouts)
        return SwiftDeclaration(
            .function(
                function.wrapperName,
                parameters + [
                    SwiftParameter("_", "arena", "inout Arena"), SwiftParameter("_", "fault", "inout Fault"),
                    SwiftParameter("at", "site", "Int"),
                ], returns: .optional(.named(function.result.physical.swiftName)), body: [.result(body)]),
            access: .private,
            documentation: ["`\(function.signature) RETURNS \(function.result)`"], location: location(function.span))
    }

    private func alias(_ aggregate: UserAggregateFunction) -> SwiftDeclaration {
        let type = SwiftType.generic(
            aggregate.isRetractable ? "RetractableUserAggregate" : "UserAggregate",
            [
                .named(aggregate.swiftName), .named(aggregate.argument.physical.swiftName),
                .named(aggregate.result.physical.swiftName),
            ])
        return SwiftDeclaration(
            .alias(accumulatorName(aggregate), type),
            documentation: ["`\(aggregate.signature) RETURNS \(aggregate.result)`"], location: location(aggregate.span))
    }

    private func path(_ name: String) -> SwiftExpression {
        let parts = name.split(separator: ".").map(String.init)
        return parts.dropFirst().reduce(.identifier(parts[0])) { .member($0, $1) }
    }

    private func location(_ span: Span) -> SQLLocation {
        SQLLocation(file: relativeName, line: file.location(of: span.lower).line)
    }
}
