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
            _ argument: ColumnView, _ scope: OverScope, _ frames: [RowFrame], _ output: ColumnBatch, _ column: Int
        ) -> EvaluationErrorCode?

    /// The same over frames that begin with their partition and never step back, carried on in a record of bytes; nil
    /// where the accumulator keeps strings.
    let running: Running?

    struct Running: Sendable {
        /// Bytes of a record; it begins as zeros, aligned to 16.
        let size: Int
        let fold:
            @Sendable (
                _ argument: ColumnView, _ scope: OverScope, _ frames: [RowFrame], _ record: UnsafeMutableRawPointer,
                _ output: ColumnBatch, _ column: Int
            ) -> EvaluationErrorCode?

        /// The rows of the partition that a record has counted in.
        static func rowsCovered(_ record: UnsafeRawPointer) -> Int { Int(record.load(as: Int64.self)) }
        static let headerBytes = 16
    }

    public init<Step: Accumulator & SendableMetatype>(_ type: Step.Type) {
        self.init(type) { step, _, fault in step.result(&fault, at: 0) }
    }

    /// An aggregate that makes the strings it gives.
    public init<Step: MakingAccumulator & SendableMetatype>(making type: Step.Type) {
        self.init(type) { step, arena, fault in step.result(&arena, &fault, at: 0) }
    }

    /// An aggregate written in Swift.
    public init<Function: AggregateFunction & SendableMetatype, Value: SendableMetatype, Output: SendableMetatype>(
        user type: UserAggregate<Function, Value, Output>.Type
    ) {
        self.init(type) { step, arena, fault in step.result(&arena, &fault, at: 0) }
    }

    private init<Step: Accumulator & SendableMetatype>(
        _ type: Step.Type, result: @escaping @Sendable (Step, inout Arena, inout Fault) -> Step.Result?
    ) {
        fold = { argument, scope, frames, output, column in
            // Sound: the plan gives the argument's and the result's column the accumulator's types.
            let values = argument.values.assumingMemoryBound(to: Step.Argument.self)
            let results = output.values(column, as: Step.Result.self)
            let isString = Step.Result.self == StringView.self
            var arena = Arena()
            var step = Step()
            var covered = 0..<0
            func add(_ position: Int) {
                let row = Int(scope.row(position))
                if argument.isValid(row) { step.add(values[row], &arena) }
            }
            for (index, frame) in frames.enumerated() {
                if frame.isWhole, frame.start == covered.lowerBound, frame.end >= covered.upperBound {
                    for position in covered.upperBound..<frame.end { add(position) }
                } else {
                    step = Step()
                    arena.reset()
                    for number in 0..<frame.count { add(frame.position(number)) }
                }
                covered = frame.isWhole ? frame.start..<frame.end : -1 ..< -1
                var fault = Fault()
                let value = result(step, &output.arena, &fault)
                if fault.isRaised { return fault.resolvedCode }
                guard let value else {
                    output.setNull(column, index)
                    continue
                }
                results[index] = value
                if isString {
                    // The accumulator's string goes with its arena.
                    let strings = output.values(column, as: StringView.self)
                    strings[index] = output.arena.copy(strings[index])
                }
            }
            return nil
        }
        guard !Step.keepsStrings, MemoryLayout<Step>.alignment <= 16 else {
            running = nil
            return
        }
        let size = Running.headerBytes + (MemoryLayout<Step>.size + 15) / 16 * 16
        running = Running(size: size) { argument, scope, frames, record, output, column in
            let values = argument.values.assumingMemoryBound(to: Step.Argument.self)
            let results = output.values(column, as: Step.Result.self)
            // Sound: the record has room for the accumulator behind its header, and zeros are its first state.
            let step = (record + Running.headerBytes).assumingMemoryBound(to: Step.self)
            var covered = Running.rowsCovered(record)
            // Nothing is kept there: the argument is no string.
            var arena = Arena()
            for (index, frame) in frames.enumerated() {
                while covered < scope.rowsBefore + frame.end {
                    let row = Int(scope.row(covered - scope.rowsBefore))
                    if argument.isValid(row) { step.pointee.add(values[row], &arena) }
                    covered += 1
                }
                var fault = Fault()
                let result = step.pointee.result(&fault, at: 0)
                if fault.isRaised { return fault.resolvedCode }
                if let result { results[index] = result } else { output.setNull(column, index) }
            }
            record.storeBytes(of: Int64(covered), as: Int64.self)
            return nil
        }
    }
}
