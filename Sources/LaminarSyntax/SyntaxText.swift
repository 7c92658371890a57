/// The text form of syntax trees, as `explain --stage syntax` prints it: one S-expression per statement.
///
/// Deterministic; without places, so that it changes only when the meaning of the text does. A node stands on one line
/// if it fits into 100 columns, else its children are indented below it.
public func textForm(of statements: [StatementSyntax]) -> String {
    statements.map { textForm(of: $0) + "\n" }.joined()
}

public func textForm(of statement: StatementSyntax) -> String { node(statement).printed }

public func textForm(of query: QuerySyntax) -> String { node(query).printed }

public func textForm(of expression: ExpressionSyntax) -> String { node(expression).printed }

/// The type as SQL, synonyms as written: `timestamp(3) with time zone`, `row<a int, b text[]>`.
public func textForm(of type: TypeSyntax) -> String { text(type) }

/// A node of the text form: an atom has no children.
struct TextNode {
    var head: String
    var children: [TextNode]
    private var width: Int

    init(_ head: String) {
        self.head = head
        self.children = []
        self.width = head.utf8.count
    }

    /// `(head child child)`; nil children are left out.
    init(_ head: String, _ children: TextNode?...) { self.init(head, list: children.compactMap { $0 }) }

    init(_ head: String, list children: [TextNode]) {
        self.head = head
        self.children = children
        self.width = head.utf8.count + 2 + children.reduce(0) { $0 + $1.width + 1 }
        isList = true
    }

    private var isList = false

    var printed: String {
        var output = ""
        print(into: &output, indentation: 0)
        return output
    }

    private func print(into output: inout String, indentation: Int) {
        guard isList else {
            output += head
            return
        }
        output += "(" + head
        let fits = indentation + width <= 100
        for child in children {
            if fits {
                output += " "
            } else {
                // Very deep trees would else be mostly spaces.
                output += "\n" + String(repeating: "  ", count: min(indentation / 2 + 1, 40))
            }
            child.print(into: &output, indentation: indentation + 2)
        }
        output += ")"
    }
}

/// A node for a list that is left out when it is empty.
func optionalList(_ head: String, _ children: [TextNode]) -> TextNode? {
    children.isEmpty ? nil : TextNode(head, list: children)
}

/// A word that is there or not.
func flag(_ word: String, _ isSet: Bool) -> TextNode? { isSet ? TextNode(word) : nil }

func text(_ identifier: IdentifierSyntax) -> String {
    let isPlain =
        !identifier.text.isEmpty
        && identifier.text.utf8.allSatisfy { $0.isIdentifierPart && $0.lowercased == $0 && $0 < 0x80 }
        && identifier.text.utf8.first?.isDigit == false
    return isPlain ? identifier.text : "\"" + escaped(identifier.text, quote: "\"") + "\""
}

func text(_ name: NameSyntax) -> String { name.parts.map(text).joined(separator: ".") }

func text(_ span: [IdentifierSyntax]) -> [TextNode] { span.map { TextNode(text($0)) } }

func quoted(_ string: String) -> String { "'" + escaped(string, quote: "'") + "'" }

/// Doubles quotes and shows line ends and control characters as escapes, so that an atom stays on one line.
private func escaped(_ string: String, quote: Character) -> String {
    var result = ""
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where Character(scalar) == quote: result += "\(quote)\(quote)"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += "\\x" + String(scalar.value, radix: 16)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

func text(_ type: TypeSyntax) -> String {
    var result = type.isKeyword ? type.name : "\"\(type.name)\""
    if !type.parameters.isEmpty { result += "(" + type.parameters.map { "\($0.value)" }.joined(separator: ",") + ")" }
    switch type.timeZone {
    case .with: result += " with time zone"
    case .without: result += " without time zone"
    case .withLocal: result += " with local time zone"
    case nil: break
    }
    if let fields = type.intervalFields { result += " " + text(fields) }
    if !type.fields.isEmpty {
        let fields = type.fields.map { "\(text($0.name)) \(text($0.type))\($0.isNotNull ? " not null" : "")" }
        result += "<" + fields.joined(separator: ", ") + ">"
    }
    if !type.arguments.isEmpty { result += "<" + type.arguments.map(text).joined(separator: ", ") + ">" }
    return result + String(repeating: "[]", count: type.arrayDepth)
}

func text(_ fields: IntervalFieldsSyntax) -> String {
    var result = fields.from.rawValue
    if fields.to != fields.from { result += " to " + fields.to.rawValue }
    if let precision = fields.precision { result += "(\(precision))" }
    return result
}
