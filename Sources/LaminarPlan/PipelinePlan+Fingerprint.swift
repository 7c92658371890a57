import LaminarExpressions
import LaminarTypes

extension PipelinePlan {
    /// Identifies the layout of the pipeline's state: two pipelines of one fingerprint read each other's snapshots,
    /// whoever executes them.
    ///
    /// It covers what is written and in which order: the sources' watermarks, then each stage's windows, keys and
    /// accumulators. Names, filters and projections may change without making a snapshot unreadable.
    public var stateFingerprint: String { Self.fingerprint(of: stateLayout) }

    /// What the fingerprint is made of, a line per source and stage.
    public var stateLayout: String {
        var lines: [String] = ["clock"]
        for source in sources {
            let timing = source.definition.timing
            lines.append("source: watermark" + (timing.isPlain ? "" : " of \(timing.partitions) partitions"))
        }
        for stage in stages {
            switch stage.kind {
            case .values: lines.append("values")
            case .feedback: lines.append("feedback")
            case .transform: lines.append("transform: counters")
            case .unionAll(let inputs): lines.append("union: \(inputs.count) watermarks")
            case .windowAggregate(_, let plan):
                let mode =
                    switch plan.watermark {
                    case .rows: "rows"
                    case .steps: plan.emission == .onClose ? "steps" : "steps, \(plan.emission.rawValue)"
                    }
                lines.append(
                    "\(plan.window.layoutText), watermark by \(mode): \(plan.table.layoutText)")
            case .eventTime(let input, .sessions(let plan)):
                let columns = fields(of: input).map { String(describing: $0.type.physical) }.joined(separator: ", ")
                lines.append("sessions \(plan.gap) by \(plan.keys), closing \(plan.closes): rows of (\(columns))")
            case .eventTime(let input, .order(let plan)):
                let columns = fields(of: input).map { String(describing: $0.type.physical) }.joined(separator: ", ")
                lines.append("order by \(plan.time): rows of (\(columns))")
            case .eventTime(_, .stamp): lines.append("stamp: counters, time, watermark")
            case .eventTime(let input, .periodic(let plan)):
                let columns = fields(of: input).map { String(describing: $0.type.physical) }.joined(separator: ", ")
                lines.append("changes by \(plan.keys): rows of (\(columns))")
            case .eventTime(_, .lateRows): lines.append("late rows: watermark, counters")
            case .eventTime(_, .expandRows), .eventTime(_, .expandWindows): lines.append("expand: counters, watermark")
            case .join(_, _, let plan):
                let keys = plan.keys.map { "\($0.type) \($0.left) = \($0.right)\($0.nullsAreEqual ? "?" : "")" }
                let types = stage.inputs.map { fields(of: $0).map { "\($0.type.physical)" }.joined(separator: ", ") }
                lines.append("\(plan.kind.rawValue) join on \(keys.joined(separator: ", ")): \(types.joined(separator: " | "))\(plan.timing.map { ", times \($0)" } ?? "")")
            case .over(_, let plan): lines.append("over: \(plan.layoutText)")
            case .keyed(let input, let changes):
                let columns = fields(of: input).map { String(describing: $0.type.physical) }.joined(separator: ", ")
                lines.append("keyed \(changes.input.rawValue) by \(changes.key): rows of (\(columns))")
            case .runningAggregate(_, let plan): lines.append("running: \(plan.table.layoutText)")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// 64-bit FNV-1a in hexadecimal: stable on every machine and in every version.
    private static func fingerprint(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension WindowShape {
    fileprivate var layoutText: String {
        kind == .tumble ? "tumble \(size) + \(offset)" : "\(kind.rawValue) \(size) by \(step) + \(offset)"
    }
}

extension OverPlan {
    /// Keys, order and calls; the columns of the rows that are kept follow from the input's.
    fileprivate var layoutText: String {
        let key = partition.map { "\($0.column) \($0.type)" }.joined(separator: ", ")
        let order = order.map { "\($0.column)\($0.isDescending ? " desc" : "")\($0.nullsFirst ? " nulls first" : "")" }
        let calls = calls.map { "\($0.function.rawValue) \($0.arguments) \($0.kernel?.name ?? "") \($0.result)" }
        // What is kept of rows that are settled follows from the frames.
        let settled = settling.map { settling in
            ", settled by \(settling.time)\(settling.isWindowEnd ? " as window end" : ""), "
                + "frames (\(self.calls.map { "\($0.frame)" }.joined(separator: ", ")))"
        }
        return "\(columns) columns, key (\(key)), order (\(order.joined(separator: ", "))), ties \(tieBreakers), "
            + "calls (\(calls.joined(separator: ", ")))\(settled ?? "")"
    }
}

extension StateTablePlan {
    /// Keys, accumulators and side tables as text: equal exactly where the bytes are laid out alike.
    var layoutText: String {
        let keys = keys.map { "\($0.type)\($0.isNullable ? "?" : "")" }.joined(separator: ", ")
        let accumulators = accumulators.map { "\($0.kernel.name)\($0.kernel.order.isEmpty ? "" : " by \($0.kernel.order)") at \($0.offset)" }.joined(separator: ", ")
        let distinct = distinct.map { "\($0.type) of call \($0.call)" }.joined(separator: ", ")
        return "key (\(keys)), accumulators (\(accumulators)) of \(accumulatorBytes) bytes, distinct (\(distinct))"
    }
}
