public import LaminarTypes

// MARK: Numbers and booleans to text

@inlinable public func castToText(_ a: Bool) -> StringView {
    a ? StringView(head: 0x6575_7274_0000_0004, tail: 0) : StringView(head: 0x736c_6166_0000_0005, tail: 0x65)
}

/// `t` or `f`, as `concat` and `format` show a boolean.
@inlinable public func booleanLetter(_ a: Bool) -> StringView {
    StringView(head: a ? 0x74_0000_0001 : 0x66_0000_0001, tail: 0)
}

public func castToText(_ a: Int16, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(Int64(a)) } }
public func castToText(_ a: Int32, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(Int64(a)) } }
public func castToText(_ a: Int64, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(Int64(a)) } }
public func castToText(_ a: UInt64, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(a) } }
public func castToText(_ a: Float, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(a) } }
public func castToText(_ a: Double, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(a) } }
public func castToText(_ a: Decimal, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(a) } }
public func castToText(_ a: Interval, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(a) } }

// MARK: Dates and times to text

public func castDateToText(_ a: Int32, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(date: a) } }
public func castTimeToText(_ a: Int64, _ arena: inout Arena) -> StringView { makeText(&arena) { $0.write(time: a) } }

public func castTimestampToText(_ a: Int64, _ arena: inout Arena) -> StringView {
    makeText(&arena) { $0.write(timestamp: a) }
}

public func castTimestamptzToText(_ a: Int64, _ arena: inout Arena) -> StringView {
    makeText(&arena) { $0.write(timestamp: a, isUTC: true) }
}

// MARK: Text to dates and times

/// 22007 if the text is no date, 22008 if there is no such day.
public func castToDate(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int32 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try DateTimeText.date(bytes) }
}

public func castToTime(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int64 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try DateTimeText.time(bytes) }
}

/// A zone in the text is ignored.
public func castToTimestamp(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int64 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try DateTimeText.timestamp(bytes) }
}

/// Without a zone in the text it is UTC.
public func castToTimestamptz(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int64 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try DateTimeText.timestamptz(bytes) }
}

public func castToInterval(_ a: StringView, _ fault: inout Fault, at site: Int) -> Interval {
    readText(a, Interval(), &fault, at: site) { bytes throws(ValueParseReason) in try Interval(text: bytes) }
}

/// As `INTERVAL '…' HOUR TO MINUTE`: `qualifier` is the raw value of an ``IntervalQualifier``.
public func castToInterval(_ a: StringView, _ qualifier: Int32, _ fault: inout Fault, at site: Int) -> Interval {
    readText(a, Interval(), &fault, at: site) { bytes throws(ValueParseReason) in
        try Interval(text: bytes, qualifier: IntervalQualifier(rawValue: UInt8(truncatingIfNeeded: qualifier)))
    }
}

// MARK: Lengths of text

/// The first `length` characters, as an explicit cast to VARCHAR(length) cuts.
public func castToVarchar(_ a: StringView, _ length: Int32) -> StringView {
    a.withBytes { bytes in
        if bytes.count <= Int(length) { return a }
        return a.slice(0, byteOffset(ofCharacter: Int(length), in: bytes))
    }
}

/// Exactly `length` characters, cut or padded with blanks, as an explicit cast to CHAR(length).
public func castToChar(_ a: StringView, _ length: Int32, _ arena: inout Arena) -> StringView {
    let cut = castToVarchar(a, length)
    let missing = Int(length) - cut.withBytes { characterCount($0) }
    if missing <= 0 { return cut }
    return makeBytes(&arena, count: cut.count + missing) { target in
        cut.withBytes { bytes in
            for i in 0..<bytes.count { target[i] = bytes[i] }
            for i in bytes.count..<(bytes.count + missing) { target[i] = UInt8(ascii: " ") }
        }
    }
}

/// Stores into VARCHAR(length): 22001 unless all that is cut off are blanks.
public func assignToVarchar(_ a: StringView, _ length: Int32, _ fault: inout Fault, at site: Int) -> StringView {
    let cut = castToVarchar(a, length)
    let isBlank = a.withBytes { bytes in bytes[cut.count...].allSatisfy { $0 == UInt8(ascii: " ") } }
    if !isBlank { fault.raise(EvaluationErrorCode.stringDataRightTruncation, at: site) }
    return cut
}

/// Without the blanks at the end: CHAR(n) as text.
public func castCharToText(_ a: StringView) -> StringView {
    a.withBytes { bytes in
        var end = bytes.count
        while end > 0 && bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return a.slice(0, end)
    }
}

// MARK: BYTEA

/// `\x` and hexadecimal digits.
public func castByteaToText(_ a: StringView, _ arena: inout Arena) -> StringView {
    makeBytes(&arena, count: 2 + 2 * a.count) { target in
        target[0] = UInt8(ascii: "\\")
        target[1] = UInt8(ascii: "x")
        a.withBytes { bytes in
            for i in 0..<bytes.count {
                target[2 + 2 * i] = hexadecimalDigit(bytes[i] >> 4)
                target[3 + 2 * i] = hexadecimalDigit(bytes[i] & 15)
            }
        }
    }
}

public func castToBytea(_ a: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView {
    let bytes: [UInt8] = readText(a, [], &fault, at: site) { bytes throws(ValueParseReason) in
        try ByteaText.parse(bytes)
    }
    return makeBytes(&arena, bytes)
}

// MARK: UUID

public func castToText(_ a: UUIDBytes, _ arena: inout Arena) -> StringView {
    makeText(&arena) { $0.write(uuid: a.high, a.low) }
}

/// 22P02 unless the text is 32 hexadecimal digits, with a hyphen after any group of four, in braces or not.
public func castToUUID(_ a: StringView, _ fault: inout Fault, at site: Int) -> UUIDBytes {
    readText(a, UUIDBytes(high: 0, low: 0), &fault, at: site) { bytes throws(ValueParseReason) in
        let (high, low) = try UUIDText.parse(bytes)
        return UUIDBytes(high: high, low: low)
    }
}
