import LaminarExpressions

/// The windows of event time that rows are assigned to, in microseconds since the epoch.
///
/// - tumble: `[n × size + offset, (n + 1) × size + offset)`
/// - hop: `[n × step + offset, n × step + offset + size)`, so that a row belongs to several windows, one or none
/// - cumulate: from each `n × size + offset` windows of one step, two steps and so on up to `size`
/// - session: from the first of some rows, none more than `size` behind the one before it, to `size` behind the last
public struct WindowShape: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case tumble, hop, cumulate, session
    }

    public var kind: Kind
    /// The length of a window; of the longest one of CUMULATE; the gap of SESSION. Greater than zero.
    public var size: Int64
    /// From one window's end to the next; 1 for SESSION, whose windows may end anywhere.
    public var step: Int64
    /// From zero up to, not including, the distance between windows.
    public var offset: Int64

    public init(kind: Kind, size: Int64, step: Int64, offset: Int64) {
        self.kind = kind
        self.size = size
        self.step = step
        self.offset = offset
    }

    /// Tumbling windows.
    public init(size: Int64, offset: Int64) {
        self.init(kind: .tumble, size: size, step: size, offset: offset)
    }
}

extension StagePlan {
    /// How far the event time of a closed window's result lies behind the watermark that made it come out, in
    /// microseconds: the start of a window lies its size further back than its end.
    public var outputDelay: Int64 {
        guard case .windowAggregate(_, let plan) = kind else { return 0 }
        guard let column = properties.eventTime, plan.output.outputs.indices.contains(column) else {
            return plan.lateness
        }
        switch plan.output.outputs[column].withoutMilliseconds.node {
        case .input(plan.keys.count + 1), .input(plan.keys.count + 2): return plan.lateness
        default:
            let (delay, overflow) = plan.lateness.addingReportingOverflow(plan.window.size)
            return overflow ? .max : delay
        }
    }
}

extension WindowShape: CustomStringConvertible {
    public var description: String {
        var text =
            switch kind {
            case .tumble, .session: duration(size)
            case .hop, .cumulate: "\(duration(size)) every \(duration(step))"
            }
        if offset != 0 { text += " offset \(duration(offset))" }
        return text
    }
}

extension WindowShape {
    /// The stretches of time whose rows are folded once and added up to windows, in words.
    var panesText: String? {
        switch kind {
        case .tumble, .session: nil
        case .cumulate: "of \(duration(step)), passed on from window to window"
        case .hop where size % step == 0: "of \(duration(step)), \(size / step) a window"
        case .hop: "of \(duration(size % step)) and \(duration(step - size % step)) in turn"
        }
    }
}

/// When an aggregation over windows under a watermark gives out its groups.
public enum WindowEmissionPlan: String, Hashable, Sendable {
    /// Once, when the window closes.
    case onClose = "on window close"
    /// Once, when the window closes, over input that takes rows back.
    case onCloseOfUpdates = "on window close, of updating input"
    /// As groups change, until the window closes.
    case changes
    /// When the watermark reaches the window's end, and as late but allowed rows change it, until it closes.
    case afterWatermark = "after watermark"

    /// Whether a result can be taken back.
    public var isUpdating: Bool { self == .changes || self == .afterWatermark }
}
