package import LaminarTypes

/// The ways in which the text of a value becomes bytes in a column.
package enum ScalarKind: UInt8, Sendable, BitwiseCopyable {
    case boolean, int16, int32, int64, uint64, float, double
    /// NUMERIC that keeps each value's scale, and DECIMAL(p, s).
    case numeric, decimal
    case text, varchar, char, bytea, json
    case date, time, timestamp, timestamptz, interval, uuid
    /// Arrays, rows and maps, which `readNestedJSON` and `readNestedText` read by the column's type.
    case nested
    /// The operation of a changelog as the weight of its row.
    case operation
}

/// A scalar type in plain bytes, for tables that the decoders and encoders run through per value.
package struct ScalarTarget: Sendable, BitwiseCopyable {
    package var kind: ScalarKind
    /// DECIMAL's digits, VARCHAR's and CHAR's characters, a time's fractional digits.
    package var precision: Int32
    /// DECIMAL's digits behind the point.
    package var scale: Int32

    /// Nil for a type without a text form: unknown.
    package init?(_ type: SQLType) {
        precision = 0
        scale = 0
        switch type {
        case .boolean: kind = .boolean
        case .smallint: kind = .int16
        case .integer: kind = .int32
        case .bigint: kind = .int64
        case .unsignedBigint: kind = .uint64
        case .real: kind = .float
        case .double: kind = .double
        case .decimal(nil): kind = .numeric
        case .decimal(let parameters?):
            kind = .decimal
            precision = Int32(clamping: parameters.precision)
            scale = Int32(clamping: parameters.scale)
        case .text: kind = .text
        case .varchar(let length):
            kind = .varchar
            precision = Int32(clamping: length)
        case .char(let length):
            kind = .char
            precision = Int32(clamping: length)
        case .bytea: kind = .bytea
        case .date: kind = .date
        case .time: kind = .time
        case .timestamp(let digits):
            kind = .timestamp
            precision = Int32(clamping: digits)
        case .timestamptz(let digits):
            kind = .timestamptz
            precision = Int32(clamping: digits)
        case .interval: kind = .interval
        case .uuid: kind = .uuid
        case .json, .jsonb: kind = .json
        case .array, .row, .map: kind = .nested
        case .unknown: return nil
        }
    }

    package var isInteger: Bool {
        switch kind {
        case .int16, .int32, .int64, .uint64: true
        default: false
        }
    }

    package var isNumber: Bool {
        switch kind {
        case .int16, .int32, .int64, .uint64, .float, .double, .numeric, .decimal: true
        default: false
        }
    }

    package var isString: Bool {
        switch kind {
        case .text, .varchar, .char: true
        default: false
        }
    }
}

/// The columns' targets, or why there are none: a type without text form, an index out of range, a name twice.
package func scalarTargets(
    of columns: [DecodedColumn], format: String
) throws(FormatConfigurationError) -> [ScalarTarget] {
    var targets: [ScalarTarget] = []
    var names: Set<String> = []
    var outputs: Set<Int> = []
    for (index, column) in columns.enumerated() {
        guard var target = ScalarTarget(column.type) else {
            throw FormatConfigurationError(
                "0A000", "column \"\(column.name)\" has type \(column.type), which \(format) cannot decode",
                columnIndex: index)
        }
        guard names.insert(column.name).inserted else {
            throw FormatConfigurationError(
                "42701", "column \"\(column.name)\" specified more than once", columnIndex: index)
        }
        precondition(column.outputIndex >= 0, "An output index is not negative.")
        precondition(outputs.insert(column.outputIndex).inserted, "Each column of a batch has one decoder.")
        if column.isOperation { target.kind = .operation }
        targets.append(target)
    }
    return targets
}
