import LaminarColumns
import LaminarFormats
import LaminarKernels
import LaminarTypes

/// Parses one record strictly and slowly, with the exact place of whatever is wrong.
///
/// It shares no code with the walk but the text forms of scalars, so that each can be tested against the other.
struct GeneralParser {
    struct Failure: Error {
        var sqlState: String
        var message: String
        var hint: String?
        /// From the start of the record.
        var offset: Int
    }

    static let maximumDepth = 512

    let end: UnsafePointer<UInt8>
    let columns: [DecodedColumn]
    let targets: [ScalarTarget]
    /// The string that stands for a value which the writer of the record did not have.
    var unchangedMarker: [UInt8]?
    /// The columns (positions in `columns`) whose value was that string.
    private(set) var unchanged: [Int] = []
    private var p: UnsafePointer<UInt8>
    private let start: UnsafePointer<UInt8>

    /// - Parameter end: the line feed (or any byte) behind the record.
    init(
        start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, columns: [DecodedColumn], targets: [ScalarTarget]
    ) {
        self.start = start
        self.end = end
        self.columns = columns
        self.targets = targets
        p = start
    }

    /// Writes the values of the record to `row`.
    /// - Returns: the columns (positions in `columns`) that are NULL.
    mutating func parse(into batch: ColumnBatch, row: Int, arena: inout Arena) throws(Failure) -> [Int] {
        var found: [Bool?] = Array(repeating: nil, count: columns.count)
        skipBlanks()
        guard peek() == UInt8(ascii: "{") else {
            throw unexpected(expected: "a JSON object")
        }
        let recordStart = p
        p += 1
        skipBlanks()
        if peek() == UInt8(ascii: "}") {
            p += 1
        } else {
            while true {
                guard peek() == UInt8(ascii: "\"") else { throw unexpected(expected: "a key in double quotes") }
                let key = try parseString()
                skipBlanks()
                guard peek() == UInt8(ascii: ":") else { throw unexpected(expected: "\":\"") }
                p += 1
                skipBlanks()
                if let column = columns.firstIndex(where: { $0.name.utf8.elementsEqual(key) }) {
                    found[column] = try parseValue(column, batch, row, &arena)
                } else {
                    try skipValue(depth: 1)
                }
                skipBlanks()
                if peek() == UInt8(ascii: ",") {
                    p += 1
                    skipBlanks()
                    continue
                }
                guard peek() == UInt8(ascii: "}") else { throw unexpected(expected: "\",\" or \"}\"") }
                p += 1
                break
            }
        }
        skipBlanks()
        if p < end { throw unexpected(expected: "the end of the line") }
        var nulls: [Int] = []
        for (index, column) in columns.enumerated() where found[index] != true {
            guard column.isNullable else {
                throw Failure(
                    sqlState: "23502",
                    message: "null value in column \"\(column.name)\" violates not-null constraint",
                    hint: found[index] == nil ? "The record has no key \"\(column.name)\"." : nil, offset: recordStart - start)
            }
            nulls.append(index)
        }
        return nulls
    }

    /// The values of some keys of the record, as they stand in it; nil for keys that it lacks.
    mutating func members(_ names: [String]) throws(Failure) -> [UnsafeBufferPointer<UInt8>?] {
        var values: [UnsafeBufferPointer<UInt8>?] = names.map { _ in nil }
        skipBlanks()
        guard peek() == UInt8(ascii: "{") else { throw unexpected(expected: "a JSON object") }
        p += 1
        skipBlanks()
        var isFirst = true
        while peek() != UInt8(ascii: "}") {
            if !isFirst {
                guard peek() == UInt8(ascii: ",") else { throw unexpected(expected: "\",\" or \"}\"") }
                p += 1
                skipBlanks()
            }
            isFirst = false
            guard peek() == UInt8(ascii: "\"") else { throw unexpected(expected: "a key in double quotes") }
            let key = try parseString()
            skipBlanks()
            guard peek() == UInt8(ascii: ":") else { throw unexpected(expected: "\":\"") }
            p += 1
            skipBlanks()
            let place = p
            try skipValue(depth: 1)
            if let index = names.firstIndex(where: { $0.utf8.elementsEqual(key) }) {
                values[index] = UnsafeBufferPointer(start: place, count: p - place)
            }
            skipBlanks()
        }
        p += 1
        skipBlanks()
        if p < end { throw unexpected(expected: "the end of the line") }
        return values
    }

    /// Whether the record is nothing, or nothing but `null`.
    mutating func isEmpty() -> Bool {
        let first = p
        defer { p = first }
        skipBlanks()
        if p == end { return true }
        guard end - p >= 4, p[0] == UInt8(ascii: "n"), (try? skipLiteral("null")) != nil else { return false }
        skipBlanks()
        return p == end
    }

    /// Stores the value at `p` in a column; false if it is null.
    private mutating func parseValue(
        _ index: Int, _ batch: ColumnBatch, _ row: Int, _ arena: inout Arena
    ) throws(Failure) -> Bool {
        let target = targets[index]
        let column = columns[index]
        let place = p
        let output = column.outputIndex
        let destination = batch.rawValues(output) + row * batch.types[output].stride
        let kind = try valueKind()
        switch kind {
        case .null:
            try skipValue(depth: 1)
            return false
        case _ where target.kind == .json:
            try skipValue(depth: 1)
            try check(
                readScalar(UnsafeBufferPointer(start: place, count: p - place), as: target, to: destination, arena: &arena),
                index, place, text(place, p))
        case _ where target.kind == .nested && (kind != .string || unchangedMarker == nil):
            try skipValue(depth: 1)
            let bytes = UnsafeBufferPointer(start: place, count: p - place)
            do throws(NestedFormatError) {
                try readNestedJSON(bytes, as: column.type, column: column.name, to: destination, arena: &arena)
            } catch {
                throw Failure(
                    sqlState: error.sqlState, message: error.message, hint: nil, offset: place - start + error.offset)
            }
        case .string:
            let bytes = try parseString()
            if bytes == unchangedMarker {
                unchanged.append(index)
                return true
            }
            if target.kind == .nested {
                let reason = bytes.withUnsafeBufferPointer {
                    readNestedText($0, as: column.type, to: destination, arena: &arena)
                }
                try check(reason, index, place, String(decoding: bytes, as: UTF8.self))
                return true
            }
            if target.isString, bytes.contains(0) {
                throw Failure(
                    sqlState: "22P05", message: "\\u0000 cannot be converted to text in column \"\(column.name)\"",
                    hint: nil, offset: place - start)
            }
            let reason = bytes.withUnsafeBufferPointer {
                readScalar($0, as: target, to: destination, arena: &arena)
            }
            try check(reason, index, place, String(decoding: bytes, as: UTF8.self))
        case .number:
            try skipNumber()
            guard target.isNumber || target.kind == .timestamp || target.kind == .timestamptz else {
                throw wrongType(index, "a number", place)
            }
            let token = UnsafeBufferPointer(start: place, count: p - place)
            try check(
                readNumber(token, as: target, to: destination, arena: &arena), index, place, text(place, p))
        case .boolean:
            let isTrue = p[0] == UInt8(ascii: "t")
            try skipValue(depth: 1)
            guard target.kind == .boolean else { throw wrongType(index, "a boolean", place) }
            destination.storeBytes(of: isTrue, as: Bool.self)
        case .array: throw wrongType(index, "an array", place)
        case .object: throw wrongType(index, "an object", place)
        }
        return true
    }

    private enum Kind { case null, string, number, boolean, array, object }

    private func valueKind() throws(Failure) -> Kind {
        switch peek() {
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return .number
        default: throw unexpected(expected: "a value")
        }
    }

    private func check(
        _ reason: ValueParseReason?, _ index: Int, _ place: UnsafePointer<UInt8>, _ text: @autoclosure () -> String
    ) throws(Failure) {
        guard let reason else { return }
        throw Failure(
            sqlState: reason.sqlState,
            message: scalarMessage(reason, text: text(), column: columns[index]),
            hint: nil, offset: place - start)
    }

    private func wrongType(_ index: Int, _ found: String, _ place: UnsafePointer<UInt8>) -> Failure {
        let target = targets[index]
        var expected = "a string"
        if target.isNumber { expected = "a number" }
        if target.kind == .boolean { expected = "a boolean" }
        if target.kind == .timestamp || target.kind == .timestamptz { expected = "a string or epoch milliseconds" }
        return Failure(
            sqlState: "22P02", message: "expected \(expected) for column \"\(columns[index].name)\" but found \(found)",
            hint: nil, offset: place - start)
    }

    // MARK: JSON

    private func peek() -> UInt8? { p < end ? p[0] : nil }

    private mutating func skipBlanks() {
        // A line feed would be white space too, but it ends the record.
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0d { p += 1 }
    }

    private mutating func skipValue(depth: Int) throws(Failure) {
        switch try valueKind() {
        case .string: _ = try parseString()
        case .number: try skipNumber()
        case .boolean: try skipLiteral(p[0] == UInt8(ascii: "t") ? "true" : "false")
        case .null: try skipLiteral("null")
        case .array:
            try checkDepth(depth)
            p += 1
            skipBlanks()
            if peek() == UInt8(ascii: "]") {
                p += 1
                return
            }
            while true {
                try skipValue(depth: depth + 1)
                skipBlanks()
                if peek() == UInt8(ascii: "]") { break }
                guard peek() == UInt8(ascii: ",") else { throw unexpected(expected: "\",\" or \"]\"") }
                p += 1
                skipBlanks()
            }
            p += 1
        case .object:
            try checkDepth(depth)
            p += 1
            skipBlanks()
            if peek() == UInt8(ascii: "}") {
                p += 1
                return
            }
            while true {
                guard peek() == UInt8(ascii: "\"") else { throw unexpected(expected: "a key in double quotes") }
                _ = try parseString()
                skipBlanks()
                guard peek() == UInt8(ascii: ":") else { throw unexpected(expected: "\":\"") }
                p += 1
                skipBlanks()
                try skipValue(depth: depth + 1)
                skipBlanks()
                if peek() == UInt8(ascii: "}") { break }
                guard peek() == UInt8(ascii: ",") else { throw unexpected(expected: "\",\" or \"}\"") }
                p += 1
                skipBlanks()
            }
            p += 1
        }
    }

    private func checkDepth(_ depth: Int) throws(Failure) {
        // The record itself is the first level.
        if depth >= Self.maximumDepth {
            throw Failure(
                sqlState: "54001", message: "JSON is nested more than \(Self.maximumDepth) levels deep", hint: nil,
                offset: p - start)
        }
    }

    private mutating func skipLiteral(_ word: StaticString) throws(Failure) {
        for i in 0..<word.utf8CodeUnitCount {
            guard p + i < end, p[i] == word.utf8Start[i] else {
                throw Failure(
                    sqlState: "22P02", message: "invalid JSON: expected a value but found \(foundText(at: p))",
                    hint: nil, offset: p - start)
            }
        }
        p += word.utf8CodeUnitCount
    }

    private mutating func skipNumber() throws(Failure) {
        let place = p
        func digits() -> Int {
            var count = 0
            while let byte = peek(), byte >= 48, byte <= 57 {
                p += 1
                count += 1
            }
            return count
        }
        func invalid() -> Failure {
            Failure(
                sqlState: "22P02", message: "invalid JSON: \"\(shortened(text(place, min(p + 1, end))))\" is no number",
                hint: nil, offset: place - start)
        }
        if peek() == UInt8(ascii: "-") { p += 1 }
        let first = peek()
        let count = digits()
        if count == 0 || (count > 1 && first == 48) { throw invalid() }
        if peek() == UInt8(ascii: ".") {
            p += 1
            if digits() == 0 { throw invalid() }
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            p += 1
            if let sign = peek(), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { p += 1 }
            if digits() == 0 { throw invalid() }
        }
    }

    /// The bytes of the string whose opening quote is at `p`, escapes resolved.
    private mutating func parseString() throws(Failure) -> [UInt8] {
        let opening = p
        p += 1
        var bytes: [UInt8] = []
        while true {
            guard let byte = peek() else {
                throw Failure(
                    sqlState: "22P02", message: "invalid JSON: the string that starts here does not end", hint: nil,
                    offset: opening - start)
            }
            switch byte {
            case UInt8(ascii: "\""):
                p += 1
                return bytes
            case UInt8(ascii: "\\"): try parseEscape(&bytes)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                throw Failure(
                    sqlState: "22P02",
                    message: "invalid JSON: control character 0x\(byte < 16 ? "0" : "")\(digits) in a string",
                    hint: "Control characters must be written as escapes.", offset: p - start)
            case 0..<0x80:
                bytes.append(byte)
                p += 1
            default:
                let length = utf8SequenceLength(p, available: end - p)
                if length == 0 {
                    throw Failure(sqlState: "22021", message: invalidUTF8Message(byte), hint: nil, offset: p - start)
                }
                bytes.append(contentsOf: UnsafeBufferPointer(start: p, count: length))
                p += length
            }
        }
    }

    private mutating func parseEscape(_ bytes: inout [UInt8]) throws(Failure) {
        let place = p
        func invalid(_ message: String) -> Failure {
            Failure(sqlState: "22P02", message: "invalid JSON: \(message)", hint: nil, offset: place - start)
        }
        p += 1
        guard let letter = peek() else { throw invalid("the string ends within an escape") }
        p += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            guard var code = hexDigits() else { throw invalid("\"\\u\" needs four hexadecimal digits") }
            if code & 0xfc00 == 0xdc00 { throw invalid("a low surrogate needs a high one before it") }
            if code & 0xfc00 == 0xd800 {
                guard p + 1 < end, p[0] == UInt8(ascii: "\\"), p[1] == UInt8(ascii: "u") else {
                    throw invalid("a high surrogate needs a low one behind it")
                }
                p += 2
                guard let low = hexDigits(), low & 0xfc00 == 0xdc00 else {
                    throw invalid("a high surrogate needs a low one behind it")
                }
                code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
            }
            guard let scalar = Unicode.Scalar(code) else { throw invalid("\"\\u\" names no character") }
            bytes.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        default:
            throw invalid("\"\\\(String(decoding: [letter], as: UTF8.self))\" is no escape")
        }
    }

    private mutating func hexDigits() -> UInt32? {
        guard p + 4 <= end else { return nil }
        var code: UInt32 = 0
        for i in 0..<4 {
            guard let digit = hexadecimalValue(p[i]) else { return nil }
            code = code << 4 | UInt32(digit)
        }
        p += 4
        return code
    }

    // MARK: Messages

    private func text(_ from: UnsafePointer<UInt8>, _ to: UnsafePointer<UInt8>) -> String {
        String(decoding: UnsafeBufferPointer(start: from, count: to - from), as: UTF8.self)
    }

    private func foundText(at place: UnsafePointer<UInt8>) -> String {
        guard place < end else { return "the end of the line" }
        let length = max(utf8SequenceLength(place, available: end - place), 1)
        if length == 1 && (place[0] < 0x20 || place[0] >= 0x7f) {
            let digits = String(place[0], radix: 16)
            return "the byte 0x\(place[0] < 16 ? "0" : "")\(digits)"
        }
        var word = place
        while word < end, isWordByte(word[0]), word - place < 20 { word += 1 }
        return "\"\(text(place, word > place ? word : place + length))\""
    }

    private func isWordByte(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == 0x5f }

    private func unexpected(expected: String) -> Failure {
        Failure(
            sqlState: "22P02", message: "invalid JSON: expected \(expected) but found \(foundText(at: p))", hint: nil,
            offset: p - start)
    }
}
