/// Turns typed Swift syntax into text: the only place where a string becomes code.
struct SwiftPrinter {
    private var text = ""
    private var indentation = 0
    private let width = 120

    static func print(_ file: SwiftFile) -> String {
        var printer = SwiftPrinter()
        for line in file.header { printer.line(line.isEmpty ? "//" : "// \(line)") }
        printer.line("")
        for module in file.imports { printer.line(module) }
        for declaration in file.declarations {
            printer.line("")
            printer.declaration(declaration)
        }
        return printer.text
    }

    /// The lines of one or more declarations, from column 1, for a template's block.
    static func lines(_ declarations: [SwiftDeclaration], isSeparated: Bool = true) -> [String] {
        var printer = SwiftPrinter()
        for (index, declaration) in declarations.enumerated() {
            if index > 0, isSeparated { printer.line("") }
            printer.declaration(declaration)
        }
        return printer.splitLines()
    }

    /// The lines of statements, from column 1, for a template's block.
    static func lines(_ statements: [SwiftStatement]) -> [String] {
        var printer = SwiftPrinter()
        for statement in statements { printer.statement(statement) }
        return printer.splitLines()
    }

    static func text(_ expression: SwiftExpression) -> String { flat(expression) }

    private func splitLines() -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.removeLast()
        return lines
    }

    private mutating func line(_ content: String) {
        if !content.isEmpty {
            // Directives stand at the margin, as in hand-written code.
            if !content.hasPrefix("#") { text += String(repeating: " ", count: indentation * 4) }
            text += content
        }
        text += "\n"
    }

    // MARK: Declarations

    private mutating func declaration(_ declaration: SwiftDeclaration) {
        for comment in declaration.documentation { line(comment.isEmpty ? "///" : "/// \(comment)") }
        if let location = declaration.location {
            line("#sourceLocation(file: \(Self.literal(location.file)), line: \(location.line))")
        }
        var prefix = ""
        for attribute in declaration.modifiers where attribute.hasPrefix("@") { prefix += attribute + " " }
        if declaration.access != .internal { prefix += declaration.access.rawValue + " " }
        for modifier in declaration.modifiers where !modifier.hasPrefix("@") { prefix += modifier + " " }
        switch declaration.kind {
        case .nominal(let keyword, let name, let inherited, let members):
            let inheritance = inherited.isEmpty ? "" : ": " + inherited.joined(separator: ", ")
            if members.isEmpty {
                line("\(prefix)\(keyword) \(name)\(inheritance) {}")
                break
            }
            line("\(prefix)\(keyword) \(name)\(inheritance) {")
            indentation += 1
            for (index, member) in members.enumerated() {
                if index > 0, !Self.standTogether(members[index - 1], member) { line("") }
                self.declaration(member)
            }
            indentation -= 1
            line("}")
        case .constant(let name, let type, let value): stored("\(prefix)let \(Self.escaped(name))", type, value)
        case .variable(let name, let type, let value): stored("\(prefix)var \(Self.escaped(name))", type, value)
        case .computed(let name, let type, let value):
            body("\(prefix)var \(Self.escaped(name)): \(Self.flat(type))", [.result(value)])
        case .accessor(let name, let type, let target):
            line("\(prefix)var \(Self.escaped(name)): \(Self.flat(type)) {")
            indentation += 1
            line("get { \(Self.flat(target)) }")
            line("set { \(Self.flat(target)) = newValue }")
            indentation -= 1
            line("}")
        case .function(let name, let parameters, let effects, let returns, let statements):
            var head = "\(prefix)func \(Self.escaped(name))(\(Self.flat(parameters)))"
            if !effects.isEmpty { head += " " + effects }
            if let returns { head += " -> \(Self.flat(returns))" }
            body(head, statements)
        case .initializer(let parameters, let effects, let statements):
            body("\(prefix)init(\(Self.flat(parameters)))\(effects.isEmpty ? "" : " " + effects)", statements)
        case .alias(let name, let type): line("\(prefix)typealias \(name) = \(Self.flat(type))")
        case .template(let template): for content in template.lines { line(content) }
        }
        if declaration.location != nil { line("#sourceLocation()") }
    }

    private mutating func stored(_ head: String, _ type: SwiftType?, _ value: SwiftExpression?) {
        let typed = head + (type.map { ": " + Self.flat($0) } ?? "")
        if let value {
            broken(typed + " = ", value, "")
        } else {
            line(typed)
        }
    }

    private mutating func body(_ head: String, _ statements: [SwiftStatement]) {
        if statements.count == 1, case .result(let value) = statements[0] {
            let oneLine = "\(head) { \(Self.flat(value)) }"
            if fits(oneLine) {
                line(oneLine)
                return
            }
        }
        if statements.isEmpty {
            line("\(head) {}")
            return
        }
        if fits(head + " {") {
            line("\(head) {")
        } else if let open = head.firstIndex(of: "("), let close = head.lastIndex(of: ")") {
            // A long parameter list goes to lines of its own.
            line(String(head[...open]))
            indentation += 1
            wrapped(String(head[head.index(after: open)..<close]))
            indentation -= 1
            line(String(head[close...]) + " {")
        } else {
            line("\(head) {")
        }
        indentation += 1
        if statements.count == 1, case .result(let value) = statements[0] {
            broken("", value, "")
        } else {
            for statement in statements { self.statement(statement) }
        }
        indentation -= 1
        line("}")
    }

    /// Comma-separated parts over as few lines as fit.
    private mutating func wrapped(_ list: String) {
        var parts: [String] = [""]
        var depth = 0
        for character in list {
            // A comma between the arguments of a generic type parts nothing.
            if character == "<" { depth += 1 }
            if character == ">", parts[parts.count - 1].last != "-" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        var current = ""
        for (index, part) in parts.enumerated() {
            let trimmed = String(part.drop { $0 == " " })
            if index > 0 {
                if fits(current + ", " + trimmed + ",") {
                    current += ", " + trimmed
                    continue
                }
                line(current + ",")
            }
            current = trimmed
        }
        line(current)
    }

    /// Runs of properties without comments, and the fields of a struct, need no blank line between them.
    private static func standTogether(_ a: SwiftDeclaration, _ b: SwiftDeclaration) -> Bool {
        func isShort(_ declaration: SwiftDeclaration) -> Bool {
            if !declaration.documentation.isEmpty { return isField(declaration) }
            switch declaration.kind {
            case .constant, .variable, .computed, .alias: return declaration.location == nil
            default: return false
            }
        }
        func isField(_ declaration: SwiftDeclaration) -> Bool {
            if declaration.access == .private || declaration.modifiers.contains("static") { return false }
            switch declaration.kind {
            case .variable(_, .some, nil), .variable(_, nil, .some), .constant(_, .some, nil): return true
            default: return false
            }
        }
        return isShort(a) && isShort(b) && (b.documentation.isEmpty || isField(a))
    }

    // MARK: Statements

    private mutating func statement(_ statement: SwiftStatement) {
        switch statement {
        case .expression(let value): broken("", value, "")
        case .constant(let name, let value): broken("let \(Self.escaped(name)) = ", value, "")
        case .part(let part):
            broken("let \(Self.escaped(part.name)): \(Self.flat(part.type)) = ", part.value, "")
        case .variable(let name, let type, let value):
            broken("var \(Self.escaped(name))\(type.map { ": " + Self.flat($0) } ?? "") = ", value, "")
        case .assign(let target, let value): broken(Self.flat(target) + " = ", value, "")
        case .result(let value): broken("return ", value, "")
        case .ifTrue(let condition, let statements): conditional("if \(Self.flat(condition)) {", statements)
        case .ifPresent(let name, let value, let statements):
            conditional("if let \(Self.escaped(name)) = \(Self.flat(value)) {", statements)
        case .leaveUnless(let condition, let value):
            line("guard \(Self.flat(condition)) else { return\(value.map { " " + Self.flat($0) } ?? "") }")
        case .noneUnlessPresent(let bindings):
            let texts = bindings.map { "let \(Self.escaped($0.name)) = \(Self.flat($0.value))" }
            line("guard \(texts.joined(separator: ", ")) else { return nil }")
        case .switchCase(let value, let action): broken("case \(Self.flat(value)): ", action, "")
        case .comment(let content): line("// \(content)")
        case .block(let statements): conditional("do {", statements)
        case .template(let template): for content in template.lines { line(content) }
        }
    }

    private mutating func conditional(_ head: String, _ statements: [SwiftStatement]) {
        line(head)
        indentation += 1
        for inner in statements { statement(inner) }
        indentation -= 1
        line("}")
    }

    /// An expression on one line if it fits, else with its outermost arguments or operands on lines of their own.
    private mutating func broken(_ prefix: String, _ expression: SwiftExpression, _ suffix: String) {
        let whole = prefix + Self.flat(expression) + suffix
        if fits(whole) {
            line(whole)
            return
        }
        switch expression {
        case .call(let callee, let arguments) where !arguments.isEmpty:
            line(prefix + Self.flat(callee) + "(")
            breakList(arguments)
            line(")" + suffix)
        case .callWithClosure(let callee, let arguments, let closure) where !arguments.isEmpty:
            line(prefix + Self.flat(callee) + "(")
            breakList(arguments)
            broken(") { ", closure, " }" + suffix)
        case .array(let elements):
            line(prefix + "[")
            breakList(elements.map { SwiftArgument(nil, $0) })
            line("]" + suffix)
        case .conditional(let condition, let then, let otherwise):
            broken(prefix, condition.parenthesised, "")
            indentation += 1
            broken("? ", then.parenthesised, "")
            broken(": ", otherwise.parenthesised, suffix)
            indentation -= 1
        case .binary(let left, let operation, let right):
            broken(prefix, left.parenthesised, "")
            indentation += 1
            broken("\(operation) ", right.parenthesised, suffix)
            indentation -= 1
        case .attempt(let inner): broken(prefix + "try ", inner, suffix)
        default: line(whole)
        }
    }

    private mutating func breakList(_ arguments: [SwiftArgument]) {
        indentation += 1
        for (index, argument) in arguments.enumerated() {
            let label = argument.label.map { $0 + ": " } ?? ""
            broken(label, argument.value, index + 1 < arguments.count ? "," : "")
        }
        indentation -= 1
    }

    private func fits(_ content: String) -> Bool { indentation * 4 + content.count <= width }

    // MARK: Expressions on one line

    private static func flat(_ expression: SwiftExpression) -> String {
        switch expression {
        case .identifier(let name): return SwiftNames.isValueKeyword(name) ? name : escaped(name)
        case .integer(let value): return grouped(value)
        case .double(let value): return literal(value)
        case .string(let value): return literal(value)
        case .boolean(let value): return value ? "true" : "false"
        case .none(let type): return "\(flat(type))?.none"
        case .type(let type): return flat(type)
        case .implicitMember(let name): return ".\(name)"
        case .member(let base, let name): return "\(flat(base.parenthesisedBase)).\(name)"
        case .optionalChain(let base): return "\(flat(base.parenthesisedBase))?"
        case .index(let base, let index): return "\(flat(base.parenthesisedBase))[\(flat(index))]"
        case .call(let callee, let arguments): return "\(flat(callee))(\(flat(arguments)))"
        case .callWithClosure(let callee, let arguments, let closure):
            let list = arguments.isEmpty ? "" : "(\(flat(arguments)))"
            return "\(flat(callee))\(list) { \(flat(closure)) }"
        case .inoutReference(let name): return "&\(name)"
        case .binary(let left, let operation, let right):
            return "\(flat(left.operand(of: operation))) \(operation) \(flat(right.parenthesised))"
        case .not(let value): return "!\(flat(value.parenthesisedBase))"
        case .conditional(let condition, let then, let otherwise):
            return "\(flat(condition.parenthesised)) ? \(flat(then.parenthesised)) : \(flat(otherwise.parenthesised))"
        case .attempt(let value): return "try \(flat(value))"
        case .closureIgnoring(let count):
            return "{ \(Array(repeating: "_", count: count).joined(separator: ", ")) in }"
        case .sharing(let parts, let value, let type):
            let bindings = parts.map { "let \(escaped($0.name)): \(flat($0.type)) = \(flat($0.value)); " }.joined()
            return "{ () -> \(flat(type)) in \(bindings)return \(flat(value)) }()"
        case .array(let elements): return "[\(elements.map(flat).joined(separator: ", "))]"
        }
    }

    private static func flat(_ arguments: [SwiftArgument]) -> String {
        arguments.map { ($0.label.map { $0 + ": " } ?? "") + flat($0.value) }.joined(separator: ", ")
    }

    private static func flat(_ parameters: [SwiftParameter]) -> String {
        parameters.map { ($0.label.map { $0 + " " } ?? "") + "\(escaped($0.name)): \($0.type)" }
            .joined(separator: ", ")
    }

    static func flat(_ type: SwiftType) -> String {
        switch type {
        case .named(let name): name
        case .optional(let wrapped):
            if case .function = wrapped { "(\(flat(wrapped)))?" } else { "\(flat(wrapped))?" }
        case .array(let element): "[\(flat(element))]"
        case .generic(let name, let arguments): "\(name)<\(arguments.map(flat).joined(separator: ", "))>"
        case .function(let parameters, let result):
            "(\(parameters.map(flat).joined(separator: ", "))) -> \(flat(result))"
        }
    }

    /// Digits in groups of three from five digits on; negative numbers stand in no parentheses.
    private static func grouped(_ value: Int128) -> String {
        let digits = String(value.magnitude)
        if digits.count < 5 { return value < 0 ? "-\(digits)" : digits }
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append("_") }
            result.append(digit)
        }
        return value < 0 ? "-\(result)" : result
    }

    private static func literal(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.infinity" : ".infinity" }
        return value.description
    }

    static func literal(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                // Controls and direction marks would make the file lie about its content.
                if scalar.value < 0x20 || scalar.value == 0x7f || (0x2028...0x202e).contains(scalar.value)
                    || (0x2066...0x2069).contains(scalar.value) {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private static func escaped(_ name: String) -> String { SwiftNames.isReserved(name) ? "`\(name)`" : name }

}

extension SwiftExpression {
    fileprivate var isAtomic: Bool {
        switch self {
        case .binary, .conditional, .attempt: false
        default: true
        }
    }

    /// As an operand or a branch: compound expressions in parentheses, so that precedence needs no thought.
    fileprivate var parenthesised: SwiftExpression { isAtomic ? self : .call(.identifier(""), [SwiftArgument(nil, self)]) }

    /// As what a member is taken of.
    fileprivate var parenthesisedBase: SwiftExpression {
        switch self {
        case .integer, .double, .not, .inoutReference: .call(.identifier(""), [SwiftArgument(nil, self)])
        default: parenthesised
        }
    }

    /// The left operand of a chain of one operator needs no parentheses where it associates to the left.
    fileprivate func operand(of operation: String) -> SwiftExpression {
        if case .binary(_, operation, _) = self, operation != "??" { return self }
        return parenthesised
    }
}
