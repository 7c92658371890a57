import Foundation
import LaminarCases
import LaminarInterpreter
import LaminarReference
import Testing

/// Random queries over random rows, run by the interpreter, against a naive evaluation of the logical plan.
///
/// `LAMINAR_RANDOM_CASES` sets the number of cases of each family (and, from 1,000 on, of each aggregate function);
/// `LAMINAR_RANDOM_SEED` shifts the seeds.
@Suite struct RandomCaseTests {
    @Test(arguments: RandomFamily.allCases)
    func `random queries give what the reference says`(family: RandomFamily) {
        check(family, function: nil, count: caseCount ?? 150)
    }

    /// Each aggregate function, with all of its modifiers, over insertions and over deletions.
    @Test(.enabled(if: (caseCount ?? 0) >= 1000), arguments: AggregateFunctions.names)
    func `random calls of an aggregate give what the reference says`(function: String) {
        for family in [RandomFamily.aggregates, .retraction] {
            check(family, function: function, count: (caseCount ?? 0) / 2)
        }
    }

    @Test(arguments: foundCases)
    func `cases that once failed agree`(found: CaseFile.Entry) throws {
        #expect(outcome(try TestCase(json: JSONValue(parsing: found.text))) == .agreed)
    }
}

/// Shrunk cases, a file for each kind of operator; a failure prints the line to add.
private let foundCases: [CaseFile.Entry] = {
    let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Found"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().flatMap { (try? CaseFile(path: "\(folder)/\($0)").entries) ?? [] }
}()

extension CaseFile.Entry: CustomTestStringConvertible {
    public var testDescription: String { id }
}

private let environment = ProcessInfo.processInfo.environment
private let caseCount = environment["LAMINAR_RANDOM_CASES"].flatMap { Int($0) }
private let firstSeed = environment["LAMINAR_RANDOM_SEED"].flatMap { Int($0) } ?? 0

private let configurations = [
    CaseConfiguration(batching: .rows(1)), CaseConfiguration(batching: .all),
    CaseConfiguration(batching: .random, restore: .random),
]

private func outcome(_ randomCase: RandomCase) -> ReferenceOutcome {
    guard let testCase = try? randomCase.testCase else { return .unknown("no case") }
    return outcome(testCase)
}

private func outcome(_ testCase: TestCase) -> ReferenceOutcome {
    ReferenceCheck(testCase) { (planned) throws(CaseError) in
        do throws(UnsupportedPlan) {
            return try InterpretedPipeline(planned.plan, file: planned.file)
        } catch {
            throw CaseError("0A000", error.description)
        }
    }.outcome(configurations)
}

private func check(_ family: RandomFamily, function: String?, count: Int) {
    var agreed = 0
    var unused: [String: Int] = [:]
    var failures = 0
    for seed in firstSeed..<firstSeed + count {
        let randomCase = RandomCase(family, seed: String(seed), function: function)
        switch outcome(randomCase) {
        case .agreed: agreed += 1
        case .refused(let sqlState, let message): unused["refused \(sqlState): \(message)", default: 0] += 1
        case .unknown(let message): unused["unknown: \(message)", default: 0] += 1
        case .differs(let how):
            failures += 1
            let small = shrunk(randomCase) { candidate in
                if case .differs = outcome(candidate) { true } else { false }
            }
            var what = how
            if case .differs(let how) = outcome(small) { what = how }
            Issue.record("\(family) \(function ?? "") seed \(seed): \(what)\n\(small.description)\(small.json.text)")
            if failures == 5 { return }
        }
    }
    print("\(family) \(function ?? ""): \(agreed) of \(count) agreed; \(unused.sorted { $0.value > $1.value }.prefix(8))")
    // A generator whose queries are refused tests nothing.
    #expect(agreed * 10 >= count * 8, "\(family) \(function ?? ""): \(unused)")
}
