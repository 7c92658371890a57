import LaminarTypes

/// Chooses among the signatures of one name by PostgreSQL's rules.
/// - SeeAlso: PostgreSQL 15 documentation, sections 10.2 "Operators" and 10.3 "Functions".
struct OverloadResolution {
    enum Outcome {
        case found(SQLFunction)
        case none
        case ambiguous([SQLFunction])
    }

    /// The types of the arguments; `.unknown` for quoted literals and NULL.
    let arguments: [TypeName]
    let isOperator: Bool

    func choose(among overloads: [SQLFunction]) -> Outcome {
        let arity = overloads.filter { accepts(arguments.count, $0) }
        if let exact = exactMatch(arity) { return .found(exact) }
        var candidates = arity.filter { function in
            arguments.indices.allSatisfy { castContext(from: arguments[$0], to: parameter($0, function)) == .implicit }
        }
        if candidates.count <= 1 { return candidates.first.map(Outcome.found) ?? .none }
        candidates = best(candidates) { function, i in arguments[i] == parameter(i, function) }
        if candidates.count == 1 { return .found(candidates[0]) }
        candidates = best(candidates) { function, i in
            arguments[i] == parameter(i, function) || (arguments[i] != .unknown && isPreferred(i, function))
        }
        if candidates.count == 1 { return .found(candidates[0]) }
        guard arguments.contains(.unknown) else { return .ambiguous(candidates) }
        candidates = narrowedByCategory(candidates)
        if candidates.count == 1 { return .found(candidates[0]) }
        return byKnownType(candidates)
    }

    private func accepts(_ count: Int, _ function: SQLFunction) -> Bool {
        function.arguments.count == count || (function.variadic != nil && count > function.arguments.count)
    }

    private func parameter(_ index: Int, _ function: SQLFunction) -> TypeName {
        index < function.arguments.count ? function.arguments[index] : function.variadic ?? .any
    }

    private func isPreferred(_ index: Int, _ function: SQLFunction) -> Bool {
        let type = parameter(index, function)
        return type.isPreferred && type.category == arguments[index].category
    }

    private func exactMatch(_ overloads: [SQLFunction]) -> SQLFunction? {
        var types = arguments
        // One known side of an operator stands for the other too.
        if isOperator, types.count == 2 {
            if types[0] == .unknown { types[0] = types[1] } else if types[1] == .unknown { types[1] = types[0] }
        }
        return overloads.first { function in types.indices.allSatisfy { types[$0] == parameter($0, function) } }
    }

    private func best(_ candidates: [SQLFunction], _ matches: (SQLFunction, Int) -> Bool) -> [SQLFunction] {
        let scores = candidates.map { function in arguments.indices.count { matches(function, $0) } }
        let maximum = scores.max() ?? 0
        return candidates.indices.filter { scores[$0] == maximum }.map { candidates[$0] }
    }

    private func narrowedByCategory(_ candidates: [SQLFunction]) -> [SQLFunction] {
        var result = candidates
        var categories: [(index: Int, category: TypeName.Category, hasPreferred: Bool)] = []
        for i in arguments.indices where arguments[i] == .unknown {
            let types = candidates.map { parameter(i, $0) }
            let category: TypeName.Category
            if types.contains(where: { $0.category == .string }) {
                category = .string
            } else if let first = types.first, types.allSatisfy({ $0.category == first.category }) {
                category = first.category
            } else {
                return candidates
            }
            categories.append((i, category, types.contains { $0.category == category && $0.isPreferred }))
        }
        result = result.filter { function in
            categories.allSatisfy { index, category, hasPreferred in
                let type = parameter(index, function)
                return type.category == category && (!hasPreferred || type.isPreferred)
            }
        }
        return result.isEmpty ? candidates : result
    }

    /// If all known arguments have one type, the unknown ones are taken for it too.
    private func byKnownType(_ candidates: [SQLFunction]) -> Outcome {
        let known = Set(arguments.filter { $0 != .unknown })
        guard known.count == 1, let type = known.first else { return .ambiguous(candidates) }
        let matching = candidates.filter { function in
            arguments.indices.allSatisfy { castContext(from: type, to: parameter($0, function)) == .implicit }
        }
        return matching.count == 1 ? .found(matching[0]) : .ambiguous(candidates)
    }
}
