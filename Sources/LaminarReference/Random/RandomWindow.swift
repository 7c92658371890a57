import LaminarCases

/// Kinds of windows of random cases.
package enum RandomWindow: String, Sendable, CaseIterable {
    case tumble, hop, slide, cumulate, session
}

/// EMIT clauses of random cases over windows.
package enum RandomEmission: String, Sendable, CaseIterable {
    /// No clause.
    case standard
    case close, watermark, changes, update, every, final

    func clause(_ random: inout SeededGenerator) -> String {
        switch self {
        case .standard: ""
        case .close: " EMIT ON WINDOW CLOSE"
        case .watermark: " EMIT AFTER WATERMARK"
        case .changes: " EMIT CHANGES"
        case .update: " EMIT ON UPDATE"
        // The clock of a case goes on by a millisecond with each row.
        case .every: " EMIT EVERY INTERVAL '\(random.pick(["0.003", "0.007", "0.02"]))' SECOND"
        case .final: " EMIT FINAL"
        }
    }
}

/// What a random case over windows is to be about; nil: the seed decides.
package struct WindowChoice: Sendable {
    package var window: RandomWindow?
    package var emission: RandomEmission?

    package init(window: RandomWindow? = nil, emission: RandomEmission? = nil) {
        self.window = window
        self.emission = emission
    }

    /// As it stands in the name of a run.
    var names: [String] { [window?.rawValue, emission?.rawValue].compactMap(\.self) }
}
