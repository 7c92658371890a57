public import LaminarText

/// Parses a file of SQL statements.
///
/// Always returns a tree: where a statement is wrong it is (or contains) an `invalid` node and `diagnostics` has an
/// error; parsing goes on behind it, so that all errors of a file come at once. Time and memory are linear in the text.
/// - Parameter substitutions: The values of `${NAME}`; values are inserted as SQL text, or as content within quotes.
///   Nil leaves `${` as it stands.
/// - Returns: The statements in order, without empty ones.
public func parseStatements(
    _ file: SourceFile, substitutions: [String: String]? = [:], diagnostics: inout Diagnostics
) -> [StatementSyntax] {
    var errors = SyntaxErrors(diagnostics)
    let text = SubstitutedText(file, substitutions: substitutions, errors: &errors)
    var lexer = Lexer(text, errors: errors)
    let tokens = lexer.run()
    var parser = Parser(file, tokens, errors: lexer.errors)
    let statements = parser.parseFile()
    diagnostics = parser.errors.diagnostics
    return statements
}

/// Thrown after an error was reported, to unwind to the next place from which parsing can go on.
struct SyntaxFailure: Error {}

/// A recursive-descent parser with one function per clause and precedence climbing for expressions.
///
/// It never goes back: every token is consumed once, and decisions look a bounded number of tokens ahead.
struct Parser {
    private let file: SourceFile
    private var tokens: [Token]
    private(set) var position = 0
    var errors: SyntaxErrors
    /// How many brackets, calls, CASEs and queries enclose the current token.
    private var nesting = 0
    /// The greatest height of the trees parsed since the enclosing expression began.
    var childHeight = 0
    /// Calls of `parseExpression` in progress.
    var expressionDepth = 0
    /// Set when a limit was exceeded: the whole statement is given up.
    private var isAborting = false

    init(_ file: SourceFile, _ tokens: [Token], errors: SyntaxErrors) {
        self.file = file
        self.tokens = tokens
        self.errors = errors
    }

    mutating func parseFile() -> [StatementSyntax] {
        var statements: [StatementSyntax] = []
        while !atEnd, !errors.isFull {
            if accept(symbol: ";") { continue }
            let start = position
            nesting = 0
            childHeight = 0
            expressionDepth = 0
            isAborting = false
            do {
                let kind = try parseStatement()
                guard at(symbol: ";") || atEnd else { throw failure(hint: hintForTrailingToken()) }
                statements.append(StatementSyntax(kind: kind, span: span(from: start)))
            } catch {
                while !atEnd, !at(symbol: ";") { advance() }
                statements.append(StatementSyntax(kind: .invalid, span: span(from: start)))
            }
        }
        return statements
    }

    // MARK: Tokens

    var token: Token { tokens[position] }
    var atEnd: Bool { tokens[position].kind == .end }

    /// The token some places ahead; the last one when the text ends before.
    func peek(_ ahead: Int = 1) -> Token { tokens[min(position + ahead, tokens.count - 1)] }

    /// The token at an index, which may lie behind the last one.
    func token(at index: Int) -> Token { tokens[min(index, tokens.count - 1)] }

    /// Whether the token just consumed is this punctuation.
    func previousIs(_ symbol: String) -> Bool {
        position > 0 && tokens[position - 1].kind == .symbol && tokens[position - 1].text == symbol
    }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    func at(_ word: String) -> Bool { tokens[position].kind == .word && tokens[position].text == word }
    func at(symbol: String) -> Bool { tokens[position].kind == .symbol && tokens[position].text == symbol }

    /// Whether the words stand here one after the other.
    func at(_ first: String, _ second: String, _ third: String? = nil) -> Bool {
        at(first) && peek().kind == .word && peek().text == second
            && (third == nil || peek(2).kind == .word && peek(2).text == third)
    }

    func peekIsWord(_ ahead: Int, _ words: String...) -> Bool {
        let next = peek(ahead)
        return next.kind == .word && words.contains(next.text)
    }

    func peekIsSymbol(_ ahead: Int, _ symbol: String) -> Bool {
        let next = peek(ahead)
        return next.kind == .symbol && next.text == symbol
    }

    mutating func accept(_ word: String) -> Bool {
        guard at(word) else { return false }
        advance()
        return true
    }

    mutating func accept(_ first: String, _ second: String, _ third: String? = nil) -> Bool {
        guard at(first, second, third) else { return false }
        for _ in 0..<(third == nil ? 2 : 3) { advance() }
        return true
    }

    mutating func accept(symbol: String) -> Bool {
        guard at(symbol: symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ word: String, hint: String? = nil) throws(SyntaxFailure) {
        if accept(word) { return }
        throw failure(hint: hint ?? hintForMisspelled(among: [word]))
    }

    mutating func expect(symbol: String, hint: String? = nil) throws(SyntaxFailure) {
        if accept(symbol: symbol) { return }
        throw failure(hint: hint ?? (symbol == ")" ? "Expected \")\"." : nil))
    }

    /// Takes one `>` that closes a type's angle bracket, also from the front of `>>`.
    mutating func expectClosingAngle() throws(SyntaxFailure) {
        guard token.kind == .symbol, token.text.first == ">" else { throw failure(hint: "Expected \">\".") }
        if token.text == ">" { return advance() }
        tokens[position].text.removeFirst()
        tokens[position].span.lower += 1
    }

    /// The span from the token at `start` to the last one consumed.
    func span(from start: Int) -> Span {
        let first = tokens[start].span
        guard position > start else { return Span(first.lower, first.lower) }
        return Span(first.lower, max(first.upper, tokens[position - 1].span.upper))
    }

    // MARK: Failing and going on

    /// Reports that the current token cannot stand here.
    mutating func failure(hint: String? = nil) -> SyntaxFailure {
        switch token.kind {
        case .invalid: break
        case .end: errors.report(.unexpectedEnd, at: token.span, hint: hint)
        default:
            let span = token.span
            let text = file.string(Span(span.lower, min(span.upper, span.lower + 200)))
            let shown = text.count > 60 ? text.prefix(60) + "..." : text[...]
            errors.report(.unexpected(String(shown)), at: span, hint: hint)
        }
        return SyntaxFailure()
    }

    mutating func failure(_ error: SyntaxError, at span: Span, hint: String? = nil) -> SyntaxFailure {
        errors.report(error, at: span, hint: hint)
        return SyntaxFailure()
    }

    /// Gives the whole statement up because later stages could not walk its tree.
    mutating func tooComplex() -> SyntaxFailure {
        isAborting = true
        errors.report(.tooComplex, at: token.span)
        return SyntaxFailure()
    }

    /// Goes one level deeper; the caller says `leave()` when it is done.
    mutating func enter(_ levels: Int = 1) throws(SyntaxFailure) {
        guard nesting + levels <= SyntaxLimits.nesting else { throw tooComplex() }
        nesting += levels
    }

    mutating func leave(_ levels: Int = 1) { nesting -= levels }

    /// Counts one more node above everything parsed since `childHeight` was last reset.
    mutating func growHeight() throws(SyntaxFailure) {
        childHeight += 1
        if childHeight > SyntaxLimits.height { throw tooComplex() }
    }

    /// Words that end an element of a list because they begin the next clause.
    static let clauseWords: Set<String> = [
        "from", "where", "group", "having", "window", "qualify", "order", "limit", "offset", "fetch", "union",
        "intersect", "except", "emit", "allow", "late", "into", "with", "for",
    ]

    /// What a recovery point must put back: the counters as they were before the failed part.
    struct Checkpoint {
        fileprivate var position: Int
        fileprivate var nesting: Int
        fileprivate var expressionDepth: Int
    }

    var checkpoint: Checkpoint { Checkpoint(position: position, nesting: nesting, expressionDepth: expressionDepth) }

    /// Skips the rest of a list's element after an error in it: to the next comma, the list's end or the next clause.
    /// - Throws: When the statement was given up, or what follows cannot continue the list.
    mutating func recover(_ checkpoint: Checkpoint, stopsAtClauses: Bool) throws(SyntaxFailure) -> Span {
        if isAborting || errors.isFull { throw SyntaxFailure() }
        nesting = checkpoint.nesting
        expressionDepth = checkpoint.expressionDepth
        let start = position
        // The error may lie in brackets that opened within the element: leave them first.
        var index = checkpoint.position
        while index < position {
            guard tokens[index].kind == .symbol, tokens[index].text == "(" || tokens[index].text == "[" else {
                index += 1
                continue
            }
            let end = Int(tokens[index].match)
            guard end > 0 else { throw SyntaxFailure() }
            index = end + 1
            if index > position { position = min(index, tokens.count - 1) }
        }
        while !atEnd {
            if token.kind == .symbol {
                switch token.text {
                case ",", ")", "]", ";": return span(from: start)
                case "(", "[":
                    // An unclosed bracket: nothing behind it can be told apart.
                    guard token.match > 0 else { throw SyntaxFailure() }
                    position = Int(token.match)
                default: break
                }
            } else if stopsAtClauses, token.kind == .word, Self.clauseWords.contains(token.text) {
                return span(from: start)
            }
            advance()
        }
        throw SyntaxFailure()
    }

    // MARK: Hints

    /// Why a list's element cannot begin with this token.
    func hintForExtraComma() -> String? {
        guard previousIs(",") else { return nil }
        return token.kind == .word
            ? "There is a comma too many before \(token.text.uppercased())."
            : "There is a comma too many before this."
    }

    /// "Did you mean" for a word that stands where one of some keywords was expected.
    func hintForMisspelled(among keywords: [String]) -> String? {
        guard token.kind == .word, let nearest = nearestName(to: String(token.text.prefix(40)), among: keywords) else {
            return nil
        }
        return nearest == token.text ? nil : "Did you mean \"\(nearest.uppercased())\"?"
    }

    /// A hint for a token behind something complete: a misspelled keyword here or, taken for an alias, just before.
    func hintForTrailingToken() -> String? {
        let keywords = [
            "from", "where", "group", "having", "order", "limit", "offset", "union", "intersect", "except", "join",
            "left", "right", "inner", "cross", "window", "emit", "format", "with",
        ]
        if token.kind == .word {
            if keywords.contains(token.text) || token.text == "join" { return nil }
            if let hint = hintForMisspelled(among: keywords) { return hint }
        }
        if position > 0, tokens[position - 1].kind == .word, tokens[position - 1].reservation == .none {
            let previous = tokens[position - 1].text
            if let nearest = nearestName(to: String(previous.prefix(40)), among: keywords), nearest != previous {
                return "Did you mean \"\(nearest.uppercased())\" instead of \"\(previous)\"?"
            }
        }
        if token.kind == .word, Parser.statementWords.contains(token.text) {
            return "Statements are separated by semicolons."
        }
        return nil
    }

    static let statementWords = [
        "create", "insert", "select", "with", "values", "table", "drop", "alter", "show", "describe", "explain",
        "checkpoint", "restore", "set", "subscribe",
    ]
}
