public import LaminarTypes

extension Fault {
    /// Records why a text could not be read.
    @usableFromInline mutating func raise(_ reason: ValueParseReason, at site: Int) {
        switch reason {
        case .invalidText: raise(EvaluationErrorCode.invalidTextRepresentation, at: site)
        case .outOfRange: raise(EvaluationErrorCode.numericValueOutOfRange, at: site)
        case .invalidDatetime: raise(EvaluationErrorCode.invalidDatetimeFormat, at: site)
        case .datetimeOverflow, .invalidZoneDisplacement: raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        case .intervalOverflow: raise(EvaluationErrorCode.intervalFieldOverflow, at: site)
        case .invalidParameter: raise(EvaluationErrorCode.invalidParameterValue, at: site)
        case .tooLong: raise(EvaluationErrorCode.stringDataRightTruncation, at: site)
        }
    }
}

/// What `parse` makes of the bytes of `text`, or `fallback` and a fault.
func readText<T>(
    _ text: StringView, _ fallback: T, _ fault: inout Fault, at site: Int,
    _ parse: (UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> T
) -> T {
    text.withBytes { bytes in
        do throws(ValueParseReason) {
            return try parse(bytes)
        } catch {
            fault.raise(error, at: site)
            return fallback
        }
    }
}

/// The text that `body` writes, in the arena.
func makeText(_ arena: inout Arena, _ body: (inout DigitWriter) -> Void) -> StringView {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: DigitWriter.maximumLength) { memory in
        // Sound: the capacity is not zero, and the view is copied before the memory goes.
        let start = memory.baseAddress.unsafelyUnwrapped
        var writer = DigitWriter(start)
        body(&writer)
        return arena.copy(StringView(start, count: writer.count))
    }
}
