// MARK: Trimming

/// The length of the code point at the start of `bytes` if it is one of `set`; else 0.
private func leadingMember(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ set: UnsafeBufferPointer<UInt8>) -> Int {
    let length = min(characterLength(startingWith: bytes[start]), bytes.count - start)
    return contains(set, bytes, start, length) ? length : 0
}

/// The length of the code point before `end` if it is one of `set`; else 0.
private func trailingMember(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ set: UnsafeBufferPointer<UInt8>
) -> Int {
    var first = end - 1
    while first > start && bytes[first] & 0xc0 == 0x80 { first -= 1 }
    return contains(set, bytes, first, end - first) ? end - first : 0
}

private func contains(
    _ set: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ length: Int
) -> Bool {
    var i = 0
    while i < set.count {
        let size = min(characterLength(startingWith: set[i]), set.count - i)
        if size == length {
            var k = 0
            while k < size && set[i + k] == bytes[start + k] { k += 1 }
            if k == size { return true }
        }
        i += size
    }
    return false
}

private func trim(_ a: StringView, _ set: StringView, leading: Bool, trailing: Bool) -> StringView {
    a.withBytes { bytes in
        set.withBytes { set in
            var start = 0
            var end = bytes.count
            while leading && start < end {
                let length = leadingMember(bytes, start, set)
                if length == 0 { break }
                start += length
            }
            while trailing && end > start {
                let length = trailingMember(bytes, start, end, set)
                if length == 0 { break }
                end -= length
            }
            return a.slice(start, end)
        }
    }
}

/// A blank.
private var blank: StringView { StringView(head: 0x20_0000_0001, tail: 0) }

/// `trim(BOTH FROM a)` and `btrim(a)`: without the blanks (only U+0020) at both ends.
public func trimBoth(_ a: StringView) -> StringView { trim(a, blank, leading: true, trailing: true) }
public func trimLeading(_ a: StringView) -> StringView { trim(a, blank, leading: true, trailing: false) }
public func trimTrailing(_ a: StringView) -> StringView { trim(a, blank, leading: false, trailing: true) }

/// `trim(BOTH characters FROM a)` and `btrim(a, characters)`: without the code points of the set at both ends.
public func trimBoth(_ a: StringView, _ characters: StringView) -> StringView {
    trim(a, characters, leading: true, trailing: true)
}

public func trimLeading(_ a: StringView, _ characters: StringView) -> StringView {
    trim(a, characters, leading: true, trailing: false)
}

public func trimTrailing(_ a: StringView, _ characters: StringView) -> StringView {
    trim(a, characters, leading: false, trailing: true)
}

// MARK: Padding

/// `lpad(a, length, fill)`: cut or filled at the start to `length` code points; 54000 past a gigabyte.
public func padLeft(
    _ a: StringView, _ length: Int32, _ fill: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let missing = Int(length) - Int(characterLength(a))
    if missing <= 0 { return left(a, max(length, 0)) }
    return concatenate(padding(missing, fill, &arena, &fault, at: site), a, &arena)
}

/// `rpad(a, length, fill)`: cut or filled at the end to `length` code points; 54000 past a gigabyte.
public func padRight(
    _ a: StringView, _ length: Int32, _ fill: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let missing = Int(length) - Int(characterLength(a))
    if missing <= 0 { return left(a, max(length, 0)) }
    return concatenate(a, padding(missing, fill, &arena, &fault, at: site), &arena)
}

public func padLeft(
    _ a: StringView, _ length: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    padLeft(a, length, blank, &arena, &fault, at: site)
}

public func padRight(
    _ a: StringView, _ length: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    padRight(a, length, blank, &arena, &fault, at: site)
}

/// `count` code points of `fill` over and over; empty if `fill` is.
private func padding(
    _ count: Int, _ fill: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let period = Int(characterLength(fill))
    if period == 0 { return fill }
    guard count * 4 < 1 << 30 else {
        fault.raise(EvaluationErrorCode.limitExceeded, at: site)
        return StringView()
    }
    let whole = repeated(fill, Int32(count / period), &arena, &fault, at: site)
    return concatenate(whole, left(fill, Int32(count % period)), &arena)
}

// MARK: Order

/// `reverse(a)`, by code points.
public func reversed(_ a: StringView, _ arena: inout Arena) -> StringView {
    makeBytes(&arena, count: a.count) { target in
        a.withBytes { bytes in
            var i = 0
            while i < bytes.count {
                let length = min(characterLength(startingWith: bytes[i]), bytes.count - i)
                for k in 0..<length { target[bytes.count - i - length + k] = bytes[i + k] }
                i += length
            }
        }
    }
}
