/// A plan as a graph of titled nodes, which prints in any of EXPLAIN's formats.
///
/// Edges point the way the rows go.
public struct PlanGraph: Sendable {
    public struct Node: Sendable {
        public var title: String
        /// In the order in which they are shown.
        public var details: [(key: String, value: String)]
        /// Positions of the nodes whose rows it reads.
        public var inputs: [Int]

        init(_ title: String, _ details: [(key: String, value: String)] = [], inputs: [Int] = []) {
            self.title = title
            self.details = details
            self.inputs = inputs
        }
    }

    public var name: String
    /// Every node stands behind its inputs.
    public var nodes: [Node] = []

    init(name: String) { self.name = name }

    mutating func add(_ node: Node) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    /// The nodes that no other reads, in order.
    private var roots: [Int] {
        let read = Set(nodes.flatMap(\.inputs))
        return nodes.indices.filter { !read.contains($0) }
    }

    /// An indented tree from each result down to its sources. A node that several read is written once and then named.
    public var text: String {
        var lines: [String] = []
        var written: Set<Int> = []
        func write(_ index: Int, _ depth: Int) {
            let indent = String(repeating: "  ", count: depth)
            let node = nodes[index]
            if !written.insert(index).inserted {
                lines.append("\(indent)↑ \(node.title)")
                return
            }
            lines.append(indent + node.title)
            for (key, value) in node.details { lines.append("\(indent)    \(key): \(value)") }
            for input in node.inputs { write(input, depth + 1) }
        }
        for root in roots { write(root, 0) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Graphviz.
    public var dot: String {
        var text = "digraph \(Self.quoted(name)) {\n    rankdir = BT;\n    node [shape = box, fontname = monospace];\n"
        for (index, node) in nodes.enumerated() {
            let label = ([node.title] + node.details.map { "\($0.key): \($0.value)" }).joined(separator: "\n")
            text += "    n\(index) [label = \(Self.quoted(label))];\n"
        }
        for (index, node) in nodes.enumerated() {
            for input in node.inputs { text += "    n\(input) -> n\(index);\n" }
        }
        return text + "}\n"
    }

    /// A Mermaid flowchart.
    public var mermaid: String {
        var text = "flowchart BT\n"
        for (index, node) in nodes.enumerated() {
            let label = ([node.title] + node.details.map { "\($0.key): \($0.value)" }).map(Self.htmlEscaped)
                .joined(separator: "<br/>")
            text += "    n\(index)[\"\(label)\"]\n"
        }
        for (index, node) in nodes.enumerated() {
            for input in node.inputs { text += "    n\(input) --> n\(index)\n" }
        }
        return text
    }

    /// `{"name": …, "nodes": [{"id": 0, "title": …, "details": {…}, "inputs": […]}]}`
    public var json: String {
        var text = "{\n  \"name\": \(Self.quoted(name)),\n  \"nodes\": ["
        for (index, node) in nodes.enumerated() {
            let details = node.details.map { "\(Self.quoted($0.key)): \(Self.quoted($0.value))" }
            text += index == 0 ? "\n" : ",\n"
            text += "    {\"id\": \(index), \"title\": \(Self.quoted(node.title)), "
            text += "\"details\": {\(details.joined(separator: ", "))}, "
            text += "\"inputs\": [\(node.inputs.map(String.init).joined(separator: ", "))]}"
        }
        return text + "\n  ]\n}\n"
    }

    /// A string literal that JSON and Graphviz both take.
    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func htmlEscaped(_ string: String) -> String {
        var text = ""
        for character in string {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\n": text += " "
            default: text.append(character)
            }
        }
        return text
    }
}
