import LaminarText

/// SQL text after `${NAME}` substitution, with the way back from its offsets to those of the file.
struct SubstitutedText {
    /// Marks a place whose substitution failed; the lexer makes an `invalid` token of it.
    static let failureMark: UInt8 = 1

    private(set) var bytes: [UInt8]
    /// Runs of `bytes` in order; empty if nothing was substituted.
    private var runs: [Run] = []

    private struct Run {
        var start: Int
        var original: Span
        /// Whether the bytes stand for the whole original span, not for themselves.
        var isReplacement: Bool
    }

    /// The place in the file of the bytes from `lower` to `upper`; what lies behind the end is cut off.
    func original(_ lower: Int, _ upper: Int) -> Span {
        let upper = min(upper, bytes.count)
        let lower = min(lower, upper)
        if runs.isEmpty { return Span(lower, upper) }
        let first = run(at: lower)
        let start = first.isReplacement ? first.original.lower : first.original.lower + lower - first.start
        if upper <= lower { return Span(start, start) }
        let last = run(at: upper - 1)
        return Span(start, last.isReplacement ? last.original.upper : last.original.lower + upper - last.start)
    }

    private func run(at offset: Int) -> Run {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].start <= offset { low = middle } else { high = middle }
        }
        return runs[low]
    }

    /// Replaces `${NAME}` and `${NAME:-default}` everywhere but in comments.
    ///
    /// Within quotes a value is content: its quotes are doubled so that it cannot end the string.
    init(_ file: SourceFile, substitutions: [String: String]?, errors: inout SyntaxErrors) {
        let text = file.text
        guard let substitutions,
            text.indices.dropLast().contains(where: { text[$0] == .dollar && text[$0 + 1] == .leftBrace })
        else {
            bytes = text
            return
        }
        bytes = []
        bytes.reserveCapacity(text.count)
        var index = 0
        var copiedUpTo = 0
        var quote: UInt8?
        var hasEscapes = false
        var commentDepth = 0

        func isAt(_ first: UInt8, _ second: UInt8) -> Bool {
            text[index] == first && index + 1 < text.count && text[index + 1] == second
        }

        while index < text.count {
            let byte = text[index]
            if commentDepth > 0 {
                if isAt(.slash, .star) {
                    commentDepth += 1
                    index += 2
                } else if isAt(.star, .slash) {
                    commentDepth -= 1
                    index += 2
                } else {
                    index += 1
                }
                continue
            }
            if byte == .dollar, isAt(.dollar, .leftBrace), index == 0 || text[index - 1] != .dollar {
                if let reference = SubstitutionReference(text, at: index) {
                    copy(text, from: copiedUpTo, to: index)
                    let span = Span(index, reference.end)
                    let value = substitutions[reference.name].flatMap {
                        reference.fallback != nil && $0.isEmpty ? nil : $0
                    }
                    if let text = value ?? reference.fallback {
                        // A default is text of this file and so written as its context wants it.
                        let isContent = quote != nil && value != nil
                        replace(
                            span, by: Array(text.utf8), quote: isContent ? quote : nil,
                            hasEscapes: isContent && hasEscapes)
                    } else {
                        errors.report(
                            .unresolvedSubstitution(reference.name, known: substitutions.keys.sorted()), at: span)
                        replace(span, by: quote == nil ? [Self.failureMark] : [], quote: nil, hasEscapes: false)
                    }
                    index = reference.end
                    copiedUpTo = index
                    continue
                } else if quote == nil {
                    errors.report(.malformedSubstitution, at: Span(index, index + 2))
                }
                index += 1
                continue
            }
            if let open = quote {
                if byte == .backslash, hasEscapes {
                    index += 2
                    continue
                }
                if byte == open { quote = nil }
                index += 1
                continue
            }
            switch byte {
            case .singleQuote, .doubleQuote, .backtick:
                quote = byte
                let before = index > 0 ? text[index - 1] | 0x20 : 0
                hasEscapes =
                    byte == .singleQuote && before == UInt8(ascii: "e")
                    && (index < 2 || !text[index - 2].isIdentifierPart)
                index += 1
            case .minus where isAt(.minus, .minus):
                while index < text.count, text[index] != .newline { index += 1 }
            case .slash where isAt(.slash, .star):
                commentDepth = 1
                index += 2
            default:
                index += 1
            }
        }
        copy(text, from: copiedUpTo, to: text.count)
    }

    private mutating func copy(_ text: [UInt8], from lower: Int, to upper: Int) {
        runs.append(Run(start: bytes.count, original: Span(lower, upper), isReplacement: false))
        bytes.append(contentsOf: text[lower..<upper])
    }

    private mutating func replace(_ span: Span, by value: [UInt8], quote: UInt8?, hasEscapes: Bool) {
        // An empty replacement needs no run: nothing in `bytes` stands for it.
        if value.isEmpty { return }
        runs.append(Run(start: bytes.count, original: span, isReplacement: true))
        for byte in value {
            if byte == quote || (hasEscapes && byte == .backslash) { bytes.append(byte) }
            bytes.append(byte)
        }
    }
}

/// `${NAME}` or `${NAME:-default}` as it stands in the text.
private struct SubstitutionReference {
    var name: String
    var fallback: String?
    var end: Int

    init?(_ text: [UInt8], at start: Int) {
        var index = start + 2
        let nameStart = index
        guard index < text.count, text[index].isIdentifierStart, text[index] < 0x80 else { return nil }
        while index < text.count, text[index].isIdentifierPart || text[index] == .minus || text[index] == .dot,
            text[index] != .dollar
        {
            index += 1
        }
        name = String(decoding: text[nameStart..<index], as: UTF8.self)
        guard index < text.count else { return nil }
        if text[index] == .rightBrace {
            end = index + 1
            return
        }
        guard text[index] == .colon, index + 1 < text.count, text[index + 1] == .minus else { return nil }
        index += 2
        let fallbackStart = index
        while index < text.count, text[index] != .rightBrace {
            if text[index] == .newline { return nil }
            index += 1
        }
        guard index < text.count else { return nil }
        fallback = String(decoding: text[fallbackStart..<index], as: UTF8.self)
        end = index + 1
    }
}
