import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// The settings, with the names that Flink and Arroyo have for them.
private let settings = ["state.ttl", "table.exec.state.ttl", "updating_ttl"]

extension Binder {
    mutating func bindSet(_ set: SetSyntax) {
        let name = set.name.lowercased()
        guard settings.contains(name) else {
            diagnostics.report(
                .error, "42704", at: set.nameSpan, "there is no setting \"\(set.name)\"",
                hint: nearestName(to: name, among: settings).map { "Did you mean \"\($0)\"?" } ?? "Settings are: state.ttl.")
            return
        }
        guard let text = set.value else {
            (stateTimeToLive, keepsStateForEver) = (nil, false)
            return
        }
        guard case .interval(let interval)? = try? parse(text, as: .interval), interval.months == 0,
            let length = microseconds(of: interval), length >= 0
        else {
            diagnostics.report(
                .error, "22023", at: set.valueSpan, "invalid value for setting \"\(set.name)\": \"\(text)\"",
                hint: "It must be an interval without months, such as '1 day'; '0' keeps state for ever.")
            return
        }
        stateTimeToLive = length > 0 ? length : nil
        keepsStateForEver = length == 0
    }
}
