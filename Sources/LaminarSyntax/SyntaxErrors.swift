import LaminarText

/// Collects syntax errors, each message in one place, and gives up after a hundred.
///
/// A file that is not SQL at all would else produce one error per word.
struct SyntaxErrors {
    private static let limit = 100

    var diagnostics: Diagnostics
    private(set) var count = 0
    private var places: Set<Span> = []

    init(_ diagnostics: Diagnostics) { self.diagnostics = diagnostics }

    var isFull: Bool { count >= Self.limit }

    mutating func report(_ error: SyntaxError, at span: Span, hint: String? = nil) {
        // Two errors at one place are one mistake, seen twice.
        if isFull || !places.insert(span).inserted { return }
        count += 1
        diagnostics.report(.error, error.sqlState, at: span, error.message, hint: hint ?? error.hint)
        if isFull { diagnostics.report(.note, "42601", at: span, "too many syntax errors, giving up") }
    }
}

/// Everything that the lexer and the parser complain about.
enum SyntaxError {
    case unexpected(String)
    case unexpectedEnd
    case unterminated(String)
    case invalidCharacter(Unicode.Scalar)
    case invalidUTF8
    case trailingJunk(String)
    case emptyIdentifier
    case invalidDigit(Character, base: String)
    case invalidUnicodeEscape
    case invalidUnicodeValue
    case numberTooLong
    case unresolvedSubstitution(String, known: [String])
    case malformedSubstitution
    case tooComplex
    case tooManyDimensions
    case invalidParameter
    case duplicateClause(String)
    case unsupported(String)

    var sqlState: String {
        switch self {
        case .tooComplex: "54001"
        case .tooManyDimensions: "54000"
        case .invalidUTF8: "22021"
        case .invalidDigit: "22P02"
        case .invalidUnicodeEscape: "22025"
        case .numberTooLong: "22003"
        case .unresolvedSubstitution: "42704"
        case .unsupported: "0A000"
        default: "42601"
        }
    }

    var message: String {
        switch self {
        case .unexpected(let text): "syntax error at or near \"\(text)\""
        case .unexpectedEnd: "syntax error at end of input"
        case .unterminated(let what): "unterminated \(what)"
        case .invalidCharacter(let scalar): "invalid character \(Self.shown(scalar))"
        case .invalidUTF8: "invalid byte sequence for encoding \"UTF8\""
        case .trailingJunk(let text): "trailing junk after numeric literal at or near \"\(text)\""
        case .emptyIdentifier: "zero-length delimited identifier"
        case .invalidDigit(let digit, let base): "\"\(digit)\" is not a valid \(base) digit"
        case .invalidUnicodeEscape: "invalid Unicode escape"
        case .invalidUnicodeValue: "invalid Unicode escape value"
        case .numberTooLong: "numeric literal is too long"
        case .unresolvedSubstitution(let name, _): "\"\(name)\" is not set"
        case .malformedSubstitution: "malformed substitution"
        case .tooComplex: "statement is too complex"
        case .tooManyDimensions: "number of array dimensions exceeds the maximum allowed (6)"
        case .invalidParameter: "invalid parameter number"
        case .duplicateClause(let clause): "\(clause) is given twice"
        case .unsupported(let what): "\(what) is not supported yet"
        }
    }

    var hint: String? {
        switch self {
        case .invalidCharacter(let scalar): Self.hint(for: scalar)
        case .invalidUnicodeEscape: "Unicode escapes must be \\uXXXX or \\UXXXXXXXX."
        case .unresolvedSubstitution(let name, let known):
            if let nearest = nearestName(to: name, among: known) {
                "Did you mean \"\(nearest)\"?"
            } else {
                "Set the environment variable, pass --set \(name)=VALUE, or write ${\(name):-DEFAULT}."
            }
        case .malformedSubstitution: "A substitution is written ${NAME} or ${NAME:-DEFAULT}."
        case .tooComplex:
            "Nest at most \(SyntaxLimits.nesting) levels and chain at most \(SyntaxLimits.height) operators; "
                + "split the statement with WITH or a view."
        default: nil
        }
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        let isVisible =
            scalar.value > 0x20 && scalar.value != 0x7F && !scalar.properties.isWhitespace
            && scalar.properties.generalCategory != .format && scalar.properties.generalCategory != .control
        if isVisible { return "\"\(scalar)\"" }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func hint(for scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x2018, 0x2019: "Write a straight quote (') instead of the typographic one."
        case 0x201C, 0x201D: "Write a straight double quote (\") instead of the typographic one."
        case 0x2013, 0x2014: "Write a hyphen (-) instead of the dash."
        case 0xA0, 0x200B: "Write an ordinary space instead of the invisible one."
        default: nil
        }
    }
}
