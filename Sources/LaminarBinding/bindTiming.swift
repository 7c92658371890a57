import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

private let timingOptions: Set<String> = ["partitions", "idle_timeout", "max_future"]

extension Binder {
    /// Takes the options that are about the watermark out of those of the connector.
    mutating func takeTiming(_ options: inout [OptionSyntax], _ timing: inout SourceTiming) {
        for option in options where timingOptions.contains(option.key.lowercased()) { bindTiming(option, &timing) }
        options.removeAll { timingOptions.contains($0.key.lowercased()) }
    }

    private mutating func bindTiming(_ option: OptionSyntax, _ timing: inout SourceTiming) {
        let key = option.key.lowercased()
        let text = option.text ?? ""
        if key == "partitions" {
            guard let count = Int(text), (1...65_536).contains(count) else {
                diagnostics.report(
                    .error, "22023", at: option.span, "invalid value for option \"partitions\": \"\(text)\"",
                    hint: "It must be a number from 1 to 65536.")
                return
            }
            timing.partitions = count
            return
        }
        guard case .interval(let interval)? = try? parse(text, as: .interval), interval.months == 0,
            let length = microseconds(of: interval), length > 0
        else {
            diagnostics.report(
                .error, "22023", at: option.span, "invalid value for option \"\(key)\": \"\(text)\"",
                hint: "It must be an interval greater than zero without months, such as '30 seconds'.")
            return
        }
        if key == "idle_timeout" { timing.idleTimeout = length } else { timing.maxFuture = length }
    }

    func microseconds(of interval: Interval) -> Int64? {
        let (days, overflow) = Int64(interval.days).multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, sumOverflow) = days.addingReportingOverflow(interval.microseconds)
        return overflow || sumOverflow ? nil : sum
    }

    /// Options about a watermark that nothing makes are a mistake.
    mutating func checkTiming(_ definition: SourceDefinition, at span: Span) {
        if !definition.timing.isPlain, definition.watermark == nil {
            diagnostics.report(
                .error, "42P20", at: span, "source \"\(definition.name)\" has options about a watermark but no watermark",
                hint: "Declare WATERMARK FOR a time column.")
        }
    }
}
