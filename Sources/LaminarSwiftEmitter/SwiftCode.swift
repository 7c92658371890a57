/// An expression of generated Swift.
indirect enum SwiftExpression: Hashable {
    case identifier(String)
    case integer(Int128)
    case double(Double)
    case string(String)
    case boolean(Bool)
    /// `Type?.none`: NULL with its type, so that inference never depends on the context.
    case none(SwiftType)
    case type(SwiftType)
    /// `.name`
    case implicitMember(String)
    case member(SwiftExpression, String)
    /// `base?`, of which a member is taken.
    case optionalChain(SwiftExpression)
    case index(SwiftExpression, SwiftExpression)
    case call(SwiftExpression, [SwiftArgument])
    /// `callee(arguments) { expression }`, the closure's parameters being `$0`, `$1`, …
    case callWithClosure(SwiftExpression, [SwiftArgument], SwiftExpression)
    /// `&name`
    case inoutReference(String)
    case binary(SwiftExpression, String, SwiftExpression)
    case not(SwiftExpression)
    case conditional(SwiftExpression, SwiftExpression, SwiftExpression)
    case attempt(SwiftExpression)
    case array([SwiftExpression])
    /// An expression over parts that were computed before it; a closure called at once where it is not a function's body.
    case sharing([SwiftPart], SwiftExpression, SwiftType)
    /// `{ _, _ in }`
    case closureIgnoring(Int)

    static func call(_ name: String, _ arguments: [SwiftArgument] = []) -> SwiftExpression {
        .call(.identifier(name), arguments)
    }

    static func call(_ name: String, _ arguments: SwiftArgument...) -> SwiftExpression {
        .call(.identifier(name), arguments)
    }
}

/// `let name: type = value`
struct SwiftPart: Hashable {
    var name: String
    var type: SwiftType
    var value: SwiftExpression
}

struct SwiftArgument: Hashable {
    var label: String?
    var value: SwiftExpression

    init(_ label: String? = nil, _ value: SwiftExpression) {
        self.label = label
        self.value = value
    }
}

/// A type of generated Swift.
indirect enum SwiftType: Hashable {
    case named(String)
    case optional(SwiftType)
    case array(SwiftType)
    case generic(String, [SwiftType])
    case function([SwiftType], SwiftType)

    static func named(_ name: String, isOptional: Bool) -> SwiftType {
        isOptional ? .optional(.named(name)) : .named(name)
    }
}

/// A statement of generated Swift.
indirect enum SwiftStatement {
    case expression(SwiftExpression)
    case constant(String, SwiftExpression)
    case part(SwiftPart)
    case variable(String, SwiftType?, SwiftExpression)
    case assign(SwiftExpression, SwiftExpression)
    case result(SwiftExpression)
    case ifTrue(SwiftExpression, [SwiftStatement])
    /// `if let name = value { … }`
    case ifPresent(String, SwiftExpression, [SwiftStatement])
    /// `guard condition else { return value }`
    case leaveUnless(SwiftExpression, returning: SwiftExpression? = nil)
    /// `guard let name = value, … else { return nil }`
    case noneUnlessPresent([(name: String, value: SwiftExpression)])
    case comment(String)
    /// `case value: expression`
    case switchCase(SwiftExpression, SwiftExpression)
    /// Statements in a row, where one is asked for.
    case block([SwiftStatement])
    /// A template's text, filled.
    case template(FilledTemplate)
}

/// A declaration of generated Swift with what stands before it.
struct SwiftDeclaration {
    enum Access: String {
        case `public`, `internal` = "", `private`, `fileprivate`
    }

    enum Kind {
        /// `struct Name: Protocols { members }`; the keyword is `struct`, `enum`, `final class` or `extension`.
        case nominal(keyword: String, name: String, inherited: [String], members: [SwiftDeclaration])
        case constant(String, SwiftType?, SwiftExpression?)
        case variable(String, SwiftType?, SwiftExpression?)
        /// A property computed by one expression.
        case computed(String, SwiftType, SwiftExpression)
        /// A property that reads and writes another.
        case accessor(String, SwiftType, SwiftExpression)
        case function(
            String, [SwiftParameter], effects: String = "", returns: SwiftType? = nil, body: [SwiftStatement])
        case initializer([SwiftParameter], effects: String = "", body: [SwiftStatement])
        case alias(String, SwiftType)
        case template(FilledTemplate)
    }

    var documentation: [String] = []
    /// The SQL line that the declaration stands for.
    var location: SQLLocation?
    var access = Access.internal
    /// `static`, `mutating`, …
    var modifiers: [String] = []
    var kind: Kind

    init(
        _ kind: Kind, access: Access = .internal, modifiers: [String] = [], documentation: [String] = [],
        location: SQLLocation? = nil
    ) {
        self.kind = kind
        self.access = access
        self.modifiers = modifiers
        self.documentation = documentation
        self.location = location
    }
}

struct SwiftParameter {
    /// `_` for none, nil where it equals the name.
    var label: String?
    var name: String
    var type: String

    init(_ label: String? = nil, _ name: String, _ type: String) {
        self.label = label
        self.name = name
        self.type = type
    }
}

/// A line of the SQL file, for `#sourceLocation`.
struct SQLLocation: Hashable {
    var file: String
    var line: Int
}

/// A whole generated file.
struct SwiftFile {
    var header: [String]
    var imports: [String]
    var declarations: [SwiftDeclaration]
}
