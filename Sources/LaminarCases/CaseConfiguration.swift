/// How the rows of a case are brought to a pipeline: none of it may change the result.
package struct CaseConfiguration: Sendable, Equatable {
    package enum Batching: Sendable, Equatable {
        /// Runs of rows of one table, cut at this many.
        case rows(Int)
        case all
        /// Runs of rows of one table, cut at random lengths.
        case random
    }

    package enum Restore: Sendable, Equatable {
        /// Only where the case itself asks for it.
        case never
        /// A checkpoint, a restart and a restore after this many rows.
        case at(Int)
        case random
    }

    package var batching: Batching
    package var restore: Restore
    /// Decides what is random, together with the case's id.
    package var seed: String

    package init(batching: Batching, restore: Restore = .never, seed: String = "") {
        self.batching = batching
        self.restore = restore
        self.seed = seed
    }
}

extension CaseConfiguration.Batching {
    package init?(_ text: String) {
        switch text {
        case "all": self = .all
        case "random": self = .random
        default:
            guard let count = Int(text), count > 0 else { return nil }
            self = .rows(count)
        }
    }
}

extension CaseConfiguration.Restore {
    package init?(_ text: String) {
        if text == "random" {
            self = .random
        } else if let row = Int(text), row >= 0 {
            self = .at(row)
        } else {
            return nil
        }
    }
}

extension CaseConfiguration {
    /// One argument of a worker's call: `7 random seed`.
    package var argument: String {
        let batch =
            switch batching {
            case .rows(let count): String(count)
            case .all: "all"
            case .random: "random"
            }
        return switch restore {
        case .never: "\(batch) never \(seed)"
        case .at(let row): "\(batch) \(row) \(seed)"
        case .random: "\(batch) random \(seed)"
        }
    }

    package init?(argument: String) {
        let parts = argument.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let batching = Batching(parts[0]),
            let restore = parts[1] == "never" ? .never : Restore(parts[1])
        else { return nil }
        self.init(batching: batching, restore: restore, seed: parts[2])
    }
}

extension CaseConfiguration: CustomStringConvertible {
    package var description: String {
        let batch =
            switch batching {
            case .rows(let count): "batch \(count)"
            case .all: "batch all"
            case .random: "batch random"
            }
        return switch restore {
        case .never: batch
        case .at(let row): "\(batch), restored at \(row)"
        case .random: "\(batch), restored at random"
        }
    }
}

/// Pseudo-random numbers from a text: the same on every machine (SplitMix64, Steele et al., OOPSLA 2014).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: String) {
        // FNV-1a, which is enough to tell texts apart; SplitMix64 does the mixing.
        state = seed.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
