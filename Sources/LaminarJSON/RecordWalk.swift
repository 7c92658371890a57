import CLaminarScan
import LaminarColumns
import LaminarFormats
import LaminarKernels
import LaminarTypes

/// The middle tier: a walk over records that predicts, behind each value, the bytes up to the next one.
///
/// A *slot* is a key that has been seen or is wanted; slot 0 stands for the beginning and the end of a record, slot 1
/// for all keys that there was no room to remember. From each slot leads one *edge*: the separator, key, colon and
/// blanks that followed it last time, and the slot they led to. Comparing those bytes is two loads and one branch, and
/// the branch is a prediction, so the next value's parsing does not wait for it. Where an edge does not hold, the key is
/// looked up and the edge learned anew. A prefix learned behind one slot is only ever tried behind the same slot, where
/// it is valid JSON again.
struct RecordWalk: ~Copyable {
    private var slots: UnsafeMutablePointer<Slot>
    private var slotCount: Int
    private let wantedCount: Int
    /// The number of the record, which marks the slots that it has.
    private var stamp: UInt32 = 0
    private var keys: KeyTable
    private let depthBits: UnsafeMutablePointer<UInt64>
    var template = RecordTemplate()
    private let columns: [DecodedColumn]
    /// Whether long strings stay where they are instead of being copied.
    var borrowsStrings = false

    /// Keys that are not wanted but remembered, so that their order can be predicted.
    private static let maximumUnwanted = 96

    init(columns: [DecodedColumn], targets: [ScalarTarget]) {
        wantedCount = columns.count
        self.columns = columns
        let capacity = 2 + columns.count + Self.maximumUnwanted
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: Slot(), count: capacity)
        slots[0].action = .end
        slotCount = 2
        keys = KeyTable(capacity: capacity)
        depthBits = .allocate(capacity: GeneralParser.maximumDepth / 64)
        depthBits.initialize(repeating: 0, count: GeneralParser.maximumDepth / 64)
        for (index, column) in columns.enumerated() {
            let slot = slotCount
            slotCount += 1
            slots[slot].column = column.outputIndex
            slots[slot].isNullable = column.isNullable
            slots[slot].target = targets[index]
            slots[slot].action = Slot.Action(targets[index].kind)
            // A key is found by its raw bytes: a name that JSON must escape is left to the general parser.
            var name = column.name
            name.withUTF8 { bytes in
                guard let base = bytes.baseAddress else { return keys.insert(nil, count: 0, slot: slot) }
                keys.insert(base, count: bytes.count, slot: slot)
            }
        }
    }

    deinit {
        slots.deallocate()
        depthBits.deallocate()
    }

    /// Takes the addresses of the batch's columns, which change when it grows or gets its first NULL.
    mutating func bind(to batch: ColumnBatch) {
        for slot in 2..<(2 + wantedCount) {
            slots[slot].values = batch.rawValues(slots[slot].column)
            slots[slot].validity = nil
        }
        template.bind()
    }

    /// Takes back the NULLs of a row that the walk has begun and not finished.
    private func clearNulls(row: Int) {
        for slot in 2..<(2 + wantedCount) {
            if let bitmap = slots[slot].validity { bitmap[row >> 6] |= 1 << UInt64(row & 63) }
        }
    }

    /// Decodes records until `end`, until `lastRow` or until one that it leaves to the general parser (or a blank
    /// line); `p` and `row` then stand at that record.
    mutating func records(
        _ p: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, row: inout Int, lastRow: Int, batch: ColumnBatch,
        arena: inout Arena
    ) {
        var position = UnsafeRawPointer(p)
        let end = UnsafeRawPointer(end)
        while position < end && row < lastRow {
            if template.first != nil {
                templateRecords(&position, end: end, row: &row, lastRow: lastRow, batch: batch, arena: &arena)
                if position >= end || row >= lastRow { break }
                clearNulls(row: row)
            }
            let first = row
            let count = min(template.recordsForWalk(), lastRow - row)
            walkRecords(&position, end: end, row: &row, lastRow: row + count, batch: batch, arena: &arena)
            template.walkTook(row - first, root: slots, wantedCount: wantedCount)
            if row < first + count { break }
        }
        p = position.assumingMemoryBound(to: UInt8.self)
    }

    /// The same without the template.
    @inline(never) private mutating func walkRecords(
        _ p: inout UnsafeRawPointer, end: UnsafeRawPointer, row: inout Int, lastRow: Int, batch: ColumnBatch,
        arena: inout Arena
    ) {
        var position = p
        var current = row
        let root = slots
        let wantedCount = wantedCount
        let borrowsStrings = borrowsStrings
        if stamp > .max - UInt32(truncatingIfNeeded: lastRow &- row &+ 2) { forgetStamps() }
        // Calls out of line get copies of `q`, so that it can stay in a register.
        while position < end && current < lastRow {
            var q = position
            var slot: UnsafeMutablePointer<Slot>? = root
            var found = 0
            stamp &+= 1
            let stamp = stamp
            record: while let from = slot {
                let to: UnsafeMutablePointer<Slot>
                if _fastPath(from.pointee.edge.matches(q)) {
                    q += from.pointee.edge.length
                    to = from.pointee.edge.next
                } else {
                    var start = q
                    slot = resolve(&start, from: from)
                    guard let resolved = slot else { break record }
                    q = start
                    to = resolved
                }
                slot = to
                switch to.pointee.action {
                case .end: break record
                case .skip:
                    if q.load(as: UInt8.self) == 0x22 {
                        q += 1
                        q += laminar_scan_json(q)
                        if _fastPath(q.load(as: UInt8.self) == 0x22) {
                            q += 1
                            continue record
                        }
                        var tail = q
                        if skipStringTail(&tail) {
                            q = tail
                            continue record
                        }
                        slot = nil
                        break record
                    }
                    var start = q
                    var ignored: Int64 = 0
                    if scanInteger(&q, &ignored, predicted: &to.pointee.predictedDigits) {
                        let byte = q.load(as: UInt8.self)
                        if _fastPath(byte != 0x2e && byte | 0x20 != 0x65) { continue record }
                    }
                    if skipValue(&start) {
                        q = start
                        continue record
                    }
                    slot = nil
                    break record
                default: break
                }
                // Twice the same key: the general parser lets the last one win.
                if _slowPath(to.pointee.stamp == stamp) {
                    slot = nil
                    break record
                }
                to.pointee.stamp = stamp
                found &+= 1
                let values = to.pointee.values
                var start = q
                switch to.pointee.action {
                case .int64:
                    var value: Int64 = 0
                    if _fastPath(scanInteger(&q, &value, predicted: &to.pointee.predictedDigits)) {
                        values.assumingMemoryBound(to: Int64.self)[current] = value
                        continue record
                    }
                case .int32:
                    var value: Int64 = 0
                    if _fastPath(scanInteger(&q, &value, predicted: &to.pointee.predictedDigits)) {
                        let narrow = Int32(truncatingIfNeeded: value)
                        if _fastPath(Int64(narrow) == value) {
                            values.assumingMemoryBound(to: Int32.self)[current] = narrow
                            continue record
                        }
                    }
                case .text:
                    if _fastPath(q.load(as: UInt8.self) == 0x22) {
                        q += 1
                        let target = values.assumingMemoryBound(to: StringView.self) + current
                        if _fastPath(readPlainText(&q, to: target, borrows: borrowsStrings, &arena)) { continue record }
                    }
                case .double:
                    var value = 0.0
                    if _fastPath(scanDouble(&start, &value)) {
                        values.assumingMemoryBound(to: Double.self)[current] = value
                        q = start
                        continue record
                    }
                    start = q
                case .timestamp:
                    if _fastPath(q.load(as: UInt8.self) == 0x22) {
                        var value: Int64 = 0
                        start = q + 1
                        let isScanned = scanTimestamp(
                            &start, &value, &to.pointee.predictedDate, digits: to.pointee.target.precision)
                        if _fastPath(isScanned && start.load(as: UInt8.self) == 0x22) {
                            values.assumingMemoryBound(to: Int64.self)[current] = value
                            q = start + 1
                            continue record
                        }
                        start = q
                    }
                default: break
                }
                if _fastPath(readRare(&start, to, row: current, batch: batch, arena: &arena)) {
                    q = start
                    continue record
                }
                slot = nil
                break record
            }
            if _slowPath(slot == nil) {
                clearNulls(row: current)
                break
            }
            if _slowPath(found != wantedCount), !fillMissing(row: current, batch: batch) {
                clearNulls(row: current)
                break
            }
            position = q
            current &+= 1
        }
        row = current
        p = position
    }

    /// Starts anew with numbers that no slot carries.
    @inline(never) private mutating func forgetStamps() {
        for slot in 0..<slotCount { slots[slot].stamp = 0 }
        stamp = 0
    }

    @inline(never) private func fillMissing(row: Int, batch: ColumnBatch) -> Bool {
        for slot in 2..<(2 + wantedCount) where slots[slot].stamp != stamp {
            if !storeNull(slots + slot, row, batch) { return false }
        }
        return true
    }

    /// Makes NULL what records of the template's shape do not have.
    @inline(never) func storeMissing(row: Int, batch: ColumnBatch) {
        for slot in template.missing { _ = storeNull(slot, row, batch) }
    }

    private func storeNull(_ slot: UnsafeMutablePointer<Slot>, _ row: Int, _ batch: ColumnBatch) -> Bool {
        guard slot.pointee.isNullable else { return false }
        batch.setNull(slot.pointee.column, row)
        slot.pointee.validity = batch.validity(slot.pointee.column)
        return true
    }

    // MARK: Values off the shortest way

    /// Reads, or skips, a value for the template.
    @inline(never) func readUnusual(
        _ q: inout UnsafeRawPointer, _ slot: UnsafeMutablePointer<Slot>, row: Int, batch: ColumnBatch, arena: inout Arena
    ) -> Bool {
        slot.pointee.column < 0 ? skipValue(&q) : readRare(&q, slot, row: row, batch: batch, arena: &arena)
    }

    @inline(never) private func readRare(
        _ q: inout UnsafeRawPointer, _ slot: UnsafeMutablePointer<Slot>, row: Int, batch: ColumnBatch,
        arena: inout Arena
    ) -> Bool {
        let first = q.load(as: UInt8.self)
        if first == UInt8(ascii: "n") {
            guard q.loadUnaligned(as: UInt32.self) == UInt32(littleEndian: 0x6c6c_756e) else { return false }
            q += 4
            return storeNull(slot, row, batch)
        }
        let target = slot.pointee.target
        let destination = slot.pointee.values + row &* Slot.stride(of: target.kind)
        if target.kind == .json {
            let start = q
            guard skipValue(&q) else { return false }
            let text = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: q - start)
            return readScalar(text, as: target, to: destination, arena: &arena) == nil
        }
        if target.kind == .nested {
            let start = q
            guard skipValue(&q) else { return false }
            let bytes = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: q - start)
            let column = columns[slot - slots - 2]
            return (try? readNestedJSON(bytes, as: column.type, column: column.name, to: destination, arena: &arena)) != nil
        }
        if first == 0x22 { return readString(&q, target, destination, &arena) }
        switch target.kind {
        case .boolean:
            if q.loadUnaligned(as: UInt32.self) == UInt32(littleEndian: 0x6575_7274) {
                destination.storeBytes(of: true, as: Bool.self)
                q += 4
                return true
            }
            if loadWord(q) & 0xff_ffff_ffff == 0x65_736c_6166 {
                destination.storeBytes(of: false, as: Bool.self)
                q += 5
                return true
            }
            return false
        case .int16:
            var value: Int64 = 0
            var predicted = 17
            guard scanInteger(&q, &value, predicted: &predicted), let narrow = Int16(exactly: value) else { return false }
            destination.storeBytes(of: narrow, as: Int16.self)
            return true
        case .timestamp, .timestamptz:
            var value: Int64 = 0
            guard scanInteger(&q, &value, predicted: &slot.pointee.predictedDigits),
                let microseconds = timestamp(milliseconds: value)
            else { return false }
            destination.storeBytes(
                of: DateTimeText.rounded(timestamp: microseconds, digits: Int(target.precision)), as: Int64.self)
            return true
        case .float:
            var value: Float = 0
            guard scanFloat(&q, &value) else { return false }
            destination.storeBytes(of: value, as: Float.self)
            return true
        case .decimal, .numeric:
            var mantissa: Int64 = 0
            var scale = 0
            let start = q
            if scanShortDecimal(&q, &mantissa, &scale) {
                var value = Decimal(unscaled: Int128(mantissa), scale: Int32(truncatingIfNeeded: scale))
                if target.kind == .decimal {
                    let parameters = DecimalParameters(precision: Int(target.precision), scale: Int(target.scale))
                    guard let coerced = value.coerced(to: parameters) else { return false }
                    value = coerced
                }
                destination.storeBytes(of: value, as: Decimal.self)
                return true
            }
            q = start
            return readNumberToken(&q, target, destination, &arena)
        case .int32, .int64, .uint64: return readNumberToken(&q, target, destination, &arena)
        default: return false
        }
    }

    private func readNumberToken(
        _ q: inout UnsafeRawPointer, _ target: ScalarTarget, _ destination: UnsafeMutableRawPointer, _ arena: inout Arena
    ) -> Bool {
        let start = q
        guard scanNumber(&q) != nil else { return false }
        let text = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: q - start)
        return readNumber(text, as: target, to: destination, arena: &arena) == nil
    }

    /// A string as the text form of any type, escapes resolved in the arena.
    private func readString(
        _ q: inout UnsafeRawPointer, _ target: ScalarTarget, _ destination: UnsafeMutableRawPointer,
        _ arena: inout Arena
    ) -> Bool {
        let start = (q + 1).assumingMemoryBound(to: UInt8.self)
        let plain = laminar_scan_json(start)
        if start[plain] == 0x22 {
            q = UnsafeRawPointer(start + (plain + 1))
            let text = UnsafeBufferPointer(start: start, count: plain)
            return readScalar(text, as: target, to: destination, arena: &arena) == nil
        }
        q = UnsafeRawPointer(start + plain)
        guard skipStringTail(&q) else { return false }
        let rawCount = q - UnsafeRawPointer(start) - 1
        let memory = arena.allocate(rawCount + 16)
        var hasZero = false
        guard let count = unescape(start, rawCount, into: memory, &hasZero) else { return false }
        if target.isString {
            // No text of PostgreSQL holds a zero byte.
            if hasZero { return false }
            if target.kind == .text {
                destination.storeBytes(of: StringView(padded: memory, count: count), as: StringView.self)
                return true
            }
        }
        let text = UnsafeBufferPointer(start: UnsafePointer(memory), count: count)
        return readScalar(text, as: target, to: destination, arena: &arena) == nil
    }

    /// Skips any value, with all its rules checked.
    @inline(never) private func skipValue(_ q: inout UnsafeRawPointer) -> Bool {
        // Bit n of the depth bits: level n is an object. The record itself is level 0.
        var depth = 0
        while true {
            // A value is due at q.
            value: switch q.load(as: UInt8.self) {
            case UInt8(ascii: "\""):
                q += 1
                if !skipStringTail(&q) { return false }
            case UInt8(ascii: "-"), 48...57:
                if scanNumber(&q) == nil { return false }
            case UInt8(ascii: "t"):
                if q.loadUnaligned(as: UInt32.self) != UInt32(littleEndian: 0x6575_7274) { return false }
                q += 4
            case UInt8(ascii: "f"):
                if loadWord(q) & 0xff_ffff_ffff != 0x65_736c_6166 { return false }
                q += 5
            case UInt8(ascii: "n"):
                if q.loadUnaligned(as: UInt32.self) != UInt32(littleEndian: 0x6c6c_756e) { return false }
                q += 4
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                let isObject = q.load(as: UInt8.self) == UInt8(ascii: "{")
                depth += 1
                if depth >= GeneralParser.maximumDepth { return false }
                let bit: UInt64 = 1 << UInt64(depth & 63)
                if isObject { depthBits[depth >> 6] |= bit } else { depthBits[depth >> 6] &= ~bit }
                q += 1
                skipBlanks(&q)
                if q.load(as: UInt8.self) == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    q += 1
                    depth -= 1
                    break value
                }
                if isObject && !skipKey(&q) { return false }
                continue
            default: return false
            }
            // Behind a value: the end, or the next value of what encloses it.
            while true {
                if depth == 0 { return true }
                skipBlanks(&q)
                let isObject = depthBits[depth >> 6] >> UInt64(depth & 63) & 1 != 0
                let byte = q.load(as: UInt8.self)
                q += 1
                if byte == UInt8(ascii: ",") {
                    skipBlanks(&q)
                    if isObject && !skipKey(&q) { return false }
                    break
                }
                if byte != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return false }
                depth -= 1
            }
        }
    }

    private func skipKey(_ q: inout UnsafeRawPointer) -> Bool {
        if q.load(as: UInt8.self) != 0x22 { return false }
        q += 1
        if !skipStringTail(&q) { return false }
        skipBlanks(&q)
        if q.load(as: UInt8.self) != UInt8(ascii: ":") { return false }
        q += 1
        skipBlanks(&q)
        return true
    }

    // MARK: Keys

    /// Finds the slot of the key at `q` (or slot 0 for the end of the record), moves `q` to the value and learns the
    /// edge; nil if this is not for the walk.
    @inline(never) private mutating func resolve(
        _ q: inout UnsafeRawPointer, from slot: UnsafeMutablePointer<Slot>
    ) -> UnsafeMutablePointer<Slot>? {
        let start = q
        skipBlanks(&q)
        var byte = q.load(as: UInt8.self)
        q += 1
        if slot == slots {
            if byte != UInt8(ascii: "{") { return nil }
            skipBlanks(&q)
            byte = q.load(as: UInt8.self)
            if byte == UInt8(ascii: "}") { q += 1 }
        } else if byte == UInt8(ascii: ",") {
            skipBlanks(&q)
            byte = q.load(as: UInt8.self)
        } else if byte != UInt8(ascii: "}") {
            return nil
        }
        if byte == UInt8(ascii: "}") {
            skipBlanks(&q)
            if q.load(as: UInt8.self) != 0x0a { return nil }
            q += 1
            slot.pointee.edge.learn(start, count: q - start, next: slots)
            return slots
        }
        if byte != 0x22 { return nil }
        q += 1
        let key = q.assumingMemoryBound(to: UInt8.self)
        let plain = laminar_scan_json(q)
        q += plain
        if q.load(as: UInt8.self) == 0x22 {
            q += 1
        } else {
            if !skipStringTail(&q) { return nil }
            // An escaped key may be one that is wanted.
            for i in plain..<(q - UnsafeRawPointer(key)) where key[i] == UInt8(ascii: "\\") { return nil }
        }
        let count = q - UnsafeRawPointer(key) - 1
        skipBlanks(&q)
        if q.load(as: UInt8.self) != UInt8(ascii: ":") { return nil }
        q += 1
        skipBlanks(&q)
        var next = keys.slot(of: key, count: count)
        if next < 0 {
            next = 1
            if slotCount < 2 + wantedCount + Self.maximumUnwanted && count <= 256 {
                next = slotCount
                slotCount += 1
                keys.insert(key, count: count, slot: next)
            }
        }
        slot.pointee.edge.learn(start, count: q - start, next: slots + next)
        slots[next].firstByte = q.load(as: UInt8.self)
        return slots + next
    }
}

/// Reads the rest of a string without escapes and with ASCII only, and moves `q` behind its closing quote; where it is
/// none of these, returns false and leaves `q`.
@inline(__always) func readPlainText(
    _ q: inout UnsafeRawPointer, to target: UnsafeMutablePointer<StringView>, borrows: Bool, _ arena: inout Arena
) -> Bool {
    let count = laminar_scan_json(q)
    let bytes = q.assumingMemoryBound(to: UInt8.self)
    guard _fastPath(bytes[count] == 0x22) else { return false }
    if count <= 12 {
        target.pointee = StringView(padded: bytes, count: count)
    } else {
        var place = bytes
        if !borrows {
            let copy = arena.allocate(count)
            laminar_copy_padded(q, copy, count)
            place = UnsafePointer(copy)
        }
        target.pointee = StringView(
            head: UInt64(truncatingIfNeeded: count) | UInt64(q.loadUnaligned(as: UInt32.self)) << 32,
            tail: UInt64(UInt(bitPattern: place)))
    }
    q += count &+ 1
    return true
}
