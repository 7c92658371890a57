/// The watermark before each row of a chunk, as rows or steps raise it.
@usableFromInline struct RunningWatermark {
    private var value: Int64
    /// Microseconds by which the watermark is behind a row's time; nil: steps raise it.
    private let delay: Int64?
    private let steps: UnsafeBufferPointer<WatermarkStep>
    private var step: Int
    /// The first row of the chunk in its batch.
    private let firstRow: Int
    private var greatest = Int64.min
    /// Rows whose times `greatest` knows, counted from the chunk's first.
    private var seen: Int
    /// The watermark behind the last row.
    @usableFromInline let end: Int64
    /// Sessions with a later last row outlive the chunk's watermarks.
    @usableFromInline let alive: Int64

    /// - Parameter seen: the rows of the chunk that have raised the watermark to `value` before.
    init(
        _ value: Int64, delay: Int64?, steps: UnsafeBufferPointer<WatermarkStep>, step: Int, firstRow: Int, seen: Int,
        end: Int64, alive: Int64
    ) {
        self.seen = seen
        self.end = end
        self.alive = alive
        self.value = value
        self.delay = delay
        self.steps = steps
        self.step = step
        self.firstRow = firstRow
    }

    /// The watermark of the rows before this one, which is none before those that were asked for.
    mutating func before(_ row: Int, _ times: UnsafePointer<Int64>) -> Int64 {
        if let delay {
            while seen < row {
                greatest = max(greatest, times[seen])
                seen &+= 1
            }
            if greatest != .min { value = max(value, min(saturatingSubtract(greatest, delay), endOfInput &- 1)) }
        } else {
            while step < steps.count, steps[step].row <= firstRow &+ row {
                value = max(value, steps[step].watermark)
                step &+= 1
            }
        }
        return value
    }
}
