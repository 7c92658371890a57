// Strings are UTF-8 and positions count code points from 1. Results that are a part of an argument share its bytes.

// MARK: Lengths

/// Code points.
@inlinable public func characterLength(_ a: StringView) -> Int32 {
    Int32(truncatingIfNeeded: a.withBytes { characterCount($0) })
}

@inlinable public func octetLength(_ a: StringView) -> Int32 { Int32(truncatingIfNeeded: a.count) }
@inlinable public func bitLength(_ a: StringView) -> Int32 { Int32(truncatingIfNeeded: a.count &* 8) }

// MARK: Concatenation

/// `a || b`.
@inlinable public func concatenate(_ a: StringView, _ b: StringView, _ arena: inout Arena) -> StringView {
    let (first, second) = (a.count, b.count)
    if second == 0 { return a }
    if first == 0 { return b }
    let target = arena.allocate(first &+ second)
    a.withBytes { bytes in
        // Sound: neither string is empty, so both have an address; the arena gave room for both.
        target.update(from: bytes.baseAddress.unsafelyUnwrapped, count: first)
    }
    b.withBytes { bytes in
        (target + first).update(from: bytes.baseAddress.unsafelyUnwrapped, count: second)
    }
    return StringView(target, count: first &+ second)
}

/// `repeat(a, count)`; 54000 past a gigabyte.
public func repeated(
    _ a: StringView, _ count: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let size = a.count
    if count <= 0 || size == 0 { return StringView() }
    guard size * Int(count) < 1 << 30 else {
        fault.raise(EvaluationErrorCode.limitExceeded, at: site)
        return StringView()
    }
    return makeBytes(&arena, count: size * Int(count)) { target in
        a.withBytes { bytes in
            for k in 0..<Int(count) {
                (target + k * size).update(from: bytes.baseAddress.unsafelyUnwrapped, count: size)
            }
        }
    }
}

// MARK: Parts

/// The code points `from …` up to `end` (exclusive), counted from zero.
@inlinable func characters(_ a: StringView, from start: Int, to end: Int) -> StringView {
    if end <= start { return StringView() }
    return a.withBytes { bytes in
        if isASCII(bytes) { return a.slice(min(start, bytes.count), min(end, bytes.count)) }
        let first = byteOffset(ofCharacter: start, in: bytes)
        if end >= bytes.count { return a.slice(first, bytes.count) }
        let rest = UnsafeBufferPointer(rebasing: bytes[first...])
        return a.slice(first, first &+ byteOffset(ofCharacter: end &- start, in: rest))
    }
}

/// `substring(a FROM start)`.
@inlinable public func substring(_ a: StringView, _ start: Int32) -> StringView {
    characters(a, from: max(Int(start) &- 1, 0), to: .max)
}

/// `substring(a FROM start FOR count)`: a start before 1 uses up `count`; 22011 for a negative count.
@inlinable public func substring(
    _ a: StringView, _ start: Int32, _ count: Int32, _ fault: inout Fault, at site: Int
) -> StringView {
    if _slowPath(count < 0) {
        fault.raise(EvaluationErrorCode.substringError, at: site)
        return StringView()
    }
    let end = Int(start) &- 1 &+ Int(count)
    return characters(a, from: max(Int(start) &- 1, 0), to: end)
}

/// `left(a, count)`; a negative count leaves out as many at the end.
@inlinable public func left(_ a: StringView, _ count: Int32) -> StringView {
    let end = count >= 0 ? Int(count) : Int(characterLength(a)) &+ Int(count)
    return characters(a, from: 0, to: end)
}

/// `right(a, count)`; a negative count leaves out as many at the start.
@inlinable public func right(_ a: StringView, _ count: Int32) -> StringView {
    let start = count >= 0 ? Int(characterLength(a)) &- Int(count) : 0 &- Int(count)
    return characters(a, from: max(start, 0), to: .max)
}

/// `split_part(a, delimiter, index)`: a negative index counts from the end; 22023 for zero.
public func splitPart(
    _ a: StringView, _ delimiter: StringView, _ index: Int32, _ fault: inout Fault, at site: Int
) -> StringView {
    if index == 0 {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return StringView()
    }
    if a.count == 0 { return a }
    if delimiter.count == 0 { return index == 1 || index == -1 ? a : StringView() }
    if delimiter.count == 1 && index > 0 {
        return a.withBytes { splitPart(a, $0, UInt8(truncatingIfNeeded: delimiter.head &>> 32), Int(index)) }
    }
    return a.withBytes { bytes in
        delimiter.withBytes { separator in
            var wanted = Int(index)
            if wanted < 0 {
                var parts = 1
                var i = 0
                while let found = find(separator, in: bytes, from: i) {
                    parts += 1
                    i = found + separator.count
                }
                wanted += parts + 1
                if wanted < 1 { return StringView() }
            }
            var start = 0
            while true {
                let end = find(separator, in: bytes, from: start)
                if wanted == 1 { return a.slice(start, end ?? bytes.count) }
                guard let end else { return StringView() }
                start = end + separator.count
                wanted -= 1
            }
        }
    }
}

/// Part `index` (from 1) between single bytes, found eight bytes at a time; empty behind the last.
private func splitPart(
    _ a: StringView, _ bytes: UnsafeBufferPointer<UInt8>, _ separator: UInt8, _ index: Int
) -> StringView {
    guard let base = UnsafeRawPointer(bytes.baseAddress) else { return StringView() }
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    let pattern = UInt64(separator) &* 0x0101_0101_0101_0101
    var start = 0
    var left = index
    var i = 0
    while i &+ 8 <= bytes.count {
        let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ pattern
        // The high bit of each byte that is zero behind the XOR, and of no other.
        var hits = ~((word & low) &+ low | word | low)
        while hits != 0 {
            let place = i &+ hits.trailingZeroBitCount &>> 3
            left &-= 1
            if left == 0 { return a.slice(start, place) }
            start = place &+ 1
            hits &= hits &- 1
        }
        i &+= 8
    }
    while i < bytes.count {
        if bytes[i] == separator {
            left &-= 1
            if left == 0 { return a.slice(start, i) }
            start = i &+ 1
        }
        i &+= 1
    }
    return left == 1 ? a.slice(start, bytes.count) : StringView()
}

// MARK: Search

/// Where `needle`, which is not empty, first lies in `bytes` at or behind `start`.
@usableFromInline func find(
    _ needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
) -> Int? {
    let last = bytes.count - needle.count
    if last < start { return nil }
    let first = needle[0]
    guard let base = UnsafeRawPointer(bytes.baseAddress) else { return nil }
    let pattern = UInt64(first) &* 0x0101_0101_0101_0101
    var i = start
    while i <= last {
        if i &+ 8 <= bytes.count {
            // Eight bytes at a time: the lowest byte that is zero behind the XOR is the first that is wanted.
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ pattern
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros == 0 {
                i &+= 8
                continue
            }
            i &+= zeros.trailingZeroBitCount &>> 3
            if i > last { return nil }
        } else if bytes[i] != first {
            i &+= 1
            continue
        }
        var k = 1
        while k < needle.count && bytes[i &+ k] == needle[k] { k &+= 1 }
        if k == needle.count { return i }
        i &+= 1
    }
    return nil
}

/// `position(needle IN a)` and `strpos(a, needle)`: 0 if it is not there, 1 for an empty needle.
public func position(_ a: StringView, _ needle: StringView) -> Int32 {
    if needle.count == 0 { return 1 }
    return a.withBytes { bytes in
        needle.withBytes { needle in
            guard let found = find(needle, in: bytes, from: 0) else { return 0 }
            return Int32(
                truncatingIfNeeded: characterCount(UnsafeBufferPointer(rebasing: bytes[..<found])) + 1)
        }
    }
}

/// `starts_with(a, prefix)`.
@inlinable public func startsWith(_ a: StringView, _ prefix: StringView) -> Bool {
    let count = prefix.count
    return a.count >= count && a.slice(0, count) == prefix
}

/// `ends_with(a, suffix)`.
@inlinable public func endsWith(_ a: StringView, _ suffix: StringView) -> Bool {
    let count = suffix.count
    return a.count >= count && a.slice(a.count &- count, a.count) == suffix
}

/// True where `needle` lies in `a`.
public func containsText(_ a: StringView, _ needle: StringView) -> Bool { position(a, needle) > 0 }

/// `replace(a, from, to)`.
public func replace(_ a: StringView, _ from: StringView, _ to: StringView, _ arena: inout Arena) -> StringView {
    if a.count == 0 || from.count == 0 { return a }
    return a.withBytes { bytes in
        from.withBytes { needle in
            guard let first = find(needle, in: bytes, from: 0) else { return a }
            var matches = 0
            var next: Int? = first
            while let found = next {
                matches += 1
                next = find(needle, in: bytes, from: found + needle.count)
            }
            return makeBytes(&arena, count: bytes.count + matches * (to.count - needle.count)) { target in
                var target = target
                var start = 0
                func copy(_ part: UnsafeBufferPointer<UInt8>) {
                    guard let base = part.baseAddress else { return }
                    target.update(from: base, count: part.count)
                    target += part.count
                }
                next = first
                while let found = next {
                    copy(UnsafeBufferPointer(rebasing: bytes[start..<found]))
                    to.withBytes(copy)
                    start = found + needle.count
                    next = find(needle, in: bytes, from: start)
                }
                copy(UnsafeBufferPointer(rebasing: bytes[start...]))
            }
        }
    }
}

/// `translate(a, from, to)`: each code point of `from` becomes the one at its place in `to`, or goes.
public func translate(_ a: StringView, _ from: StringView, _ to: StringView, _ arena: inout Arena) -> StringView {
    let source = Array(from.string.unicodeScalars)
    let target = Array(to.string.unicodeScalars)
    var result = String.UnicodeScalarView()
    for scalar in a.string.unicodeScalars {
        guard let index = source.firstIndex(of: scalar) else {
            result.append(scalar)
            continue
        }
        if index < target.count { result.append(target[index]) }
    }
    return arena.copy(String(result))
}

/// `overlay(a PLACING b FROM start FOR count)`; 22011 for a start before 1.
public func overlay(
    _ a: StringView, _ b: StringView, _ start: Int32, _ count: Int32, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    let (end, overflow) = start.addingReportingOverflow(count)
    if start <= 0 || overflow {
        fault.raise(overflow ? EvaluationErrorCode.numericValueOutOfRange : .substringError, at: site)
        return a
    }
    let head = characters(a, from: 0, to: Int(start) - 1)
    let tail = characters(a, from: max(Int(end) - 1, 0), to: .max)
    return concatenate(concatenate(head, b, &arena), tail, &arena)
}

/// `overlay(a PLACING b FROM start)`: as many code points as `b` has are replaced.
public func overlay(
    _ a: StringView, _ b: StringView, _ start: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    overlay(a, b, start, characterLength(b), &arena, &fault, at: site)
}
