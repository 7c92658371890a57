import LaminarExpressions
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// CREATE FUNCTION and CREATE AGGREGATE ... LANGUAGE SWIFT.
    mutating func bindCreateFunction(_ create: CreateFunctionSyntax, _ span: Span) {
        let name = create.name.last.text
        let kind = create.isAggregate ? "aggregate" : "function"
        if isScalarFunction(name) || isAggregate(name) || isTableFunction(name) || isWindowFunctionName(name) {
            diagnostics.report(
                .error, "42723", at: create.name.span, "function \"\(name)\" already exists",
                hint: "A name that SQL has cannot be declared anew; choose another.")
            return
        }
        if functions[name] != nil || userAggregates[name] != nil, !create.isOrReplace {
            diagnostics.report(
                .error, "42723", at: create.name.span, "function \"\(name)\" already exists",
                hint: "Choose another name, or write CREATE OR REPLACE \(kind.uppercased()).")
            return
        }
        guard let clauses = FunctionClauses(create, span, &diagnostics) else { return }
        var arguments: [SQLType] = []
        for syntax in create.arguments {
            guard let type = functionType(syntax) else { return }
            arguments.append(type)
        }
        guard arguments.count <= 16 else {
            diagnostics.unsupported("a function of more than 16 arguments", at: create.name.span)
            return
        }
        guard let result = create.result, let type = functionType(result) else { return }
        let swiftName = create.body?.text ?? name
        guard isSwiftPath(swiftName) else {
            diagnostics.report(
                .error, "42601", at: create.body?.span ?? create.name.span,
                "\"\(swiftName)\" is not the name of a \(create.isAggregate ? "type" : "function") in Swift",
                hint: "Write AS 'name', without parentheses; types may be qualified, as in 'Statistics.Spread'.")
            return
        }
        functions[name] = nil
        userAggregates[name] = nil
        guard create.isAggregate else {
            functions[name] = UserFunction(
                name: name, swiftName: swiftName, arguments: arguments, result: type, isStrict: clauses.isStrict,
                span: span)
            return
        }
        guard arguments.count == 1 else {
            diagnostics.unsupported(
                "an aggregate of \(arguments.count) arguments in Swift", at: create.name.span,
                hint: "Declare one argument; several values can come in one text.")
            return
        }
        userAggregates[name] = UserAggregateFunction(
            name: name, swiftName: swiftName, argument: arguments[0], result: type,
            isRetractable: clauses.isRetractable, span: span)
    }

    /// A type that Swift functions take and give.
    private mutating func functionType(_ syntax: TypeSyntax) -> SQLType? {
        guard let type = resolveType(syntax) else { return nil }
        switch type {
        case .array, .row, .map, .unsignedBigint, .unknown:
            diagnostics.unsupported("\(type.bareName) as a type of a function in Swift", at: syntax.nameSpan)
            return nil
        default: return type
        }
    }

    /// Refuses an aggregate that cannot step back where its input can.
    mutating func checkRetractable(_ call: AggregateCall) -> Bool {
        guard let function = userAggregates[call.function], call.kernel == function.kernel, !function.isRetractable else {
            return true
        }
        diagnostics.report(
            .error, "0A000", at: call.span,
            "the aggregate \(call.function) cannot take rows back, but its input is updating",
            hint: "Conform \(function.swiftName) to RetractableAggregateFunction and declare the aggregate RETRACTABLE.")
        return false
    }
}

/// What the clauses of a declaration say; each is checked at its place.
private struct FunctionClauses {
    var isStrict = false
    var isRetractable = false

    init?(_ create: CreateFunctionSyntax, _ span: Span, _ diagnostics: inout Diagnostics) {
        var isSwift = false
        var nullSpan: Span?
        for clause in create.clauses {
            switch clause.kind {
            case .language("swift"): isSwift = true
            case .language(let language):
                diagnostics.unsupported(
                    "LANGUAGE \(language.uppercased())", at: clause.span, hint: "Functions are written in Swift.")
                return nil
            case .immutable: break
            case .changing:
                diagnostics.unsupported(
                    "a STABLE or VOLATILE function", at: clause.span,
                    hint: "A function must give the same result for the same arguments, since it may be called more often than "
                        + "it is written.")
                return nil
            case .strict, .calledOnNull:
                if create.isAggregate {
                    diagnostics.report(
                        .error, "42601", at: clause.span, "an aggregate is always strict",
                        hint: "NULL arguments are not added; leave the clause out.")
                    return nil
                }
                if nullSpan != nil {
                    diagnostics.report(.error, "42601", at: clause.span, "conflicting or redundant options")
                    return nil
                }
                nullSpan = clause.span
                isStrict = clause.kind == .strict
            case .retractable:
                guard create.isAggregate else {
                    diagnostics.report(.error, "42601", at: clause.span, "RETRACTABLE is for aggregates")
                    return nil
                }
                isRetractable = true
            }
        }
        guard isSwift else {
            diagnostics.report(
                .error, "42P13", at: span, "no language specified", hint: "Write LANGUAGE SWIFT.")
            return nil
        }
    }
}

/// Letters, digits and underscores, with points between.
private func isSwiftPath(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
        guard let first = part.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return false }
        return part.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }
}
