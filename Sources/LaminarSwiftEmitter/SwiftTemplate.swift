/// The control flow of a pipeline shape as Swift text that parses, with holes for what depends on the query.
///
/// `__name__` stands for an identifier or expression, a line `//> name` for lines of statements or declarations; the
/// comment at the top, up to the first blank line, says what the shape does and is not copied.
struct SwiftTemplate {
    let name: String
    let lines: [String]

    init(name: String, bytes: [UInt8]) {
        self.name = name
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        if let blank = lines.firstIndex(where: \.isEmpty), lines[..<blank].allSatisfy({ $0.hasPrefix("//") }) {
            lines.removeSubrange(...blank)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines.map(String.init)
    }

    /// The template with every hole filled; a hole without a filling, or the other way round, is a mistake of ours.
    func filled(_ names: [String: String], blocks: [String: [String]] = [:]) -> FilledTemplate {
        var result: [String] = []
        var used: Set<String> = []
        for line in lines {
            let content = line.drop { $0 == " " }
            if content.hasPrefix("//> ") {
                let block = String(content.dropFirst(4))
                guard let lines = blocks[block] else {
                    preconditionFailure("Template \(name) has no filling for block \(block).")
                }
                used.insert(block)
                let indentation = String(repeating: " ", count: line.count - content.count)
                if lines.isEmpty, result.last?.isEmpty == true { result.removeLast() }
                result += lines.map { $0.isEmpty || $0.hasPrefix("#") ? $0 : indentation + $0 }
            } else {
                result.append(substituting(names, in: line))
            }
        }
        precondition(used.count == blocks.count, "Template \(name) does not use every block it was given.")
        return FilledTemplate(lines: result)
    }

    private func substituting(_ names: [String: String], in line: String) -> String {
        guard line.contains("__") else { return line }
        var result = ""
        var rest = line[...]
        while let start = firstMark(in: rest) {
            let afterStart = rest.index(start, offsetBy: 2)
            guard let end = firstMark(in: rest[afterStart...]) else { break }
            let hole = String(rest[afterStart..<end])
            guard let filling = names[hole] else {
                preconditionFailure("Template \(name) has no filling for \(hole).")
            }
            result += rest[..<start] + filling
            rest = rest[rest.index(end, offsetBy: 2)...]
        }
        return result + rest
    }

    private func firstMark(in text: Substring) -> String.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == "_", next < text.endIndex, text[next] == "_" { return index }
            index = next
        }
        return nil
    }
}

/// Lines of Swift from a template, from column 1.
struct FilledTemplate {
    var lines: [String]
}
