package import LaminarCases
package import LaminarRuntime

/// Random cases of one kind, held to the reference one after another.
package struct RandomRun {
    /// A case that differs from the reference, as far as it could be made smaller.
    package struct Failure: Sendable {
        package var seed: String
        package var difference: String
        package var simplest: RandomCase
    }

    package private(set) var count = 0
    package private(set) var agreed = 0
    package private(set) var failures: [Failure] = []
    /// Cases that could not be run or evaluated, by cause.
    package private(set) var unused: [String: Int] = [:]

    private let family: RandomFamily
    private let function: String?
    private let modifier: AggregateModifier?
    private let windows: WindowChoice
    private let configurations: [CaseConfiguration]
    private let makePipeline: (PlannedCase) throws(CaseError) -> any RunnablePipeline

    /// Rows one by one, all at once, and in random batches with a restart at a random row.
    package static let configurations = [
        CaseConfiguration(batching: .rows(1)), CaseConfiguration(batching: .all),
        CaseConfiguration(batching: .random, restore: .random),
    ]

    package init(
        _ family: RandomFamily, function: String? = nil, modifier: AggregateModifier? = nil, windows: WindowChoice = WindowChoice(),
        configurations: [CaseConfiguration] = Self.configurations,
        makePipeline: @escaping (PlannedCase) throws(CaseError) -> any RunnablePipeline
    ) {
        self.family = family
        self.function = function
        self.modifier = modifier
        self.windows = windows
        self.configurations = configurations
        self.makePipeline = makePipeline
    }

    package func outcome(_ randomCase: RandomCase) -> ReferenceOutcome {
        do throws(CaseSyntaxError) {
            return ReferenceCheck(try randomCase.testCase, makePipeline: makePipeline).outcome(configurations)
        } catch {
            return .unknown(error.description)
        }
    }

    /// The case of a seed as a person reads it.
    package func text(seed: String) -> String {
        RandomCase(family, seed: seed, function: function, modifier: modifier, windows: windows).description
    }

    /// Runs the case of a seed.
    package mutating func run(seed: String) {
        count += 1
        let randomCase = RandomCase(family, seed: seed, function: function, modifier: modifier, windows: windows)
        switch outcome(randomCase) {
        case .agreed: agreed += 1
        case .refused(let sqlState, let message): unused["refused \(sqlState): \(message)", default: 0] += 1
        case .unknown(let message): unused["unknown: \(message)", default: 0] += 1
        case .differs(let how):
            let simplest = shrunk(randomCase) { candidate in
                if case .differs = outcome(candidate) { true } else { false }
            }
            var difference = how
            if case .differs(let how) = outcome(simplest) { difference = how }
            failures.append(Failure(seed: seed, difference: difference, simplest: simplest))
        }
    }

    /// What the run was about.
    package var name: String {
        ([family.rawValue, function, modifier?.rawValue].compactMap(\.self) + windows.names).joined(separator: " ")
    }

    /// One line: how many agreed, and why others were not used.
    package var summary: String {
        let causes = unused.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8).map { "\($0.value) × \($0.key)" }
        return "\(name): \(agreed) of \(count) agreed, \(failures.count) differ"
            + (causes.isEmpty ? "" : "; \(causes.joined(separator: "; "))")
    }
}

extension RandomRun.Failure: CustomStringConvertible {
    /// The case as a person reads it, and the line with which it becomes a test.
    package var description: String {
        "seed \(seed): \(difference)\n\(simplest.description)\(simplest.json.text)"
    }
}
