import LaminarText

/// Cuts SQL text into tokens by PostgreSQL's lexical rules, in time linear in the text.
struct Lexer {
    let text: SubstitutedText
    let bytes: [UInt8]
    var index = 0
    var errors: SyntaxErrors
    private var tokens: [Token] = []

    init(_ text: SubstitutedText, errors: SyntaxErrors) {
        self.text = text
        self.bytes = text.bytes
        self.errors = errors
    }

    /// The tokens of the text, closed by an `end`; opening brackets know their closing ones.
    mutating func run() -> [Token] {
        tokens.reserveCapacity(bytes.count / 5)
        // A byte order mark is no part of the text.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while true {
            skipSpace()
            guard index < bytes.count else { break }
            scan()
        }
        tokens.append(Token(kind: .end, text: "", span: text.original(bytes.count, bytes.count)))
        matchBrackets()
        return tokens
    }

    func byte(_ ahead: Int = 0) -> UInt8 { index + ahead < bytes.count ? bytes[index + ahead] : 0 }

    mutating func addToken(_ kind: Token.Kind, _ content: String, from start: Int) {
        tokens.append(Token(kind: kind, text: content, span: text.original(start, index)))
    }

    private mutating func scan() {
        let start = index
        let first = byte()
        switch first {
        case .singleQuote:
            let content = scanString(hasEscapes: false)
            addToken(.string, content, from: start)
        case .doubleQuote, .backtick:
            let content = scanQuotedIdentifier()
            addToken(.quotedWord, content, from: start)
        case .dollar:
            scanDollar()
        case SubstitutedText.failureMark:
            index += 1
            // Where a substitution failed this place has its error already, and this one is not shown.
            errors.report(.invalidCharacter(UnicodeScalar(first)), at: text.original(start, index))
            addToken(.invalid, "", from: start)
        case _ where first.isDigit, .dot where byte(1).isDigit:
            scanNumber()
        case _ where first.isIdentifierStart:
            scanWord()
        case _ where first.isOperator:
            scanOperator()
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
            UInt8(ascii: ";"), .leftBrace, .rightBrace:
            index += 1
            addToken(.symbol, String(UnicodeScalar(first)), from: start)
        case .dot:
            index += byte(1) == .dot ? 2 : 1
            addToken(.symbol, index - start == 2 ? ".." : ".", from: start)
        case .colon:
            let second = byte(1)
            let isPair = second == .colon || second == UInt8(ascii: "=")
            index += isPair ? 2 : 1
            addToken(.symbol, isPair ? (second == .colon ? "::" : ":=") : ":", from: start)
        default:
            index += 1
            errors.report(.invalidCharacter(UnicodeScalar(first)), at: text.original(start, index))
            addToken(.invalid, "", from: start)
        }
    }

    // MARK: Space and comments

    /// Skips white space and comments; tells whether a line ended on the way.
    @discardableResult
    mutating func skipSpace() -> Bool {
        var sawNewline = false
        while index < bytes.count {
            let next = bytes[index]
            if next.isSpace {
                if next == .newline || next == 13 { sawNewline = true }
                index += 1
            } else if next == .minus, byte(1) == .minus {
                while index < bytes.count, bytes[index] != .newline { index += 1 }
            } else if next == .slash, byte(1) == .star {
                skipBlockComment()
            } else {
                break
            }
        }
        return sawNewline
    }

    private mutating func skipBlockComment() {
        let start = index
        index += 2
        var depth = 1
        while index < bytes.count {
            if bytes[index] == .slash, byte(1) == .star {
                depth += 1
                index += 2
            } else if bytes[index] == .star, byte(1) == .slash {
                depth -= 1
                index += 2
                if depth == 0 { return }
            } else {
                index += 1
            }
        }
        errors.report(.unterminated("comment"), at: text.original(start, start + 2))
    }

    // MARK: Words

    private mutating func scanWord() {
        let start = index
        if byte(1) == .singleQuote {
            switch byte().lowercased {
            case UInt8(ascii: "e"):
                index += 1
                let content = scanString(hasEscapes: true)
                return addToken(.string, content, from: start)
            case UInt8(ascii: "n"):
                index += 1
                let content = scanString(hasEscapes: false)
                return addToken(.string, content, from: start)
            case UInt8(ascii: "b"), UInt8(ascii: "x"):
                let isBinary = byte().lowercased == UInt8(ascii: "b")
                index += 1
                let content = scanString(hasEscapes: false)
                let digits = isBinary ? binaryDigits(content, from: start) : hexDigits(content, from: start)
                return addToken(.bits, digits, from: start)
            default: break
            }
        }
        if byte().lowercased == UInt8(ascii: "u"), byte(1) == UInt8(ascii: "&") {
            if byte(2) == .singleQuote || byte(2) == .doubleQuote {
                let isString = byte(2) == .singleQuote
                index += 2
                let raw = isString ? scanString(hasEscapes: false) : scanQuotedIdentifier()
                let escape = scanUnicodeEscapeCharacter()
                let content = decodeUnicodeEscapes(raw, escape: escape, from: start)
                return addToken(isString ? .string : .quotedWord, content, from: start)
            }
        }
        var isASCII = true
        while index < bytes.count, bytes[index].isIdentifierPart {
            if bytes[index] >= 0x80 {
                isASCII = false
                // Invisible and typographic characters look like SQL but are none.
                if let scalar = suspiciousScalar(at: index) {
                    if index > start { break }
                    index += String(scalar).utf8.count
                    errors.report(.invalidCharacter(scalar), at: text.original(start, index))
                    return addToken(.invalid, "", from: start)
                }
            }
            index += 1
        }
        let folded: String
        if isASCII {
            folded = String(unsafeUninitializedCapacity: index - start) { buffer in
                for offset in 0..<index - start { buffer[offset] = bytes[start + offset].lowercased }
                return index - start
            }
        } else {
            guard let valid = String(validating: bytes[start..<index].map(\.lowercased), as: UTF8.self) else {
                errors.report(.invalidUTF8, at: text.original(start, index))
                return addToken(.invalid, "", from: start)
            }
            folded = valid
        }
        addToken(.word, folded, from: start)
        tokens[tokens.count - 1].reservation = Reservation.of(folded)
    }

    /// The character at an offset if it is white space, a dash or a quotation mark outside ASCII.
    private func suspiciousScalar(at offset: Int) -> Unicode.Scalar? {
        guard bytes[offset] == 0xC2 || bytes[offset] == 0xE2 || bytes[offset] == 0xEF else { return nil }
        let end = min(bytes.count, offset + (bytes[offset] == 0xC2 ? 2 : 3))
        guard let scalar = String(validating: bytes[offset..<end], as: UTF8.self)?.unicodeScalars.first else {
            return nil
        }
        switch scalar.value {
        case 0xA0, 0x2000...0x201F, 0x2028...0x202F, 0xFEFF: return scalar
        default: return nil
        }
    }

    private mutating func scanQuotedIdentifier() -> String {
        let start = index
        let quote = bytes[index]
        let content =
            scanQuoted(quote)
            ?? {
                errors.report(.unterminated("quoted identifier"), at: text.original(start, start + 1))
                return [UInt8(ascii: "?")]
            }()
        if content.isEmpty { errors.report(.emptyIdentifier, at: text.original(start, index)) }
        return decoded(content, from: start)
    }

    // MARK: Strings

    /// The bytes between two quotes, doubled quotes halved; nil when the text ends first.
    private mutating func scanQuoted(_ quote: UInt8) -> [UInt8]? {
        index += 1
        var content: [UInt8] = []
        while index < bytes.count {
            let next = bytes[index]
            index += 1
            if next == quote {
                guard byte() == quote else { return content }
                index += 1
            }
            content.append(next)
        }
        return nil
    }

    /// A string in single quotes and its continuations on later lines.
    private mutating func scanString(hasEscapes: Bool) -> String {
        let start = index
        var content: [UInt8] = []
        while true {
            guard let piece = hasEscapes ? scanEscaped() : scanQuoted(.singleQuote) else {
                errors.report(.unterminated("quoted string"), at: text.original(start, start + 1))
                break
            }
            content += piece
            let end = index
            guard skipSpace(), byte() == .singleQuote else {
                index = end
                break
            }
        }
        return decoded(content, from: start)
    }

    private mutating func decoded(_ content: [UInt8], from start: Int) -> String {
        guard let valid = String(validating: content, as: UTF8.self), !content.contains(0) else {
            errors.report(.invalidUTF8, at: text.original(start, index))
            return String(decoding: content, as: UTF8.self)
        }
        return valid
    }

    private mutating func scanDollar() {
        let start = index
        if byte(1).isDigit {
            index += 1
            while byte().isDigit { index += 1 }
            let digits = String(decoding: bytes[start + 1..<index], as: UTF8.self)
            if Int(digits) == nil { errors.report(.invalidParameter, at: text.original(start, index)) }
            return addToken(.parameter, digits, from: start)
        }
        index += 1
        if byte().isIdentifierStart {
            while index < bytes.count, bytes[index].isIdentifierPart, bytes[index] != .dollar { index += 1 }
        }
        guard byte() == .dollar else {
            index = start + (byte() == .leftBrace && index == start + 1 ? 2 : 1)
            errors.report(.invalidCharacter("$"), at: text.original(start, index))
            return addToken(.invalid, "", from: start)
        }
        index += 1
        let tag = Array(bytes[start..<index])
        let contentStart = index
        while index + tag.count <= bytes.count {
            if bytes[index] == .dollar, bytes[index..<index + tag.count].elementsEqual(tag) {
                let content = decoded(Array(bytes[contentStart..<index]), from: start)
                index += tag.count
                return addToken(.string, content, from: start)
            }
            index += 1
        }
        index = bytes.count
        errors.report(.unterminated("dollar-quoted string"), at: text.original(start, contentStart))
        addToken(.string, "", from: start)
    }

    // MARK: Operators

    private mutating func scanOperator() {
        let start = index
        var end = index
        // No operator is longer; without the bound a run of a million characters would be scanned a million times.
        let limit = min(bytes.count, start + 8)
        while end < limit, bytes[end].isOperator {
            let second = end + 1 < bytes.count ? bytes[end + 1] : 0
            if end > start, bytes[end] == .minus && second == .minus || bytes[end] == .slash && second == .star {
                break
            }
            end += 1
        }
        // A sign behind an operator belongs to the operand: `a=-1`. PostgreSQL would take `||-` for one operator, but
        // has none that ends in a sign except `#-`.
        if !(end - start == 2 && bytes[start] == UInt8(ascii: "#") && bytes[start + 1] == .minus) {
            while end - start > 1, bytes[end - 1] == .plus || bytes[end - 1] == .minus { end -= 1 }
        }
        index = end
        let content = String(decoding: bytes[start..<end], as: UTF8.self)
        addToken(.symbol, content == "!=" ? "<>" : content, from: start)
    }

    // MARK: Brackets

    private mutating func matchBrackets() {
        var open: [Int] = []
        for (position, token) in tokens.enumerated() where token.kind == .symbol {
            switch token.text {
            case "(", "[": open.append(position)
            case ")", "]":
                if let opening = open.popLast() { tokens[opening].match = Int32(truncatingIfNeeded: position) }
            case ";": open.removeAll(keepingCapacity: true)
            default: break
            }
        }
    }
}
