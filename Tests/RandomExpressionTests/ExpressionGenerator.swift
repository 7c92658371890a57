import LaminarExpressions
import LaminarTypes

/// Makes random SQL expressions over the sample table from the whole catalogue of functions and operators.
///
/// The same seed gives the same expressions. Each function of the catalogue stands at the root of every so many
/// expressions, so that all of them are reached.
struct ExpressionGenerator {
    private var numbers: SplitMix
    private var next = 0
    private static let roots: [SQLFunction] = FunctionCatalogue.standard.functions.filter { function in
        if case .unsupported = function.implementation { false } else { !isLeftOut(function) }
    }
    /// Functions by the type of their result.
    private static let byResult: [SampleType: [SQLFunction]] = {
        var result: [SampleType: [SQLFunction]] = [:]
        for function in roots {
            guard case .fixed(let type) = function.result else { continue }
            if type == .array(.unknown) {
                for array in SampleType.arrays { result[array, default: []].append(function) }
            } else if let sample = SampleType(type) {
                result[sample, default: []].append(function)
            }
        }
        return result
    }()

    init(seed: UInt64) { numbers = SplitMix(state: seed) }

    private mutating func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &numbers) }

    private mutating func pick<T>(_ list: [T]) -> T { list[random(list.count)] }

    /// The next expression: a function of the catalogue in its turn, or one of SQL's own forms.
    mutating func expression() -> ExpressionTerm {
        let depth = 1 + random(3)
        if random(4) == 0 {
            return form(of: pick(SampleType.allCases.filter { $0 != .price && $0 != .json }), depth: depth)
        }
        // A stride that shares no factor with the count visits all.
        let function = Self.roots[next % Self.roots.count]
        next += 1
        return call(function, element: pick(SampleType.arrays), depth: depth)
    }

    /// An expression of a type.
    private mutating func term(_ type: SampleType, depth: Int) -> ExpressionTerm {
        if depth <= 0 || random(5) == 0 { return leaf(type) }
        switch random(10) {
        case 0..<6:
            guard let functions = Self.byResult[type] else { return form(of: type, depth: depth) }
            return call(pick(functions), element: type.element == nil ? pick(SampleType.arrays) : type, depth: depth)
        default: return form(of: type, depth: depth)
        }
    }

    private mutating func leaf(_ type: SampleType) -> ExpressionTerm {
        switch random(10) {
        case 0..<4: return .column(column("\(type.rawValue)_0"))
        case 4..<7: return .column(column("\(type.rawValue)_1"))
        case 7 where random(8) == 0: return .verbatim("CAST(NULL AS \(type.sql))")
        default: return .literal(pick(SampleTable.values(of: type)), type)
        }
    }

    private func column(_ name: String) -> SampleColumn {
        guard let position = SampleTable.positions[name] else { preconditionFailure("There is no column \(name).") }
        return SampleTable.columns[position]
    }

    private mutating func small() -> ExpressionTerm {
        switch random(3) {
        case 0: .verbatim(pick(["0", "1", "2", "3", "5", "(-1)", "10"]))
        case 1: .column(column("small_0"))
        default: .column(column("small_1"))
        }
    }

    // MARK: Functions

    private mutating func call(_ function: SQLFunction, element: SampleType, depth: Int) -> ExpressionTerm {
        var types = function.arguments
        if let variadic = function.variadic { types += [TypeName](repeating: variadic, count: 1 + random(3)) }
        // Functions over JSON objects take keys and values in turn.
        if function.name == "jsonb_build_object", types.count % 2 == 1 { types.append(.any) }
        var operands: [ExpressionTerm] = []
        let anything = pick(SampleType.allCases)
        for (index, type) in types.enumerated() {
            operands.append(argument(function, index, type, element, anything, depth: depth - 1))
        }
        return Self.written(function, operands)
    }

    private mutating func argument(
        _ function: SQLFunction, _ index: Int, _ type: TypeName, _ array: SampleType, _ anything: SampleType, depth: Int
    ) -> ExpressionTerm {
        if let special = ArgumentPool.of(function, index) {
            switch special {
            case .smallNumber: return small()
            case .constant(let texts): return .verbatim(quoted(pick(texts)))
            case .text(let texts):
                return random(6) == 0 ? term(.text, depth: depth) : .literal(pick(texts), .text)
            case .number(let texts): return .literal(pick(texts), SampleType(type) ?? .integer)
            }
        }
        switch type {
        case .array: return term(array, depth: depth)
        case .element: return term(array.element ?? .integer, depth: depth)
        case .any: return term(function.name == "||" ? anything : pick(SampleType.allCases), depth: depth)
        case .unsignedBigint, .row, .map, .unknown: return .verbatim("NULL")
        default: break
        }
        guard let sample = SampleType(type) else { return .verbatim("NULL") }
        switch random(24) {
        // A quoted literal, whose type the call decides.
        case 0: return .verbatim(quoted(pick(SampleTable.values(of: sample))))
        case 1: return .verbatim("NULL")
        // A type that becomes the parameter's by itself.
        case 2, 3: return term(pick(sample.implicitSources), depth: depth)
        default: return term(sample, depth: depth)
        }
    }

    /// The call in the syntax that PostgreSQL has for it.
    private static func written(_ function: SQLFunction, _ operands: [ExpressionTerm]) -> ExpressionTerm {
        func infix(_ symbols: [String]) -> ExpressionTerm {
            var pieces: [ExpressionTerm.Piece] = [.text("(")]
            for (index, operand) in operands.enumerated() {
                if index > 0 { pieces.append(.text(" \(symbols[index - 1]) ")) }
                pieces.append(.operand(operand))
            }
            return .composed(pieces + [.text(")")])
        }
        if function.isOperator {
            return operands.count == 1
                ? .composed([.text("(\(function.name) "), .operand(operands[0]), .text(")")]) : infix([function.name])
        }
        switch function.name {
        case "like": return infix(["LIKE", "ESCAPE"])
        case "ilike": return infix(["ILIKE", "ESCAPE"])
        case "similar_to": return infix(["SIMILAR TO", "ESCAPE"])
        case "extract":
            guard case .verbatim(let unit) = operands[0] else { break }
            return .composed([.text("EXTRACT(\(unit.dropFirst().dropLast()) FROM "), .operand(operands[1]), .text(")")])
        case "position":
            return .composed([.text("position("), .operand(operands[0]), .text(" IN "), .operand(operands[1]), .text(")")])
        default: break
        }
        var pieces: [ExpressionTerm.Piece] = [.text("\(function.name)(")]
        for (index, operand) in operands.enumerated() {
            if index > 0 { pieces.append(.text(", ")) }
            pieces.append(.operand(operand))
        }
        return .composed(pieces + [.text(")")])
    }

    // MARK: SQL's own forms

    private mutating func form(of type: SampleType, depth: Int) -> ExpressionTerm {
        func of(_ pieces: [ExpressionTerm.Piece]) -> ExpressionTerm { .composed(pieces) }
        let below = depth - 1
        if type == .boolean, random(3) > 0 { return predicate(depth: depth) }
        switch random(8) {
        case 0:
            return of([
                .text("CASE WHEN "), .operand(term(.boolean, depth: below)), .text(" THEN "),
                .operand(term(type, depth: below)), .text(" ELSE "), .operand(term(type, depth: below)), .text(" END"),
            ])
        case 1:
            let key = comparable()
            return of([
                .text("CASE "), .operand(term(key, depth: below)), .text(" WHEN "), .operand(term(key, depth: 0)),
                .text(" THEN "), .operand(term(type, depth: below)), .text(" WHEN "), .operand(term(key, depth: 0)),
                .text(" THEN "), .operand(term(type, depth: below)), .text(" END"),
            ])
        case 2:
            return of([
                .text("COALESCE("), .operand(term(type, depth: below)), .text(", "), .operand(term(type, depth: below)),
                .text(")"),
            ])
        case 3 where type != .json:
            return of([
                .text("NULLIF("), .operand(term(type, depth: below)), .text(", "), .operand(term(type, depth: below)),
                .text(")"),
            ])
        case 4 where type != .json:
            return of([
                .text(random(2) == 0 ? "GREATEST(" : "LEAST("), .operand(term(type, depth: below)), .text(", "),
                .operand(term(type, depth: below)), .text(", "), .operand(term(type, depth: below)), .text(")"),
            ])
        case 5 where type.element != nil:
            if let element = type.element, random(2) == 0 {
                return of([
                    .text("ARRAY["), .operand(term(element, depth: below)), .text(", "),
                    .operand(term(element, depth: below)), .text("]"),
                ])
            }
            return of([
                .text("("), .operand(term(type, depth: below)), .text(")["), .operand(small()), .text(":"),
                .operand(small()), .text("]"),
            ])
        case 6 where SampleType.arrays.contains { $0.element == type }:
            let array = SampleType.arrays.first { $0.element == type } ?? .integers
            return of([.text("("), .operand(term(array, depth: below)), .text(")["), .operand(small()), .text("]")])
        default:
            let source = pick(type.castSources)
            return of([.text("CAST("), .operand(term(source, depth: below)), .text(" AS \(type.sql))")])
        }
    }

    private mutating func comparable() -> SampleType { pick(SampleType.allCases.filter { $0 != .json }) }

    private mutating func predicate(depth: Int) -> ExpressionTerm {
        let below = depth - 1
        let type = comparable()
        switch random(9) {
        case 0, 1:
            let word = pick([" AND ", " OR "])
            return .composed([
                .text("("), .operand(term(.boolean, depth: below)), .text(word), .operand(term(.boolean, depth: below)),
                .text(")"),
            ])
        case 2: return .composed([.text("(NOT "), .operand(term(.boolean, depth: below)), .text(")")])
        case 3:
            return .composed([
                .text("("), .operand(term(pick(SampleType.allCases), depth: below)),
                .text(pick([" IS NULL)", " IS NOT NULL)"])),
            ])
        case 4:
            return .composed([
                .text("("), .operand(term(.boolean, depth: below)),
                .text(pick([" IS TRUE)", " IS NOT TRUE)", " IS FALSE)", " IS NOT FALSE)", " IS UNKNOWN)"])),
            ])
        case 5:
            return .composed([
                .text("("), .operand(term(type, depth: below)),
                .text(pick([" IS DISTINCT FROM ", " IS NOT DISTINCT FROM "])), .operand(term(type, depth: below)),
                .text(")"),
            ])
        case 6:
            return .composed([
                .text("("), .operand(term(type, depth: below)),
                .text(pick([" BETWEEN ", " NOT BETWEEN ", " BETWEEN SYMMETRIC "])), .operand(term(type, depth: 0)),
                .text(" AND "), .operand(term(type, depth: 0)), .text(")"),
            ])
        case 7:
            return .composed([
                .text("("), .operand(term(type, depth: below)), .text(pick([" IN (", " NOT IN ("])),
                .operand(term(type, depth: 0)), .text(", "), .operand(term(type, depth: 0)), .text("))"),
            ])
        default:
            let array = pick(SampleType.arrays)
            return .composed([
                .text("("), .operand(term(array.element ?? .integer, depth: below)),
                .text(pick([" = ANY(", " < ALL(", " >= ANY(", " <> ALL("])), .operand(term(array, depth: below)),
                .text("))"),
            ])
        }
    }
}

extension SampleType {
    /// The type of the sample table that a result type is.
    init?(_ type: SQLType) {
        if case .array(let element) = type {
            guard let array = SampleType.arrays.first(where: { $0.type == .array(element) }) else { return nil }
            self = array
            return
        }
        self.init(TypeName(type))
    }

    init?(_ name: TypeName) {
        guard
            let match = SampleType.allCases.first(where: {
                $0 != .price && $0.element == nil && TypeName($0.type) == name
            })
        else { return nil }
        self = match
    }

    /// Types that become this one without a cast being written.
    var implicitSources: [SampleType] {
        SampleType.allCases.filter { castContext(from: TypeName($0.type), to: TypeName(type)) == .implicit && $0.element == nil }
    }

    /// Types that can be cast to this one.
    var castSources: [SampleType] {
        if element != nil { return SampleType.arrays + [.text] }
        return SampleType.allCases.filter { castContext(from: TypeName($0.type), to: TypeName(type)) != nil && ($0.element == nil || self == .text) }
    }
}
