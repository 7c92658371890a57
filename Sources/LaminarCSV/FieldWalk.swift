import CLaminarScan
import LaminarColumns
import LaminarFormats
import LaminarKernels
import LaminarTypes

/// The fast tier: a walk over records, field by field, that leaves what is unusual to the general parser.
struct FieldWalk: ~Copyable {
    private enum Action: UInt8, BitwiseCopyable {
        case skip, int64, int32, text, timestamp, other
        /// A field of which all values so far are integers: those are passed over by their digits.
        case skipInteger
        /// An integer whose digits vary.
        case varyingInt64
    }

    private struct Column: BitwiseCopyable {
        var values: UnsafeMutableRawPointer = UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
        /// The column's bitmap once the walk has written a NULL.
        var validity: UnsafeMutablePointer<UInt64>?
        /// The digits that integers here have.
        var digits = DigitPrediction()
        /// The date that the last timestamp here had.
        var predictedDate = DatePrediction()
        /// The column of the batch, or -1.
        var output = -1
        var stride = 0
        var target = ScalarTarget(.bigint).unsafelyUnwrapped
        /// The position among the columns wanted.
        var wanted = 0
        var action = Action.skip
        /// What stands behind the field: the delimiter, or a line feed behind the last one.
        var terminator: UInt8 = 0x0a
        var isNullable = true
    }

    private var fields: UnsafeMutablePointer<Column>
    private var fieldCount = 0
    private let delimiter: UInt8
    private let quote: UInt8
    private let nullText: [UInt8]
    private var columns: [DecodedColumn] = []
    /// Whether long strings stay where they are instead of being copied.
    var borrowsStrings = false

    init(options: CSVOptions, nullText: [UInt8]) {
        delimiter = options.delimiter
        quote = options.quote
        self.nullText = nullText
        fields = .allocate(capacity: 1)
    }

    deinit { fields.deallocate() }

    mutating func setLayout(_ layout: [Int?], columns: [DecodedColumn], targets: [ScalarTarget]) {
        fields.deallocate()
        self.columns = columns
        fieldCount = layout.count
        fields = .allocate(capacity: max(fieldCount, 1))
        for (index, wanted) in layout.enumerated() {
            var field = Column()
            if index < layout.count - 1 { field.terminator = delimiter }
            if let wanted {
                field.output = columns[wanted].outputIndex
                field.stride = columns[wanted].type.physical.stride
                field.target = targets[wanted]
                field.wanted = wanted
                field.isNullable = columns[wanted].isNullable
                // Where NULL may look like a number, every field is compared with it first.
                let isNullNumber = nullText.first.map { $0 == UInt8(ascii: "-") || $0 &- 48 < 10 } ?? false
                switch targets[wanted].kind {
                case .int64 where !isNullNumber: field.action = .int64
                case .int32 where !isNullNumber: field.action = .int32
                case .timestamp where !isNullNumber, .timestamptz where !isNullNumber: field.action = .timestamp
                case .text: field.action = .text
                default: field.action = .other
                }
            } else {
                field.action = .skipInteger
            }
            (fields + index).initialize(to: field)
        }
    }

    /// Takes the addresses of the batch's columns, which change when it grows, and decides how integers are read.
    mutating func bind(to batch: ColumnBatch) {
        for index in 0..<fieldCount {
            let field = fields + index
            switch field.pointee.action {
            case .int64, .varyingInt64:
                field.pointee.digits.sample()
                field.pointee.action = field.pointee.digits.varies ? .varyingInt64 : .int64
            case .skipInteger:
                field.pointee.digits.sample()
                if field.pointee.digits.varies { field.pointee.action = .skip }
            default: break
            }
            guard field.pointee.output >= 0 else { continue }
            field.pointee.values = batch.rawValues(field.pointee.output)
            field.pointee.validity = nil
        }
    }

    /// Decodes records until `end`, until `lastRow`, until behind one with line ends inside, or until one that it leaves
    /// to the general parser (which then stands at `p`).
    ///
    /// A record that does not end before `end` is among the latter.
    mutating func records(
        _ p: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, row: inout Int, lastRow: Int,
        extraLines: inout Int, batch: ColumnBatch, arena: inout Arena
    ) {
        var position = UnsafeRawPointer(p)
        let end = UnsafeRawPointer(end)
        var current = row
        let fields = fields
        guard fieldCount > 0 else { return }
        let lastField = fields + (fieldCount - 1)
        let delimiter = delimiter
        let quote = quote
        let nullCount = nullText.count
        let borrowsStrings = borrowsStrings
        var lines = 0
        while position < end && current < lastRow && lines == 0 {
            var q = position
            var field = fields
            var isGood = false
            record: while true {
                value: do {
                    switch field.pointee.action {
                    case .skipInteger:
                        // Passed over by the length of the last one, so that the next field need not wait for this one's end
                        // to be found.
                        var ignored: Int64 = 0
                        let start = q
                        if _fastPath(scanInteger(&q, &ignored, predicted: &field.pointee.digits.count)) {
                            let byte = q.load(as: UInt8.self)
                            if _fastPath(byte == field.pointee.terminator) { break value }
                        }
                        q = start
                        field.pointee.action = .skip
                        continue record
                    case .skip:
                        let count = laminar_scan_csv(q, delimiter, quote)
                        let byte = q.load(fromByteOffset: count, as: UInt8.self)
                        if _fastPath(byte == delimiter || byte == 0x0a) {
                            q += count
                            break value
                        }
                        var rest = q
                        if !skipField(&rest, end, &lines) { break record }
                        q = rest
                        break value
                    case .int64:
                        var value: Int64 = 0
                        let start = q
                        if _fastPath(scanInteger(&q, &value, predicted: &field.pointee.digits.count)) {
                            field.pointee.values.assumingMemoryBound(to: Int64.self)[current] = value
                            let byte = q.load(as: UInt8.self)
                            if _fastPath(byte == field.pointee.terminator || byte == 0x0d) { break value }
                            q = start
                        }
                    case .varyingInt64:
                        var value: Int64 = 0
                        let start = q
                        if _fastPath(scanVaryingInteger(&q, &value)) {
                            field.pointee.values.assumingMemoryBound(to: Int64.self)[current] = value
                            let byte = q.load(as: UInt8.self)
                            if _fastPath(byte == field.pointee.terminator || byte == 0x0d) { break value }
                            q = start
                        }
                    case .int32:
                        var value: Int64 = 0
                        let start = q
                        if _fastPath(scanInteger(&q, &value, predicted: &field.pointee.digits.count)) {
                            let narrow = Int32(truncatingIfNeeded: value)
                            field.pointee.values.assumingMemoryBound(to: Int32.self)[current] = narrow
                            let byte = q.load(as: UInt8.self)
                            if _fastPath(Int64(narrow) == value && (byte == field.pointee.terminator || byte == 0x0d)) {
                                break value
                            }
                            q = start
                        }
                    case .text:
                        let count = laminar_scan_csv(q, delimiter, quote)
                        let bytes = q.assumingMemoryBound(to: UInt8.self)
                        let byte = bytes[count]
                        let isEnd = byte == field.pointee.terminator || (byte == 0x0d && bytes[count &+ 1] == 0x0a)
                        if _fastPath(count > nullCount && isEnd) {
                            let target = field.pointee.values.assumingMemoryBound(to: StringView.self) + current
                            if count <= 12 {
                                target.pointee = StringView(padded: bytes, count: count)
                            } else {
                                var place = bytes
                                if !borrowsStrings {
                                    let copy = arena.allocate(count)
                                    laminar_copy_padded(q, copy, count)
                                    place = UnsafePointer(copy)
                                }
                                target.pointee = StringView(
                                    head: UInt64(truncatingIfNeeded: count)
                                        | UInt64(q.loadUnaligned(as: UInt32.self)) << 32,
                                    tail: UInt64(UInt(bitPattern: place)))
                            }
                            q += count
                            break value
                        }
                    case .timestamp:
                        var value: Int64 = 0
                        var rest = q
                        if _fastPath(
                            scanTimestamp(
                                &rest, &value, &field.pointee.predictedDate, digits: field.pointee.target.precision))
                        {
                            let byte = rest.load(as: UInt8.self)
                            if _fastPath(byte == field.pointee.terminator || byte == 0x0d) {
                                field.pointee.values.assumingMemoryBound(to: Int64.self)[current] = value
                                q = rest
                                break value
                            }
                        }
                    case .other: break
                    }
                    var rest = q
                    if !readRare(&rest, end, field - fields, current, &lines, batch, &arena) { break record }
                    q = rest
                }
                if _slowPath(q.load(as: UInt8.self) != field.pointee.terminator) {
                    // The line may end in CR LF; else there are too few or too many fields.
                    guard field == lastField && q.load(as: UInt8.self) == 0x0d else { break record }
                    q += 1
                    guard q.load(as: UInt8.self) == 0x0a else { break record }
                }
                q += 1
                if field == lastField {
                    isGood = true
                    break record
                }
                field += 1
            }
            if !isGood {
                clearNulls(row: current)
                lines = 0
                break
            }
            position = q
            current &+= 1
        }
        extraLines = lines
        row = current
        p = position.assumingMemoryBound(to: UInt8.self)
    }

    /// Takes back the NULLs of a row that the walk has begun and not finished.
    private func clearNulls(row: Int) {
        for index in 0..<fieldCount {
            if let bitmap = fields[index].validity { bitmap[row >> 6] |= 1 << UInt64(row & 63) }
        }
    }

    /// Moves from the start of a field to its end; false if it is wrong or does not end before `end`.
    @inline(never) private func skipField(
        _ q: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ lines: inout Int
    ) -> Bool {
        var p = q.assumingMemoryBound(to: UInt8.self)
        if p[0] == quote { return skipQuoted(&q, end, &lines) }
        while true {
            p += laminar_scan_csv(p, delimiter, quote)
            let byte = p[0]
            if byte == delimiter || byte == 0x0a { break }
            if byte == 0x0d {
                if p[1] != 0x0a { return false }
                break
            }
            if byte == quote || byte == 0 { return false }
            let length = utf8SequenceLength(padded: p)
            if length == 0 { return false }
            p += length
        }
        q = UnsafeRawPointer(p)
        return true
    }

    /// Moves from an opening quote behind the closing one.
    private func skipQuoted(_ q: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ lines: inout Int) -> Bool {
        var p = (q + 1).assumingMemoryBound(to: UInt8.self)
        while UnsafeRawPointer(p) < end {
            // The last byte before `end` is a line feed, at which the scan stops.
            p += laminar_scan_csv(p, delimiter, quote)
            let byte = p[0]
            if byte == quote {
                p += 1
                if p[0] != quote || UnsafeRawPointer(p) >= end {
                    q = UnsafeRawPointer(p)
                    return true
                }
                p += 1
                continue
            }
            if byte == 0 { return false }
            if byte == 0x0a { lines &+= 1 }
            let length = utf8SequenceLength(padded: p)
            if length == 0 { return false }
            p += length
        }
        return false
    }

    /// Reads a field of any type, in quotes or not, with any characters.
    @inline(never) private mutating func readRare(
        _ q: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ index: Int, _ row: Int, _ lines: inout Int,
        _ batch: ColumnBatch, _ arena: inout Arena
    ) -> Bool {
        let start = q.assumingMemoryBound(to: UInt8.self)
        let destination = fields[index].values + row &* fields[index].stride
        let target = fields[index].target
        if !skipField(&q, end, &lines) { return false }
        if start[0] != quote {
            let text = UnsafeBufferPointer(start: start, count: q - UnsafeRawPointer(start))
            if text.count == nullText.count && text.elementsEqual(nullText) {
                guard fields[index].isNullable else { return false }
                batch.setNull(fields[index].output, row)
                fields[index].validity = batch.validity(fields[index].output)
                return true
            }
            return read(text, index, to: destination, arena: &arena)
        }
        let raw = UnsafeBufferPointer(start: start + 1, count: q - UnsafeRawPointer(start) - 2)
        guard raw.contains(quote) else { return read(raw, index, to: destination, arena: &arena) }
        let memory = arena.allocate(raw.count)
        var count = 0
        var i = 0
        while i < raw.count {
            memory[count] = raw[i]
            count &+= 1
            i &+= raw[i] == quote ? 2 : 1
        }
        if target.kind == .text {
            destination.storeBytes(of: StringView(padded: memory, count: count), as: StringView.self)
            return true
        }
        let text = UnsafeBufferPointer(start: UnsafePointer(memory), count: count)
        return read(text, index, to: destination, arena: &arena)
    }

    private func read(
        _ text: UnsafeBufferPointer<UInt8>, _ index: Int, to destination: UnsafeMutableRawPointer, arena: inout Arena
    ) -> Bool {
        let target = fields[index].target
        if target.kind == .nested {
            return readNestedText(text, as: columns[fields[index].wanted].type, to: destination, arena: &arena) == nil
        }
        return readScalar(text, as: target, to: destination, arena: &arena) == nil
    }
}
