/// One column of a batch, borrowed: values in their physical layout and, where NULLs may be, a validity bitmap.
public struct ColumnView: BitwiseCopyable {
    /// `rowCount` values of the column's physical type, aligned to it.
    public var values: UnsafeRawPointer
    /// Bit *i* of the bitmap (least significant first, 64 rows a word) is set where row *i* is not NULL; nil: no NULL.
    public var validity: UnsafePointer<UInt64>?

    @inlinable public init(values: UnsafeRawPointer, validity: UnsafePointer<UInt64>?) {
        self.values = values
        self.validity = validity
    }

    /// Whether row `row` is not NULL.
    @inlinable public func isValid(_ row: Int) -> Bool {
        guard let validity else { return true }
        return (validity[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63)) & 1 != 0
    }

    /// The value at `row`, whatever its validity. Sound only if `Value` is the column's physical Swift type.
    @inlinable public func value<Value: BitwiseCopyable>(_ row: Int, as type: Value.Type = Value.self) -> Value {
        values.assumingMemoryBound(to: Value.self)[row]
    }

    /// The value at `row`, or nil where it is NULL.
    @inlinable public func optional<Value: BitwiseCopyable>(_ row: Int, as type: Value.Type = Value.self) -> Value? {
        isValid(row) ? values.assumingMemoryBound(to: Value.self)[row] : nil
    }
}

/// After the first `row` rows of a batch, its watermark is `watermark`.
public struct WatermarkStep: BitwiseCopyable, Sendable, Equatable {
    public var row: Int
    /// Microseconds since the epoch; no row that follows has a smaller event time, except late ones.
    public var watermark: Int64

    @inlinable public init(row: Int, watermark: Int64) {
        self.row = row
        self.watermark = watermark
    }
}

/// A borrowed batch: columns, weights and the watermark steps that travel with its rows.
public struct BatchView: BitwiseCopyable {
    public var columns: UnsafePointer<ColumnView>
    public var rowCount: Int
    /// The weight of each row: +1 an insertion, -1 a deletion; nil: all are insertions.
    public var weights: UnsafePointer<Int64>?
    /// Steps in ascending order of row and of watermark.
    public var steps: UnsafeBufferPointer<WatermarkStep>

    @inlinable public init(
        columns: UnsafePointer<ColumnView>, rowCount: Int, weights: UnsafePointer<Int64>? = nil,
        steps: UnsafeBufferPointer<WatermarkStep> = UnsafeBufferPointer(start: nil, count: 0)
    ) {
        self.columns = columns
        self.rowCount = rowCount
        self.weights = weights
        self.steps = steps
    }
}

/// The watermark before any row.
public let noWatermark = Int64.min
/// The watermark of an input that has ended.
public let endOfInput = Int64.max
