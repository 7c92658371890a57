public import LaminarColumns

/// The watermark of one source: the greatest candidate of the rows so far. It never goes back.
public struct WatermarkTracker: Sendable, Equatable, BitwiseCopyable {
    @usableFromInline var value: Int64

    @inlinable public init() { value = noWatermark }

    public init(restoring watermark: Int64) { value = watermark }

    @inlinable public var watermark: Int64 { value }

    /// Counts in a row's candidate (nil: NULL, which raises nothing); true if the watermark rose.
    ///
    /// A candidate of `endOfInput` (an infinite timestamp) is held one microsecond below it: rows do not end an input.
    @inlinable public mutating func observe(_ candidate: Int64?) -> Bool {
        guard let candidate else { return false }
        return advance(to: min(candidate, endOfInput &- 1))
    }

    /// Raises it from outside, up to `endOfInput`; true if it rose.
    @inlinable public mutating func advance(to watermark: Int64) -> Bool {
        if watermark <= value { return false }
        value = watermark
        return true
    }
}

/// The watermark behind several inputs: the least of theirs.
public struct UnionWatermark: Sendable, Equatable {
    public private(set) var inputs: [Int64]

    public init(inputs count: Int) { inputs = Array(repeating: noWatermark, count: count) }

    /// The least of the inputs' watermarks.
    public var watermark: Int64 { inputs.min() ?? endOfInput }

    /// Raises one input's watermark; true if the least of them rose.
    public mutating func advance(_ input: Int, to watermark: Int64) -> Bool {
        if watermark <= inputs[input] { return false }
        let before = self.watermark
        inputs[input] = watermark
        return self.watermark > before
    }
}

extension ColumnBatch {
    /// Records that `watermark` stands behind the rows that are in the batch now, unless an equal one does already.
    ///
    /// Steps behind the same row are one step. The caller sees to it that watermarks do not go back.
    public func appendStep(_ watermark: Int64) {
        if let last = steps.last {
            if watermark <= last.watermark { return }
            if last.row == rowCount {
                steps[steps.count - 1].watermark = watermark
                return
            }
        }
        steps.append(WatermarkStep(row: rowCount, watermark: watermark))
    }
}
