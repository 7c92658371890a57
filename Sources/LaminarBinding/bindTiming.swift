import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// The options of a source that are about its watermark.
private enum TimingOption: String {
    case partitions
    case idleTimeout = "idle_timeout"
    case maxFuture = "max_future"
    case alignmentGroup = "alignment_group"
    case maxDrift = "max_drift"
    case alignmentPolicy = "alignment_policy"
    case watermarkKey = "watermark_key"
    case watermarkKeyIdle = "watermark_key_idle"

    init?(_ option: OptionSyntax) { self.init(rawValue: option.key.lowercased()) }
}

/// The options about a watermark as they are written; they may stand in two places.
struct TimingOptions {
    fileprivate var spans: [TimingOption: Span] = [:]
    fileprivate var timing = SourceTiming()
    fileprivate var group: String?
    fileprivate var maxDrift: Int64?
    fileprivate var policy: SourceAlignment.Policy?
    fileprivate var key: [String]?
    fileprivate var keyIdle: Int64?
}

extension Binder {
    /// Takes the options that are about the watermark out of those of the connector.
    mutating func takeTiming(_ options: inout [OptionSyntax], _ timing: inout TimingOptions) {
        for option in options {
            guard let known = TimingOption(option) else { continue }
            timing.spans[known] = option.span
            bindTiming(known, option, &timing)
        }
        options.removeAll { TimingOption($0) != nil }
    }

    private mutating func bindTiming(_ known: TimingOption, _ option: OptionSyntax, _ timing: inout TimingOptions) {
        let text = option.text ?? ""
        func refuse(_ hint: String) {
            diagnostics.report(
                .error, "22023", at: option.span, "invalid value for option \"\(known.rawValue)\": \"\(text)\"",
                hint: hint)
        }
        switch known {
        case .partitions:
            if text.lowercased() == "files" {
                timing.timing.partitionsByFile = true
            } else if let count = Int(text), (1...65_536).contains(count) {
                timing.timing.partitions = count
            } else {
                refuse("It must be a number from 1 to 65536, or files, which makes each file a partition.")
            }
        case .alignmentGroup:
            if text.isEmpty { refuse("It must be a name that the sources of the group share.") } else { timing.group = text }
        case .alignmentPolicy:
            timing.policy = SourceAlignment.Policy(rawValue: text.lowercased())
            if timing.policy == nil { refuse("It must be pause, warn or drop.") }
        case .watermarkKey:
            let names = text.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
            if names.isEmpty { refuse("It must be a column, or several with commas between.") } else { timing.key = names }
        case .idleTimeout, .maxFuture, .maxDrift, .watermarkKeyIdle:
            guard case .interval(let interval)? = try? parse(text, as: .interval), interval.months == 0,
                let length = microseconds(of: interval), length > 0
            else { return refuse("It must be an interval greater than zero without months, such as '30 seconds'.") }
            switch known {
            case .idleTimeout: timing.timing.idleTimeout = length
            case .maxFuture: timing.timing.maxFuture = length
            case .watermarkKeyIdle: timing.keyIdle = length
            default: timing.maxDrift = length
            }
        }
    }

    func microseconds(of interval: Interval) -> Int64? {
        let (days, overflow) = Int64(interval.days).multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, sumOverflow) = days.addingReportingOverflow(interval.microseconds)
        return overflow || sumOverflow ? nil : sum
    }

    /// Gives a source what its options say. Options that could have no effect are a mistake.
    mutating func setTiming(_ options: TimingOptions, _ definition: inout SourceDefinition, at span: Span) {
        definition.timing = options.timing
        definition.timing.followsClock = definition.watermark?.followsClock ?? false
        let first = options.spans.min { $0.value.lower < $1.value.lower }
        if let first, definition.watermark == nil {
            diagnostics.report(
                .error, "42P20", at: first.value,
                "source \"\(definition.name)\" has options about a watermark but no watermark",
                hint: "Declare WATERMARK FOR a time column.")
            return
        }
        if let first, definition.timing.followsClock {
            diagnostics.report(
                .error, "42P20", at: first.value,
                "option \"\(first.key.rawValue)\" has no effect on a watermark of processing time",
                hint: "Leave it away, or let the rows make the watermark: WATERMARK FOR a time column AS an expression over it.")
            return
        }
        setAlignment(options, &definition)
        setKey(options, &definition)
        let ofRows: [TimingOption] =
            [.maxFuture] + (definition.timing.alignment?.policy == .drop ? [.alignmentPolicy] : [])
        for option in ofRows where definition.watermark?.candidate == nil {
            guard let place = options.spans[option] else { continue }
            diagnostics.report(
                .error, "42P20", at: place,
                "option \"\(option.rawValue)\" needs a watermark that the rows make",
                hint: "Write WATERMARK FOR the time column AS an expression over it.")
        }
    }

    private mutating func setKey(_ options: TimingOptions, _ definition: inout SourceDefinition) {
        guard let names = options.key, let place = options.spans[.watermarkKey] else {
            guard let place = options.spans[.watermarkKeyIdle], options.spans[.watermarkKey] == nil else { return }
            diagnostics.report(
                .error, "42P20", at: place, "option \"watermark_key_idle\" needs \"watermark_key\" too",
                hint: "watermark_key names the columns whose values have a watermark each.")
            return
        }
        guard let idle = options.keyIdle else {
            if options.spans[.watermarkKeyIdle] != nil { return }
            diagnostics.report(
                .error, "42P20", at: place, "option \"watermark_key\" needs \"watermark_key_idle\" too",
                hint: "It says how far behind the source's watermark a silent key may be, such as '10 minutes'.")
            return
        }
        guard let delay = definition.watermark?.delay else {
            diagnostics.report(
                .error, "42P20", at: place,
                "option \"watermark_key\" needs a watermark at a constant distance behind the rows' times",
                hint: "Write WATERMARK FOR the time column AS that column less an interval.")
            return
        }
        var columns: [Int] = []
        for name in names {
            guard let index = definition.visible.firstIndex(where: { $0.field.name == name }) else {
                diagnostics.report(
                    .error, "42703", at: place, "column \"\(name)\" named in watermark_key does not exist",
                    hint: nearestName(to: name, among: definition.visible.map(\.field.name)).map { "Did you mean \"\($0)\"?" })
                return
            }
            columns.append(index)
        }
        definition.timing.keyed = KeyedWatermark(columns: columns, idle: idle, delay: delay)
    }

    private mutating func setAlignment(_ options: TimingOptions, _ definition: inout SourceDefinition) {
        let needed: [(option: TimingOption, other: TimingOption)] = [
            (.alignmentGroup, .maxDrift), (.maxDrift, .alignmentGroup), (.alignmentPolicy, .alignmentGroup),
        ]
        for (option, other) in needed where options.spans[other] == nil {
            guard let place = options.spans[option] else { continue }
            diagnostics.report(
                .error, "42P20", at: place, "option \"\(option.rawValue)\" needs \"\(other.rawValue)\" too",
                hint: "alignment_group names the sources that go together, max_drift says how far one may run ahead.")
            return
        }
        if let group = options.group, let maxDrift = options.maxDrift {
            definition.timing.alignment = SourceAlignment(
                group: group, maxDrift: maxDrift, policy: options.policy ?? .pause)
        }
    }

    /// A group of one source aligns nothing.
    mutating func checkAlignmentGroups() {
        let groups = Dictionary(grouping: sources.filter { $0.timing.alignment != nil }) { $0.timing.alignment?.group ?? "" }
        for (group, members) in groups.sorted(by: { $0.key < $1.key }) where members.count == 1 {
            diagnostics.report(
                .warning, "01L03", at: members[0].span,
                "alignment group \"\(group)\" has no other source than \"\(members[0].name)\"",
                hint: "Give the option alignment_group = '\(group)' to the sources that it is to keep pace with.")
        }
    }
}
