public import LaminarTypes

// Sort keys: bytes that compare as the values do. A key starts with a byte that puts NULLs in their place (0 or 2; a
// value has 1), and ends where its type says, so that the keys of several columns can stand behind each other.
// Directions: bit 0 descending (all bytes of the value are inverted), bit 1 NULLs first.

/// The sort key of NULL.
public func sortKeyOfNull(_ direction: Int32, _ arena: inout Arena) -> StringView {
    let byte = arena.allocate(1)
    byte.pointee = direction & 2 != 0 ? 0 : 2
    return StringView(byte, count: 1)
}

/// The sort key of a number, boolean, date or time.
@inlinable public func sortKey<Value: OrderedWord>(
    _ value: Value, _ direction: Int32, _ arena: inout Arena
) -> StringView {
    let target = arena.allocate(9)
    target.pointee = 1
    var word = UInt64(bitPattern: value.orderWord) ^ 1 << 63
    if direction & 1 != 0 { word = ~word }
    UnsafeMutableRawPointer(target).storeBytes(of: word.bigEndian, toByteOffset: 1, as: UInt64.self)
    return StringView(target, count: 9)
}

/// The sort key of a string: a zero byte in it is followed by 255, its end is two zero bytes.
public func sortKey(_ value: StringView, _ direction: Int32, _ arena: inout Arena) -> StringView {
    value.withBytes { bytes in
        let count = bytes.count + bytes.reduce(0) { $0 + ($1 == 0 ? 1 : 0) } + 3
        let target = arena.allocate(count)
        let mask: UInt8 = direction & 1 != 0 ? 255 : 0
        target[0] = 1
        var at = 1
        for byte in bytes {
            target[at] = byte ^ mask
            at += 1
            if byte == 0 {
                target[at] = 255 ^ mask
                at += 1
            }
        }
        target[at] = mask
        target[at + 1] = mask
        return StringView(target, count: count)
    }
}

/// The sort key of a decimal: class (−∞, negative, 0, positive, ∞, NaN), place of the first digit, digits, end.
public func sortKey(_ value: Decimal, _ direction: Int32, _ arena: inout Arena) -> StringView {
    let target = arena.allocate(48)
    target[0] = 1
    var count = 2
    switch value.kind {
    case .negativeInfinity: target[1] = 0
    case .positiveInfinity: target[1] = 4
    case .notANumber: target[1] = 5
    case .finite where value.unscaled == 0: target[1] = 2
    case .finite:
        target[1] = value.unscaled < 0 ? 1 : 3
        var rest = value.unscaled.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) { digits in
            var length = 0
            while rest != 0 {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                digits[length] = UInt8(truncatingIfNeeded: digit)
                length += 1
                rest = quotient
            }
            var least = 0
            while digits[least] == 0 { least += 1 }
            let mask: UInt8 = value.unscaled < 0 ? 255 : 0
            target[2] = UInt8(truncatingIfNeeded: 128 + length - Int(value.scale)) ^ mask
            count = 3
            for place in (least..<length).reversed() {
                target[count] = (digits[place] + 1) ^ mask
                count += 1
            }
            target[count] = mask
            count += 1
        }
    }
    if direction & 1 != 0 { for index in 1..<count { target[index] = ~target[index] } }
    return StringView(target, count: count)
}

/// The sort key of an interval: its length, as intervals compare.
public func sortKey(_ value: Interval, _ direction: Int32, _ arena: inout Arena) -> StringView {
    let days = Int128(value.months) * 30 + Int128(value.days)
    let length = days * 86_400_000_000 + Int128(value.microseconds)
    var word = UInt128(bitPattern: length) ^ 1 << 127
    if direction & 1 != 0 { word = ~word }
    let target = arena.allocate(17)
    target[0] = 1
    for index in 0..<16 { target[1 + index] = UInt8(truncatingIfNeeded: word >> UInt128((15 - index) * 8)) }
    return StringView(target, count: 17)
}
