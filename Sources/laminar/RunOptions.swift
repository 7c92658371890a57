import LaminarRuntime

/// The options of `laminar run`, read and checked.
struct RunOptions {
    /// The SQL file; `-` is standard input.
    var path: String
    /// Values for `${NAME}` in the file.
    var substitutions: [String: String] = [:]
    var showsStatistics = false
    /// Whether unbounded state is an error.
    var isStateStrict = false
    /// What an aggregate that keeps its values may keep for one group.
    var groupMemoryBytes = RowPolicies.defaultGroupMemoryBytes
    /// Stops as on SIGINT after this much time.
    var durationNanoseconds: UInt64?

    init(_ arguments: [String]) throws(UsageError) {
        var reader = ArgumentReader(arguments)
        var path: String?
        while let argument = try reader.next() {
            switch argument {
            case .operand(let operand):
                if path != nil { throw UsageError("one file is run at a time; '\(operand)' is one too many") }
                path = operand
            case .option("--backend"):
                let backend = try reader.value()
                switch backend {
                case "interpreter": break
                case "jit": throw UsageError("the backend 'jit' is not there yet; use --backend interpreter")
                default: throw UsageError("there is no backend '\(backend)'; use --backend interpreter")
                }
            case .option("--set"):
                let setting = try reader.value()
                guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                    throw UsageError("option '--set' needs NAME=VALUE, not '\(setting)'")
                }
                substitutions[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
            case .option("--strict-state"):
                isStateStrict = true
            case .option("--group-memory"):
                let text = try reader.value()
                guard let bytes = Self.byteCount(text) else {
                    throw UsageError("option '--group-memory' needs a size such as 500kB, 64MB or 2GB, not '\(text)'")
                }
                groupMemoryBytes = bytes
            case .option("--stats"):
                showsStatistics = true
            case .option("--duration"):
                let text = try reader.value()
                guard let nanoseconds = Self.nanoseconds(text) else {
                    throw UsageError("option '--duration' needs a time such as 500ms, 10s, 5m or 1h, not '\(text)'")
                }
                durationNanoseconds = nanoseconds
            case .option("--cores"):
                _ = try reader.value()
                throw UsageError("option '--cores' is not there yet; a pipeline runs on one core")
            case .option("--checkpoint-dir"):
                _ = try reader.value()
                throw UsageError("option '--checkpoint-dir' is not there yet; a run keeps its state in memory only")
            case .option(let name):
                throw UsageError("there is no option '\(name)'")
            }
        }
        guard let path else { throw UsageError("the SQL file is missing") }
        self.path = path
    }

    /// A whole number above 0 with the unit kB, MB or GB (of 1,024); without a unit, bytes.
    static func byteCount(_ text: String) -> Int64? {
        let units: [(String, Int64)] = [("kB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("", 1)]
        for (unit, scale) in units where text.hasSuffix(unit) {
            guard let number = Int64(text.dropLast(unit.count)), number > 0 else { return nil }
            let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
            return overflow ? nil : bytes
        }
        return nil
    }

    /// A whole or fractional number with the unit ms, s, m or h; without a unit, seconds.
    static func nanoseconds(_ text: String) -> UInt64? {
        let units: [(String, Double)] = [("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9), ("", 1e9)]
        for (unit, scale) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number.isFinite, number >= 0 else { return nil }
            let nanoseconds = number * scale
            return nanoseconds < 9e18 ? UInt64(nanoseconds) : nil
        }
        return nil
    }
}
