public import LaminarState

/// Where a running pipeline stands apart from its operators: what every snapshot starts with.
public struct PipelineProgress: Sendable {
    /// Whether the rows that are there from the start have come out.
    public var hasBegun = false
    /// Whether all inputs have ended.
    public var hasFinished = false
    public var rowsIn: Int64 = 0
    public var rowsOut: Int64 = 0
    /// The watermark of each source, as far as it is driven from outside or travels with batches.
    public var watermarks: [WatermarkTracker]

    public init(sources: Int) { watermarks = Array(repeating: WatermarkTracker(), count: sources) }

    public func encode(to writer: inout StateWriter) {
        writer.write(hasBegun)
        writer.write(hasFinished)
        writer.write(rowsIn)
        writer.write(rowsOut)
        for tracker in watermarks { writer.write(tracker.watermark) }
    }

    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        hasBegun = try reader.readBool()
        hasFinished = try reader.readBool()
        rowsIn = try reader.readInteger(Int64.self)
        rowsOut = try reader.readInteger(Int64.self)
        for index in watermarks.indices {
            watermarks[index] = WatermarkTracker(restoring: try reader.readInteger(Int64.self))
        }
    }
}
