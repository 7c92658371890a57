package import LaminarKernels
public import LaminarTypes

/// Reads the text form of a value, as PostgreSQL's input functions do, into the place of a column.
///
/// `text` must be well-formed UTF-8. Long strings are copied into `arena`.
/// - Returns: why the text is no value of the type; nil if it is.
package func readScalar(
    _ text: UnsafeBufferPointer<UInt8>, as target: ScalarTarget, to destination: UnsafeMutableRawPointer,
    arena: inout Arena
) -> ValueParseReason? {
    do throws(ValueParseReason) {
        switch target.kind {
        case .boolean: destination.storeBytes(of: try BooleanText.parse(text), as: Bool.self)
        case .int16: destination.storeBytes(of: try IntegerText.parse(text, as: Int16.self), as: Int16.self)
        case .int32: destination.storeBytes(of: try IntegerText.parse(text, as: Int32.self), as: Int32.self)
        case .int64: destination.storeBytes(of: try IntegerText.parse(text, as: Int64.self), as: Int64.self)
        case .uint64: destination.storeBytes(of: try IntegerText.parse(text, as: UInt64.self), as: UInt64.self)
        case .float: destination.storeBytes(of: try FloatingPointText.float(text), as: Float.self)
        case .double: destination.storeBytes(of: try FloatingPointText.double(text), as: Double.self)
        case .numeric: destination.storeBytes(of: try Decimal(text: text), as: Decimal.self)
        case .decimal:
            let parameters = DecimalParameters(precision: Int(target.precision), scale: Int(target.scale))
            guard let value = try Decimal(text: text).coerced(to: parameters) else { throw .outOfRange }
            destination.storeBytes(of: value, as: Decimal.self)
        case .text, .json: storeString(text, destination, &arena)
        case .varchar: storeString(try fitted(text, to: Int(target.precision)), destination, &arena)
        case .char: try storePadded(text, Int(target.precision), destination, &arena)
        case .bytea: try storeBytea(text, destination, &arena)
        case .date: destination.storeBytes(of: try DateTimeText.date(text), as: Int32.self)
        case .time: destination.storeBytes(of: try DateTimeText.time(text), as: Int64.self)
        case .timestamp:
            let value = try DateTimeText.timestamp(text)
            destination.storeBytes(
                of: DateTimeText.rounded(timestamp: value, digits: Int(target.precision)), as: Int64.self)
        case .timestamptz:
            let value = try DateTimeText.timestamptz(text)
            destination.storeBytes(
                of: DateTimeText.rounded(timestamp: value, digits: Int(target.precision)), as: Int64.self)
        case .interval: destination.storeBytes(of: try Interval(text: text), as: Interval.self)
        case .uuid:
            let value = try UUIDText.parse(trimmed(text))
            destination.storeBytes(of: value.high, as: UInt64.self)
            destination.storeBytes(of: value.low, toByteOffset: 8, as: UInt64.self)
        case .nested: throw .invalidText
        case .operation:
            guard let weight = RowOperation.weight(of: text) else { throw .invalidText }
            destination.storeBytes(of: weight, as: Int64.self)
        }
        return nil
    } catch {
        return error
    }
}

/// A number in its JSON spelling; as its text form, but an integer may carry a zero fraction or an exponent.
package func readNumber(
    _ text: UnsafeBufferPointer<UInt8>, as target: ScalarTarget, to destination: UnsafeMutableRawPointer,
    arena: inout Arena
) -> ValueParseReason? {
    switch target.kind {
    case .int16, .int32, .int64, .uint64:
        guard text.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }) else { break }
        let value: Decimal
        do throws(ValueParseReason) { value = try Decimal(text: text) } catch { return error }
        guard let whole = value.rounded(toScale: 0) else { return .outOfRange }
        guard whole == value else { return .invalidText }
        switch target.kind {
        case .int16: return storeExactly(whole.unscaled, Int16.self, destination)
        case .int32: return storeExactly(whole.unscaled, Int32.self, destination)
        case .int64: return storeExactly(whole.unscaled, Int64.self, destination)
        default: return storeExactly(whole.unscaled, UInt64.self, destination)
        }
    case .timestamp, .timestamptz:
        // Milliseconds since the epoch.
        var milliseconds: Int64 = 0
        let integer = ScalarTarget(.bigint).unsafelyUnwrapped
        let reason = withUnsafeMutableBytes(of: &milliseconds) { bytes in
            // Sound: the variable has an address.
            readNumber(text, as: integer, to: bytes.baseAddress.unsafelyUnwrapped, arena: &arena)
        }
        if let reason { return reason == .outOfRange ? .datetimeOverflow : reason }
        guard let value = timestamp(milliseconds: milliseconds) else { return .datetimeOverflow }
        destination.storeBytes(
            of: DateTimeText.rounded(timestamp: value, digits: Int(target.precision)), as: Int64.self)
        return nil
    default: break
    }
    return readScalar(text, as: target, to: destination, arena: &arena)
}

/// Microseconds from milliseconds since the epoch; nil outside PostgreSQL's range.
@inlinable package func timestamp(milliseconds: Int64) -> Int64? {
    let (value, overflow) = milliseconds.multipliedReportingOverflow(by: 1000)
    return overflow || !Chronology.isValidTimestamp(value) ? nil : value
}

private func storeExactly<Value: FixedWidthInteger & BitwiseCopyable>(
    _ value: Int128, _ type: Value.Type, _ destination: UnsafeMutableRawPointer
) -> ValueParseReason? {
    guard let value = Value(exactly: value) else { return .outOfRange }
    destination.storeBytes(of: value, as: Value.self)
    return nil
}

private func storeString(
    _ text: UnsafeBufferPointer<UInt8>, _ destination: UnsafeMutableRawPointer, _ arena: inout Arena
) {
    guard let base = text.baseAddress else { return destination.storeBytes(of: StringView(), as: StringView.self) }
    destination.storeBytes(of: arena.copy(StringView(base, count: text.count)), as: StringView.self)
}

/// Characters of well-formed UTF-8.
package func characterCount(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in text where byte & 0xc0 != 0x80 { count += 1 }
    return count
}

/// `text` if it has at most `limit` characters; blanks past them are cut, as the SQL standard asks.
private func fitted(
    _ text: UnsafeBufferPointer<UInt8>, to limit: Int
) throws(ValueParseReason) -> UnsafeBufferPointer<UInt8> {
    if text.count <= limit { return text }
    var excess = characterCount(text) - limit
    var end = text.count
    while excess > 0 && text[end - 1] == 32 {
        end -= 1
        excess -= 1
    }
    if excess > 0 { throw .tooLong }
    return UnsafeBufferPointer(rebasing: text[..<end])
}

private func storePadded(
    _ text: UnsafeBufferPointer<UInt8>, _ length: Int, _ destination: UnsafeMutableRawPointer, _ arena: inout Arena
) throws(ValueParseReason) {
    let body = try fitted(text, to: length)
    let missing = max(length - characterCount(body), 0)
    let memory = arena.allocate(body.count + missing)
    if let base = body.baseAddress { memory.update(from: base, count: body.count) }
    (memory + body.count).update(repeating: 32, count: missing)
    destination.storeBytes(of: StringView(memory, count: body.count + missing), as: StringView.self)
}

private func storeBytea(
    _ text: UnsafeBufferPointer<UInt8>, _ destination: UnsafeMutableRawPointer, _ arena: inout Arena
) throws(ValueParseReason) {
    let bytes = try ByteaText.parse(text)
    bytes.withUnsafeBufferPointer { storeString($0, destination, &arena) }
}
