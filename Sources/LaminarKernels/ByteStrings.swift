// BYTEA counts bytes from 1; bits and single bytes from 0, as PostgreSQL does. Comparison, concatenation and length are
// those of strings.

/// `substring(a FROM start)` of bytes.
@inlinable public func substringOfBytes(_ a: StringView, _ start: Int32) -> StringView {
    a.slice(max(Int(start) &- 1, 0), a.count)
}

/// `substring(a FROM start FOR count)` of bytes; 22011 for a negative count.
@inlinable public func substringOfBytes(
    _ a: StringView, _ start: Int32, _ count: Int32, _ fault: inout Fault, at site: Int
) -> StringView {
    if _slowPath(count < 0) {
        fault.raise(.substringError, at: site)
        return StringView()
    }
    return a.slice(max(Int(start) &- 1, 0), min(Int(start) &- 1 &+ Int(count), a.count))
}

/// `position(needle IN a)` of bytes: 0 if it is not there.
public func positionOfBytes(_ a: StringView, _ needle: StringView) -> Int32 {
    if needle.count == 0 { return 1 }
    return a.withBytes { bytes in
        needle.withBytes { find($0, in: bytes, from: 0).map { Int32(truncatingIfNeeded: $0 + 1) } ?? 0 }
    }
}

/// `overlay(a PLACING b FROM start FOR count)` of bytes; 22011 for a start before 1.
public func overlayBytes(
    _ a: StringView, _ b: StringView, _ start: Int32, _ count: Int32, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    let (end, overflow) = start.addingReportingOverflow(count)
    if start <= 0 || overflow {
        fault.raise(overflow ? .numericValueOutOfRange : .substringError, at: site)
        return a
    }
    let head = a.slice(0, min(Int(start) - 1, a.count))
    let tail = a.slice(max(Int(end) - 1, 0), a.count)
    return concatenate(concatenate(head, b, &arena), tail, &arena)
}

/// `overlay(a PLACING b FROM start)` of bytes.
public func overlayBytes(
    _ a: StringView, _ b: StringView, _ start: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    overlayBytes(a, b, start, Int32(truncatingIfNeeded: b.count), &arena, &fault, at: site)
}

private func trimBytes(_ a: StringView, _ set: StringView, leading: Bool, trailing: Bool) -> StringView {
    a.withBytes { bytes in
        set.withBytes { set in
            var start = 0
            var end = bytes.count
            while leading && start < end && set.contains(bytes[start]) { start += 1 }
            while trailing && end > start && set.contains(bytes[end - 1]) { end -= 1 }
            return a.slice(start, end)
        }
    }
}

/// `btrim(a, bytes)`: without the bytes of the set at both ends.
public func trimBytesBoth(_ a: StringView, _ set: StringView) -> StringView {
    trimBytes(a, set, leading: true, trailing: true)
}

public func trimBytesLeading(_ a: StringView, _ set: StringView) -> StringView {
    trimBytes(a, set, leading: true, trailing: false)
}

public func trimBytesTrailing(_ a: StringView, _ set: StringView) -> StringView {
    trimBytes(a, set, leading: false, trailing: true)
}

/// `get_byte(a, index)`; 2202E outside.
public func byte(_ a: StringView, _ index: Int32, _ fault: inout Fault, at site: Int) -> Int32 {
    guard index >= 0, Int(index) < a.count else {
        fault.raise(.arraySubscriptError, at: site)
        return 0
    }
    return a.withBytes { Int32($0[Int(index)]) }
}

/// `get_bit(a, index)`: bit 0 is the lowest of the first byte; 2202E outside.
public func bit(_ a: StringView, _ index: Int64, _ fault: inout Fault, at site: Int) -> Int32 {
    guard index >= 0, index < Int64(a.count) * 8 else {
        fault.raise(.arraySubscriptError, at: site)
        return 0
    }
    return a.withBytes { Int32($0[Int(index >> 3)] >> UInt8(index & 7) & 1) }
}

/// `set_byte(a, index, value)`: the low eight bits of `value`; 2202E outside.
public func settingByte(
    _ a: StringView, _ index: Int32, _ value: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    guard index >= 0, Int(index) < a.count else {
        fault.raise(.arraySubscriptError, at: site)
        return a
    }
    return copy(a, &arena) { $0[Int(index)] = UInt8(truncatingIfNeeded: value) }
}

/// `set_bit(a, index, value)`; 2202E outside, 22023 for a value that is no bit.
public func settingBit(
    _ a: StringView, _ index: Int64, _ value: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    guard index >= 0, index < Int64(a.count) * 8 else {
        fault.raise(.arraySubscriptError, at: site)
        return a
    }
    guard value == 0 || value == 1 else {
        fault.raise(.invalidParameterValue, at: site)
        return a
    }
    return copy(a, &arena) { bytes in
        let mask = UInt8(1) << UInt8(index & 7)
        if value == 1 { bytes[Int(index >> 3)] |= mask } else { bytes[Int(index >> 3)] &= ~mask }
    }
}

private func copy(
    _ a: StringView, _ arena: inout Arena, _ change: (UnsafeMutablePointer<UInt8>) -> Void
) -> StringView {
    makeBytes(&arena, count: a.count) { target in
        a.withBytes { bytes in
            for i in 0..<bytes.count { target[i] = bytes[i] }
        }
        change(target)
    }
}

/// `bit_count(a)`: the bits that are set.
public func bitCount(_ a: StringView) -> Int64 {
    a.withBytes { $0.reduce(0) { $0 + Int64($1.nonzeroBitCount) } }
}

/// `convert_from(a, encoding)`: only UTF8; 22021 for bytes that are none, 22023 for another encoding.
public func textFromBytes(_ a: StringView, _ encoding: StringView, _ fault: inout Fault, at site: Int) -> StringView {
    guard isUTF8(encoding) else {
        fault.raise(.invalidParameterValue, at: site)
        return a
    }
    let isValid = a.withBytes { bytes in !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil }
    if !isValid { fault.raise(.characterNotInRepertoire, at: site) }
    return a
}

/// `convert_to(a, encoding)`: only UTF8; 22023 for another encoding.
public func bytesFromText(_ a: StringView, _ encoding: StringView, _ fault: inout Fault, at site: Int) -> StringView {
    if !isUTF8(encoding) { fault.raise(.invalidParameterValue, at: site) }
    return a
}

private func isUTF8(_ encoding: StringView) -> Bool {
    let name = encoding.string.lowercased()
    return name == "utf8" || name == "utf-8" || name == "utf_8"
}
