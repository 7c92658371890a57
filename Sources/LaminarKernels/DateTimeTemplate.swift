/// A template of `to_char`, `to_timestamp` and `to_date`: `YYYY-MM-DD HH24:MI:SS`, cut into fields and text.
final class DateTimeTemplate: Sendable {
    enum Field: String, CaseIterable, BitwiseCopyable {
        // Longer names stand before those that they begin with.
        case sssss, ssss, ss
        case yyyyWithComma = "y,yyy"
        case yyyy, yyy, yy, y
        case iyyy, iyy, iy, iddd, id, iw, i
        case hh24, hh12, hh
        case month, mon, mm, mi, ms
        case day, ddd, dd, dy, d
        case us, ff1, ff2, ff3, ff4, ff5, ff6
        case amDotted = "a.m.", pmDotted = "p.m.", am, pm
        case adDotted = "a.d.", bcDotted = "b.c.", ad, bc
        case ww, w, cc, j, q, rm
        case tzh, tzm, tz, of

        /// True where the field is read as digits only.
        var isDigits: Bool {
            switch self {
            case .month, .mon, .day, .dy, .amDotted, .pmDotted, .am, .pm, .adDotted, .bcDotted, .ad, .bc, .rm, .tzh, .tz,
                .of:
                false
            default: true
            }
        }
    }

    enum LetterCase: BitwiseCopyable { case lower, upper, capital }

    enum Node: Sendable {
        case field(Field, LetterCase, isFilled: Bool, ordinal: LetterCase?)
        case space(UInt8)
        case separator(UInt8)
        case text([UInt8])
    }

    /// A field to write, or a byte where there is none.
    struct Step: BitwiseCopyable {
        var field: Field?
        var letterCase = LetterCase.capital
        var isFilled = true
        var ordinal: LetterCase?
        var byte: UInt8 = 0
    }

    let nodes: [Node]
    /// The nodes as they are written.
    let steps: [Step]
    /// `FX`: fields have exactly their width when read.
    let isFixed: Bool
    /// Whether there is a field that an interval does not have.
    let needsDate: Bool

    /// The template, from the last ones of this thread where it is among them.
    static func parsed(_ template: StringView) -> DateTimeTemplate {
        ThreadMemory.withThread { memory in
            if let found = memory.dateTimeTemplates.find(template) { return found }
            let made = template.withBytes { DateTimeTemplate($0) }
            memory.dateTimeTemplates.add(template, made)
            return made
        }
    }

    init(_ template: UnsafeBufferPointer<UInt8>) {
        var nodes: [Node] = []
        var isFixed = false
        var i = 0
        func begins(_ name: String, at start: Int) -> Bool {
            var k = start
            for byte in name.utf8 {
                guard k < template.count, template[k] | (byte >= 97 ? 0x20 : 0) == byte else { return false }
                k += 1
            }
            return true
        }
        while i < template.count {
            if begins("fx", at: i) {
                isFixed = true
                i += 2
                continue
            }
            var isFilled = true
            let start = i
            while begins("fm", at: i) || begins("tm", at: i) {
                if begins("fm", at: i) { isFilled = false }
                i += 2
            }
            if let field = Field.allCases.first(where: { begins($0.rawValue, at: i) }) {
                let length = field.rawValue.utf8.count
                let first = template[i]
                let second = i + 1 < template.count && length > 1 ? template[i + 1] : first
                let isUpper = first < 97
                let letterCase: LetterCase = isUpper ? (second < 97 ? .upper : .capital) : .lower
                i += length
                var ordinal: LetterCase?
                if begins("th", at: i) {
                    ordinal = template[i] < 97 ? .upper : .lower
                    i += 2
                }
                if begins("sp", at: i) && field != .ssss { i += 2 }
                nodes.append(.field(field, letterCase, isFilled: isFilled, ordinal: ordinal))
                continue
            }
            i = start
            let byte = template[i]
            if byte == UInt8(ascii: "\"") {
                i += 1
                var text: [UInt8] = []
                while i < template.count && template[i] != UInt8(ascii: "\"") {
                    if template[i] == UInt8(ascii: "\\") && i + 1 < template.count { i += 1 }
                    text.append(template[i])
                    i += 1
                }
                i += 1
                for character in text { nodes.append(.text([character])) }
                continue
            }
            if byte == UInt8(ascii: "\\") && i + 1 < template.count && template[i + 1] == UInt8(ascii: "\"") { i += 1 }
            let length = min(characterLength(startingWith: template[i]), template.count - i)
            let bytes = Array(template[i..<(i + length)])
            let first = bytes[0]
            if first == 32 || (first >= 9 && first <= 13) {
                nodes.append(.space(first))
            } else if Self.isSeparator(first) {
                nodes.append(.separator(first))
            } else {
                nodes.append(.text(bytes))
            }
            i += length
        }
        self.nodes = nodes
        self.isFixed = isFixed
        steps = nodes.flatMap(\.steps)
        needsDate = nodes.contains(where: \.needsDate)
    }

    /// ASCII that is neither a letter nor a digit nor a blank.
    static func isSeparator(_ byte: UInt8) -> Bool {
        byte > 32 && byte < 127 && !(byte >= 48 && byte <= 57) && !((byte | 0x20) >= 97 && (byte | 0x20) <= 122)
    }

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    static let romanMonths = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
}

extension DateTimeTemplate.Node {
    fileprivate var steps: [DateTimeTemplate.Step] {
        switch self {
        case .field(let field, let letterCase, let isFilled, let ordinal):
            [DateTimeTemplate.Step(field: field, letterCase: letterCase, isFilled: isFilled, ordinal: ordinal)]
        case .space(let byte), .separator(let byte): [DateTimeTemplate.Step(byte: byte)]
        case .text(let bytes): bytes.map { DateTimeTemplate.Step(byte: $0) }
        }
    }

    fileprivate var needsDate: Bool {
        guard case .field(let field, _, _, _) = self else { return false }
        switch field {
        case .month, .mon, .day, .dy, .tz, .tzh, .tzm, .of, .d, .id, .ad, .bc, .adDotted, .bcDotted: return true
        default: return false
        }
    }
}
