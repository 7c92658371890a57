import LaminarColumns
public import LaminarKernels

/// Some rows of an ordered partition: a range of positions, less an excluded range, of which one may be kept.
struct RowFrame {
    private(set) var start: Int
    private(set) var end: Int
    private var excludedFrom: Int
    private var excludedTo: Int
    private var kept = false
    private var keptRow = 0

    init(start: Int, end: Int) {
        self.start = start
        self.end = max(start, end)
        excludedFrom = self.end
        excludedTo = self.end
    }

    mutating func exclude(_ range: Range<Int>, keeping row: Int? = nil) {
        let from = max(range.lowerBound, start)
        let to = min(range.upperBound, end)
        if from >= to { return }
        excludedFrom = from
        excludedTo = to
        if let row, row >= from, row < to {
            kept = true
            keptRow = row
        }
    }

    var isWhole: Bool { excludedFrom == excludedTo }
    var count: Int { (excludedFrom - start) + (kept ? 1 : 0) + (end - excludedTo) }

    /// The position of the frame's row with this number, which is less than `count`.
    func position(_ number: Int) -> Int {
        var number = number
        if number < excludedFrom - start { return start + number }
        number -= excludedFrom - start
        if kept {
            if number == 0 { return keptRow }
            number -= 1
        }
        return excludedTo + number
    }
}

/// An aggregate over frames: made from the very struct that grouping uses.
public struct FrameAggregate: Sendable {
    /// Writes the aggregate of each frame into the rows of a column; returns the code of the first result that failed.
    let fold:
        @Sendable (
            _ argument: ColumnView, _ rows: [Int32], _ frames: [RowFrame], _ output: ColumnBatch, _ column: Int
        ) -> EvaluationErrorCode?

    public init<Step: Accumulator & SendableMetatype>(_ type: Step.Type) {
        fold = { argument, rows, frames, output, column in
            // Sound: the plan gives the argument's and the result's column the accumulator's types.
            let values = argument.values.assumingMemoryBound(to: Step.Argument.self)
            let results = output.values(column, as: Step.Result.self)
            let isString = Step.Result.self == StringView.self
            var arena = Arena()
            var step = Step()
            var covered = 0..<0
            func add(_ position: Int) {
                let row = Int(rows[position])
                if argument.isValid(row) { step.add(values[row], &arena) }
            }
            for (index, frame) in frames.enumerated() {
                if frame.isWhole, frame.start == covered.lowerBound, frame.end >= covered.upperBound {
                    for position in covered.upperBound..<frame.end { add(position) }
                } else {
                    step = Step()
                    for number in 0..<frame.count { add(frame.position(number)) }
                }
                covered = frame.isWhole ? frame.start..<frame.end : -1 ..< -1
                var fault = Fault()
                let result = step.result(&fault, at: 0)
                if fault.isRaised { return fault.resolvedCode }
                guard let result else {
                    output.setNull(column, index)
                    continue
                }
                results[index] = result
                if isString {
                    // The accumulator's string goes with its arena.
                    let strings = output.values(column, as: StringView.self)
                    strings[index] = output.arena.copy(strings[index])
                }
            }
            return nil
        }
    }
}
