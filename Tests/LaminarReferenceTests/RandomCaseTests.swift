import Foundation
import LaminarCases
import LaminarInterpreter
import LaminarReference
import LaminarRuntime
import Testing

/// Random queries over random rows, run by the interpreter, against a naive evaluation of the logical plan.
///
/// `LAMINAR_RANDOM_CASES` sets the number of cases of each family (and, from 1,000 on, of each aggregate function);
/// `LAMINAR_RANDOM_SEED` shifts the seeds.
@Suite struct RandomCaseTests {
    @Test(arguments: RandomFamily.allCases)
    func `random queries give what the reference says`(family: RandomFamily) {
        check(family, count: caseCount ?? 100)
    }

    /// Tumbling, hopping, sliding, cumulating and session windows under each EMIT clause, with and without lateness, over
    /// rows that are taken back too and over two sources.
    @Test(arguments: RandomWindow.allCases, RandomEmission.allCases)
    func `random windows give what the reference says under each EMIT clause`(
        window: RandomWindow, emission: RandomEmission
    ) {
        check(.windows, windows: WindowChoice(window: window, emission: emission), count: caseCount ?? 12)
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

private func makePipeline(_ planned: PlannedCase) throws(CaseError) -> any RunnablePipeline {
    do throws(UnsupportedPlan) {
        return try InterpretedPipeline(planned.plan, file: planned.file)
    } catch {
        throw CaseError("0A000", error.description)
    }
}

private func outcome(_ testCase: TestCase) -> ReferenceOutcome {
    ReferenceCheck(testCase, makePipeline: makePipeline).outcome(RandomRun.configurations)
}

private func check(
    _ family: RandomFamily, function: String? = nil, windows: WindowChoice = WindowChoice(), count: Int
) {
    var run = RandomRun(family, function: function, windows: windows, makePipeline: makePipeline)
    for seed in firstSeed..<firstSeed + count {
        let before = run.failures.count
        run.run(seed: String(seed))
        if run.failures.count > before, let failure = run.failures.last { Issue.record("\(run.name) \(failure)") }
        if run.failures.count == 5 { return }
    }
    print(run.summary)
    // A generator whose queries are refused tests nothing.
    #expect(run.agreed * 10 >= count * 8, "\(run.summary)")
}
