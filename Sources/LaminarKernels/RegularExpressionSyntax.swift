/// What went wrong with a pattern: not valid, or a feature that no linear-time engine has.
enum RegularExpressionError: Error { case invalid, backReference, lookAround, tooLarge }

/// The flags of a pattern: letters of PostgreSQL's functions, or `(?i)` at its start.
struct RegularExpressionOptions: Hashable {
    var ignoresCase = false
    /// `.` and negated sets do not match a newline.
    var stopsAtNewline = false
    /// `^` and `$` match at lines' ends too.
    var anchorsAtLines = false
    var isExpanded = false
    var isLiteral = false

    /// False for a letter that is no flag.
    mutating func set(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "i"): ignoresCase = true
        case UInt8(ascii: "c"): ignoresCase = false
        case UInt8(ascii: "n"), UInt8(ascii: "m"): (stopsAtNewline, anchorsAtLines) = (true, true)
        case UInt8(ascii: "s"): (stopsAtNewline, anchorsAtLines) = (false, false)
        case UInt8(ascii: "p"): (stopsAtNewline, anchorsAtLines) = (true, false)
        case UInt8(ascii: "w"): (stopsAtNewline, anchorsAtLines) = (false, true)
        case UInt8(ascii: "x"): isExpanded = true
        case UInt8(ascii: "t"): isExpanded = false
        case UInt8(ascii: "q"): isLiteral = true
        case UInt8(ascii: "e"): break
        default: return false
        }
        return true
    }
}

indirect enum RegularExpressionNode {
    case empty
    case scalar(UInt32)
    case any
    case set(ScalarSet)
    case assertion(RegularExpressionAssertion)
    case group(RegularExpressionNode, capture: Int?)
    case sequence([RegularExpressionNode])
    case alternatives([RegularExpressionNode])
    /// `isGreedy` is nil for `{m}`, which prefers what its atom prefers.
    case repetition(RegularExpressionNode, least: Int, most: Int?, isGreedy: Bool?)

    /// Whether this prefers a long or a short match, where it has a preference (PostgreSQL, section 9.7.3.5).
    var isGreedy: Bool? {
        switch self {
        case .empty, .scalar, .any, .set, .assertion: nil
        case .group(let node, _): node.isGreedy
        case .sequence(let nodes): nodes.lazy.compactMap(\.isGreedy).first
        case .alternatives: true
        case .repetition(let node, _, _, let isGreedy): isGreedy ?? node.isGreedy
        }
    }
}

enum RegularExpressionAssertion: UInt8 {
    case lineStart, lineEnd, textStart, textEnd, wordStart, wordEnd, wordBoundary, notWordBoundary
}

/// A set of code points.
struct ScalarSet {
    enum Class { case alphabetic, digit, alphanumeric, space, blank, lower, upper, punctuation, hexadecimal, control, graphic, printable, word }

    var ranges: [ClosedRange<UInt32>] = []
    var classes: [(Class, isNegated: Bool)] = []
    var isNegated = false

    func contains(_ scalar: UInt32, ignoresCase: Bool) -> Bool {
        if ignoresCase, let value = Unicode.Scalar(scalar) {
            let other = lowercased(value) == value ? uppercased(value) : lowercased(value)
            return (holds(scalar) || holds(other.value)) != isNegated
        }
        return holds(scalar) != isNegated
    }

    private func holds(_ scalar: UInt32) -> Bool {
        for range in ranges where range.contains(scalar) { return true }
        for (name, isNegated) in classes where Self.belongs(scalar, to: name) != isNegated { return true }
        return false
    }

    static func belongs(_ scalar: UInt32, to name: Class) -> Bool {
        guard let value = Unicode.Scalar(scalar) else { return false }
        if scalar < 0x80 {
            let isLower = scalar &- 97 < 26
            let isUpper = scalar &- 65 < 26
            let isDigit = scalar &- 48 < 10
            switch name {
            case .alphabetic: return isLower || isUpper
            case .digit: return isDigit
            case .alphanumeric: return isLower || isUpper || isDigit
            case .space: return scalar == 32 || (scalar >= 9 && scalar <= 13)
            case .blank: return scalar == 32 || scalar == 9
            case .lower: return isLower
            case .upper: return isUpper
            case .punctuation: return scalar > 32 && scalar < 127 && !(isLower || isUpper || isDigit)
            case .hexadecimal: return isDigit || (scalar | 0x20) &- 97 < 6
            case .control: return scalar < 32 || scalar == 127
            case .graphic: return scalar > 32 && scalar < 127
            case .printable: return scalar >= 32 && scalar < 127
            case .word: return isLower || isUpper || isDigit || scalar == 95
            }
        }
        let properties = value.properties
        switch name {
        case .alphabetic: return properties.isAlphabetic
        case .digit, .hexadecimal: return false
        case .alphanumeric, .word: return properties.isAlphabetic || properties.numericType == .decimal
        case .space, .blank: return properties.isWhitespace
        case .lower: return properties.isLowercase
        case .upper: return properties.isUppercase
        case .punctuation: return !properties.isAlphabetic && !properties.isWhitespace && properties.numericType == nil
        case .control: return properties.generalCategory == .control
        case .graphic, .printable: return properties.generalCategory != .control && !properties.isWhitespace
        }
    }

    static func named(_ name: String) -> Class? {
        switch name {
        case "alpha": .alphabetic
        case "digit": .digit
        case "alnum": .alphanumeric
        case "space": .space
        case "blank": .blank
        case "lower": .lower
        case "upper": .upper
        case "punct": .punctuation
        case "xdigit": .hexadecimal
        case "cntrl": .control
        case "graph": .graphic
        case "print": .printable
        case "word": .word
        default: nil
        }
    }
}

/// Parses PostgreSQL's advanced regular expressions, without back-references and look-around.
struct RegularExpressionParser {
    private let pattern: [UInt32]
    private var position = 0
    private(set) var options: RegularExpressionOptions
    private(set) var captureCount = 0
    private var depth = 0

    init(_ pattern: String, options: RegularExpressionOptions) {
        self.pattern = pattern.unicodeScalars.map(\.value)
        self.options = options
    }

    mutating func parse() throws(RegularExpressionError) -> RegularExpressionNode {
        if options.isLiteral { return .sequence(pattern.map { .scalar($0) }) }
        if takes("***=") { return .sequence(pattern[position...].map { .scalar($0) }) }
        _ = takes("***:")
        readEmbeddedOptions()
        let node = try parseAlternatives()
        guard position == pattern.count else { throw .invalid }
        return node
    }

    private func peek(_ offset: Int = 0) -> UInt32? {
        position + offset < pattern.count ? pattern[position + offset] : nil
    }

    private func isNext(_ character: Unicode.Scalar) -> Bool { peek() == character.value }

    private mutating func takes(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map(\.value)
        guard position + scalars.count <= pattern.count,
            pattern[position..<(position + scalars.count)].elementsEqual(scalars)
        else { return false }
        position += scalars.count
        return true
    }

    /// `(?ix)` at the start.
    private mutating func readEmbeddedOptions() {
        guard isNext("("), peek(1) == 63, let first = peek(2), first &- 97 < 26 else { return }
        var found = options
        var i = position + 2
        while i < pattern.count, pattern[i] != 41 {
            guard pattern[i] < 128, found.set(UInt8(pattern[i])) else { return }
            i += 1
        }
        guard i < pattern.count else { return }
        options = found
        position = i + 1
    }

    private mutating func parseAlternatives() throws(RegularExpressionError) -> RegularExpressionNode {
        depth += 1
        defer { depth -= 1 }
        if depth > 200 { throw .tooLarge }
        var branches = [try parseBranch()]
        while takes("|") { branches.append(try parseBranch()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func parseBranch() throws(RegularExpressionError) -> RegularExpressionNode {
        var nodes: [RegularExpressionNode] = []
        while let next = peek(), next != 124, next != 41 {
            if options.isExpanded {
                if next == 32 || (next >= 9 && next <= 13) {
                    position += 1
                    continue
                }
                if next == 35 {
                    while let c = peek(), c != 10 {
                        _ = c
                        position += 1
                    }
                    continue
                }
            }
            if takes("(?#") {
                while let c = peek(), c != 41 {
                    _ = c
                    position += 1
                }
                guard takes(")") else { throw .invalid }
                continue
            }
            let atom = try parseAtom()
            nodes.append(try parseQuantifier(atom))
        }
        if peek() == 41 && depth == 1 { throw .invalid }
        return nodes.isEmpty ? .empty : nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func parseQuantifier(
        _ atom: RegularExpressionNode
    ) throws(RegularExpressionError) -> RegularExpressionNode {
        var least = 0
        var most: Int?
        var isFixed = false
        switch peek() {
        case 42: break
        case 43: least = 1
        case 63: most = 1
        case 123:
            guard let digit = peek(1), digit &- 48 < 10 else { return atom }
            position += 1
            least = try parseBound()
            most = least
            isFixed = !isNext(",")
            if takes(",") { most = isNext("}") ? nil : try parseBound() }
            guard isNext("}"), most.map({ $0 >= least }) ?? true else { throw .invalid }
        default: return atom
        }
        position += 1
        if case .assertion = atom { throw .invalid }
        let isGreedy = !takes("?")
        // Two quantifiers in a row are an error.
        if let next = peek(), next == 42 || next == 43 || next == 63 { throw .invalid }
        return .repetition(atom, least: least, most: most, isGreedy: isFixed ? nil : isGreedy)
    }

    private mutating func parseBound() throws(RegularExpressionError) -> Int {
        var value = 0
        guard let first = peek(), first &- 48 < 10 else { throw .invalid }
        while let digit = peek(), digit &- 48 < 10 {
            value = value * 10 + Int(digit - 48)
            if value > 255 { throw .invalid }
            position += 1
        }
        return value
    }

    private mutating func parseAtom() throws(RegularExpressionError) -> RegularExpressionNode {
        guard let next = peek() else { throw .invalid }
        position += 1
        switch next {
        case 40:
            var capture: Int?
            if takes("?:") {
                capture = nil
            } else if takes("?=") || takes("?!") || takes("?<=") || takes("?<!") {
                throw .lookAround
            } else if isNext("?") {
                throw .invalid
            } else {
                captureCount += 1
                capture = captureCount
            }
            let node = try parseAlternatives()
            guard takes(")") else { throw .invalid }
            return .group(node, capture: capture)
        case 91: return try parseSet()
        case 46: return .any
        case 94: return .assertion(options.anchorsAtLines ? .lineStart : .textStart)
        case 36: return .assertion(options.anchorsAtLines ? .lineEnd : .textEnd)
        case 92: return try parseEscape()
        case 42, 43, 63: throw .invalid
        case 123:
            // A brace begins a bound only before a digit.
            if let digit = peek(), digit &- 48 < 10 { throw .invalid }
            return .scalar(next)
        default: return .scalar(next)
        }
    }

    private static func shorthand(_ letter: UInt32) -> ScalarSet? {
        switch letter {
        case 100: ScalarSet(classes: [(.digit, false)])
        case 68: ScalarSet(classes: [(.digit, true)])
        case 115: ScalarSet(classes: [(.space, false)])
        case 83: ScalarSet(classes: [(.space, true)])
        case 119: ScalarSet(classes: [(.word, false)])
        case 87: ScalarSet(classes: [(.word, true)])
        default: nil
        }
    }

    private mutating func parseEscape() throws(RegularExpressionError) -> RegularExpressionNode {
        guard let letter = peek() else { throw .invalid }
        if let set = Self.shorthand(letter) {
            position += 1
            return .set(set)
        }
        let assertion: RegularExpressionAssertion? =
            switch letter {
            case 65: .textStart
            case 90: .textEnd
            case 109: .wordStart
            case 77: .wordEnd
            case 121: .wordBoundary
            case 89: .notWordBoundary
            default: nil
            }
        if let assertion {
            position += 1
            return .assertion(assertion)
        }
        if letter >= 49 && letter <= 57 { throw .backReference }
        return .scalar(try parseCharacterEscape())
    }

    /// The code point behind a backslash.
    private mutating func parseCharacterEscape() throws(RegularExpressionError) -> UInt32 {
        guard let letter = peek() else { throw .invalid }
        position += 1
        func isAlphanumeric(_ c: UInt32) -> Bool { ScalarSet.belongs(c, to: .alphanumeric) }
        switch letter {
        case 97: return 7
        case 98: return 8
        case 66: return 92
        case 99:
            guard let control = peek() else { throw .invalid }
            position += 1
            return control & 31
        case 101: return 27
        case 102: return 12
        case 110: return 10
        case 114: return 13
        case 116: return 9
        case 117: return try parseHexadecimal(4...4)
        case 85: return try parseHexadecimal(8...8)
        case 118: return 11
        case 120: return try parseHexadecimal(1...8)
        case 48: return 0
        default:
            // A letter that is no escape is an error.
            guard !isAlphanumeric(letter) else { throw .invalid }
            return letter
        }
    }

    private mutating func parseHexadecimal(_ digits: ClosedRange<Int>) throws(RegularExpressionError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let c = peek(), ScalarSet.belongs(c, to: .hexadecimal) {
            value = value << 4 | (c <= 57 ? c - 48 : (c | 0x20) - 87)
            count += 1
            position += 1
        }
        guard count >= digits.lowerBound else { throw .invalid }
        return value
    }

    /// What stands between brackets; the opening one is behind us.
    private mutating func parseSet() throws(RegularExpressionError) -> RegularExpressionNode {
        // Spencer's word boundaries.
        if takes("[:<:]]") { return .assertion(.wordStart) }
        if takes("[:>:]]") { return .assertion(.wordEnd) }
        var set = ScalarSet()
        set.isNegated = takes("^")
        var isFirst = true
        while true {
            guard let next = peek() else { throw .invalid }
            if next == 93 && !isFirst {
                position += 1
                break
            }
            isFirst = false
            if takes("[:") {
                let name = try parseName(until: ":]")
                guard let known = ScalarSet.named(name) else { throw .invalid }
                set.classes.append((known, false))
                continue
            }
            if next == 92, let letter = peek(1), let shorthand = Self.shorthand(letter) {
                position += 2
                set.classes += shorthand.classes
                continue
            }
            let low = try parseSetMember()
            var high = low
            if isNext("-"), let after = peek(1), after != 93 {
                position += 1
                high = try parseSetMember()
            }
            guard low <= high else { throw .invalid }
            set.ranges.append(low...high)
        }
        if set.isNegated && options.stopsAtNewline { set.ranges.append(10...10) }
        return .set(set)
    }

    private mutating func parseSetMember() throws(RegularExpressionError) -> UInt32 {
        guard let next = peek() else { throw .invalid }
        if takes("[.") || takes("[=") {
            let mark = pattern[position - 1] == 46 ? ".]" : "=]"
            let name = try parseName(until: mark).unicodeScalars
            guard name.count == 1, let scalar = name.first else { throw .invalid }
            return scalar.value
        }
        position += 1
        return next == 92 ? try parseCharacterEscape() : next
    }

    private mutating func parseName(until end: String) throws(RegularExpressionError) -> String {
        var name = String.UnicodeScalarView()
        while !takes(end) {
            guard let next = peek(), let scalar = Unicode.Scalar(next) else { throw .invalid }
            name.append(scalar)
            position += 1
        }
        return String(name)
    }
}
