import CLaminarScan
import LaminarColumns
import LaminarFormats
import LaminarKernels
import LaminarTypes

/// The fastest tier: the keys of a whole record in one order, with the bytes between the values, as the last records had them.
///
/// A *step* is what stands before a value, compared sixteen bytes at a time with one branch, and how to read the value. The
/// steps lie one behind the other, so that neither the next step nor its bytes depend on what was read, and a
/// template has each wanted key once, so that nothing has to be noted per key. It is made of edges that `RecordWalk`
/// has learned, hence bytes that match it are valid JSON.
struct RecordTemplate: ~Copyable {
    /// How the value behind a step's bytes is read.
    enum Action: UInt8, BitwiseCopyable {
        /// The record has ended.
        case end
        /// No value yet: more of the bytes before it than one step takes.
        case more
        /// Strings whose opening quote is among the step's bytes.
        case skipString, text, timestamp
        case skipInteger, int64, int32
        /// An integer whose digits vary.
        case skipVaryingInteger, varyingInt64
        /// A timestamp as epoch milliseconds.
        case milliseconds
        case double
        /// Any other value, out of line.
        case skip, other
    }

    /// One cache line.
    struct Step: BitwiseCopyable {
        var expected: (UInt64, UInt64) = (0, 0)
        /// A bit for each byte behind the expected ones.
        var ignored: UInt32 = 0xffff
        var values: UnsafeMutableRawPointer
        /// The digits that integers here have.
        var digits = DigitPrediction()
        /// Whose value comes.
        var slot: UnsafeMutablePointer<Slot>
        var length: UInt8 = 0
        var action: Action
    }

    private let steps: UnsafeMutablePointer<Step>
    private var count = 0
    /// The wanted keys that the records do not have: their columns become NULL.
    private(set) var missing: [UnsafeMutablePointer<Slot>] = []
    /// Records that were as expected, since it was last asked whether too many are not.
    private var hits = 0
    private var misses = 0
    /// Records decoded so far.
    private(set) var recordCount = 0
    /// Records for which the template is not tried, after which it is made anew.
    private var pause = 2
    private var nextPause = Self.firstPause

    /// A record with more keys, or longer spaces, has no template.
    private static let maximumSteps = 128
    private static let firstPause = 64
    private static let lastPause = 1 << 16
    /// Misses after which it is asked whether there are too many.
    private static let missesToJudge = 16

    init() {
        steps = .allocate(capacity: Self.maximumSteps)
    }

    deinit { steps.deallocate() }

    // MARK: Whether to try it

    /// The records that the walk may take before the template is tried again: one behind a record that differs.
    mutating func recordsForWalk() -> Int {
        if pause > 0 { return pause }
        misses &+= 1
        guard misses == Self.missesToJudge else { return 1 }
        let areMany = hits < misses &* 4
        hits = 0
        misses = 0
        if !areMany {
            nextPause = Self.firstPause
            return 1
        }
        // Another order of keys has begun, or there is none.
        pause = nextPause
        nextPause = min(nextPause * 2, Self.lastPause)
        return pause
    }

    /// The walk has taken records; with the last of a pause the template is made anew.
    mutating func walkTook(_ records: Int, root: UnsafeMutablePointer<Slot>, wantedCount: Int) {
        guard pause > 0 else { return }
        pause = max(pause - records, 0)
        if pause > 0 { return }
        learn(from: root, wantedCount: wantedCount)
        if count == 0 {
            pause = nextPause
            nextPause = min(nextPause * 2, Self.lastPause)
        }
    }

    /// The first step, if the next record is to be tried.
    var first: UnsafeMutablePointer<Step>? { pause == 0 && count > 0 ? steps : nil }

    /// Records were as expected.
    mutating func took(_ records: Int) {
        hits &+= records
        recordCount &+= records
    }

    // MARK: Making it

    /// Takes the new addresses of the columns from the slots, and decides how integers are read.
    func bind() {
        for index in 0..<count {
            let step = steps + index
            step.pointee.values = step.pointee.slot.pointee.values
            switch step.pointee.action {
            case .int64, .varyingInt64:
                step.pointee.digits.sample()
                step.pointee.action = step.pointee.digits.varies ? .varyingInt64 : .int64
            case .skipInteger, .skipVaryingInteger:
                step.pointee.digits.sample()
                step.pointee.action = step.pointee.digits.varies ? .skipVaryingInteger : .skipInteger
            default: break
            }
        }
    }

    private mutating func learn(from root: UnsafeMutablePointer<Slot>, wantedCount: Int) {
        count = 0
        var slot = root
        var wanted: Set<Int> = []
        repeat {
            guard let next = append(behind: slot) else {
                count = 0
                return
            }
            slot = next
            if slot.pointee.column >= 0, !wanted.insert(slot.pointee.column).inserted {
                count = 0
                return
            }
        } while slot != root
        missing = (2..<(2 + wantedCount)).map { root + $0 }.filter { !wanted.contains($0.pointee.column) }
        // What must not be NULL is for the general parser to complain about.
        if missing.contains(where: { !$0.pointee.isNullable }) { count = 0 }
    }

    /// Appends the steps to the value that follows the one of `slot`, and gives that one's slot; nil if there is no room or if
    /// those bytes are not known.
    private mutating func append(behind slot: UnsafeMutablePointer<Slot>) -> UnsafeMutablePointer<Slot>? {
        guard slot.pointee.edge.length > 0 else { return nil }
        let next = slot.pointee.edge.next
        let action = Self.action(for: next)
        return withUnsafeTemporaryAllocation(byteCount: Edge.maximumLength + 17, alignment: 8) { bytes in
            guard let base = bytes.baseAddress else { return nil }
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            var length = slot.pointee.edge.length
            slot.pointee.edge.copyBytes(to: base)
            switch action {
            case .skipString, .text, .timestamp:
                base.storeBytes(of: 0x22, toByteOffset: length, as: UInt8.self)
                length += 1
            default: break
            }
            var start = 0
            while start < length {
                guard count < Self.maximumSteps else { return nil }
                let size = min(length - start, 16)
                var step = Step(
                    values: next.pointee.values, slot: next,
                    action: start + size == length ? action : .more)
                step.length = UInt8(truncatingIfNeeded: size)
                step.expected = (loadWord(base + start), loadWord(base + start, 8))
                step.ignored = 0xffff << UInt32(truncatingIfNeeded: size) & 0xffff
                (steps + count).initialize(to: step)
                count += 1
                start += size
            }
            return next
        }
    }

    private static func action(for slot: UnsafeMutablePointer<Slot>) -> Action {
        let isString = slot.pointee.firstByte == 0x22
        let isInteger = slot.pointee.firstByte &- 48 < 10
        return switch slot.pointee.action {
        case .end: .end
        case .skip: isString ? .skipString : isInteger ? .skipInteger : .skip
        case .int64: .int64
        case .int32: .int32
        case .text: .text
        case .double: .double
        case .timestamp:
            isString ? .timestamp : isInteger && slot.pointee.target.precision >= 3 ? .milliseconds : .other
        case .other: .other
        }
    }

}

extension RecordWalk {
    /// Decodes records until `end`, until `lastRow` or until one that differs; `position` and `row` then stand at that
    /// record, of which nothing is left but NULLs in its row.
    @inline(never) mutating func templateRecords(
        _ position: inout UnsafeRawPointer, end: UnsafeRawPointer, row: inout Int, lastRow: Int, batch: ColumnBatch,
        arena: inout Arena
    ) {
        guard let first = template.first else { return }
        let borrowsStrings = borrowsStrings
        let isWhole = template.missing.isEmpty
        var current = row
        var start = position
        // Calls out of line get copies of `q`, so that it can stay in a register.
        records: while start < end && current < lastRow {
            var q = start
            var step = first
            while true {
                if _fastPath(laminar_matches_16(q, step, step.pointee.ignored) != 0) {
                    q += Int(step.pointee.length)
                    value: do {
                        switch step.pointee.action {
                        case .more:
                            step += 1
                            continue
                        case .end:
                            if _slowPath(!isWhole) { storeMissing(row: current, batch: batch) }
                            start = q
                            current &+= 1
                            continue records
                        case .skipString:
                            q += laminar_scan_json(q)
                            if _fastPath(q.load(as: UInt8.self) == 0x22) {
                                q += 1
                                break value
                            }
                            var tail = q
                            guard skipStringTail(&tail) else { break records }
                            q = tail
                            break value
                        case .text:
                            var rest = q
                            let target = step.pointee.values.assumingMemoryBound(to: StringView.self) + current
                            if _fastPath(readPlainText(&rest, to: target, borrows: borrowsStrings, &arena)) {
                                q = rest
                                break value
                            }
                            q -= 1
                        // No step's bytes begin with a point or an exponent, so an integer with one fails there.
                        case .skipInteger:
                            var ignored: Int64 = 0
                            let number = q
                            if _fastPath(scanInteger(&q, &ignored, predicted: &step.pointee.digits.count)) { break value }
                            q = number
                        case .int64:
                            var value: Int64 = 0
                            if _fastPath(scanInteger(&q, &value, predicted: &step.pointee.digits.count)) {
                                step.pointee.values.assumingMemoryBound(to: Int64.self)[current] = value
                                break value
                            }
                        case .skipVaryingInteger:
                            var ignored: Int64 = 0
                            let number = q
                            if _fastPath(scanVaryingInteger(&q, &ignored)) { break value }
                            q = number
                        case .varyingInt64:
                            var value: Int64 = 0
                            if _fastPath(scanVaryingInteger(&q, &value)) {
                                step.pointee.values.assumingMemoryBound(to: Int64.self)[current] = value
                                break value
                            }
                        case .int32:
                            var value: Int64 = 0
                            let number = q
                            if _fastPath(scanInteger(&q, &value, predicted: &step.pointee.digits.count)) {
                                let narrow = Int32(truncatingIfNeeded: value)
                                if _fastPath(Int64(narrow) == value) {
                                    step.pointee.values.assumingMemoryBound(to: Int32.self)[current] = narrow
                                    break value
                                }
                            }
                            q = number
                        case .milliseconds:
                            var value: Int64 = 0
                            let number = q
                            if _fastPath(scanInteger(&q, &value, predicted: &step.pointee.digits.count)),
                                let microseconds = timestamp(milliseconds: value)
                            {
                                step.pointee.values.assumingMemoryBound(to: Int64.self)[current] = microseconds
                                break value
                            }
                            q = number
                        case .timestamp:
                            var rest = q
                            if _fastPath(readTimestamp(&rest, step, row: current)) {
                                q = rest
                                break value
                            }
                            q -= 1
                        case .double:
                            var rest = q
                            if _fastPath(readDouble(&rest, step, row: current)) {
                                q = rest
                                break value
                            }
                        case .skip, .other: break
                        }
                        var rest = q
                        if !readUnusual(&rest, step.pointee.slot, row: current, batch: batch, arena: &arena) {
                            break records
                        }
                        q = rest
                    }
                } else {
                    if step > first { noteNumber(behind: step - 1, q) }
                    // Where a string was expected there may be NULL.
                    var rest = q
                    guard matchesWithoutQuote(step, q) else { break records }
                    rest += Int(step.pointee.length) &- 1
                    if !readUnusual(&rest, step.pointee.slot, row: current, batch: batch, arena: &arena) {
                        break records
                    }
                    q = rest
                }
                step += 1
            }
        }
        template.took(current &- row)
        row = current
        position = start
    }
}

/// Whether there is a string to come and the bytes before its quote stand at `q`.
@inline(never) private func matchesWithoutQuote(
    _ step: UnsafeMutablePointer<RecordTemplate.Step>, _ q: UnsafeRawPointer
) -> Bool {
    switch step.pointee.action {
    case .skipString, .text, .timestamp: break
    default: return false
    }
    let bytes = UnsafeRawPointer(step)
    for i in 0..<(Int(step.pointee.length) &- 1)
    where bytes.load(fromByteOffset: i, as: UInt8.self) != q.load(fromByteOffset: i, as: UInt8.self) { return false }
    return true
}

/// Skips numbers in the general way from now on where what was taken for an integer goes on at `q`.
@inline(never) private func noteNumber(
    behind step: UnsafeMutablePointer<RecordTemplate.Step>, _ q: UnsafeRawPointer
) {
    switch step.pointee.action {
    case .skipInteger, .skipVaryingInteger:
        let byte = q.load(as: UInt8.self)
        if byte == 0x2e || byte | 0x20 == 0x65 { step.pointee.action = .skip }
    default: break
    }
}

/// Reads a timestamp from behind its opening quote.
@inline(never) private func readTimestamp(
    _ q: inout UnsafeRawPointer, _ step: UnsafeMutablePointer<RecordTemplate.Step>, row: Int
) -> Bool {
    var value: Int64 = 0
    let slot = step.pointee.slot
    guard scanTimestamp(&q, &value, &slot.pointee.predictedDate, digits: slot.pointee.target.precision),
        q.load(as: UInt8.self) == 0x22
    else { return false }
    q += 1
    step.pointee.values.assumingMemoryBound(to: Int64.self)[row] = value
    return true
}

@inline(never) private func readDouble(
    _ q: inout UnsafeRawPointer, _ step: UnsafeMutablePointer<RecordTemplate.Step>, row: Int
) -> Bool {
    var value = 0.0
    guard scanDouble(&q, &value) else { return false }
    step.pointee.values.assumingMemoryBound(to: Double.self)[row] = value
    return true
}
