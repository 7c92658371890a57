import Glibc
package import LaminarPlan
package import LaminarRuntime

/// What an executor needs to run cases.
package struct CaseExecutor {
    /// The plan of a case, or why there is none.
    package var plan: (TestCase) throws(CaseError) -> PipelinePlan
    /// A pipeline of a plan that has seen nothing.
    package var makePipeline: (TestCase, PipelinePlan) throws(CaseError) -> any RunnablePipeline

    package init(
        plan: @escaping (TestCase) throws(CaseError) -> PipelinePlan,
        makePipeline: @escaping (TestCase, PipelinePlan) throws(CaseError) -> any RunnablePipeline
    ) {
        self.plan = plan
        self.makePipeline = makePipeline
    }

    /// Runs a case under one configuration and judges it.
    package func outcome(of testCase: TestCase, _ configuration: CaseConfiguration) -> CaseSupervisor.Outcome {
        let observation: CaseObservation
        do throws(CaseError) {
            let plan = try plan(testCase)
            let makePipeline = makePipeline
            let driver = CaseDriver(testCase, plan: plan) { () throws(CaseError) in try makePipeline(testCase, plan) }
            observation = driver.run(configuration)
        } catch {
            observation = .error(sqlState: error.sqlState, message: error.message)
        }
        return CaseSupervisor.Outcome(
            verdict: CaseVerdict(of: testCase, observation), result: observation.result(of: testCase))
    }
}

/// The name that stands for a case in generated code: the same for the same text, wherever it lies.
package func caseKey(of text: some StringProtocol) -> String {
    var generator = SeededGenerator(String(text))
    let digits = String(generator.next(), radix: 16)
    return "case_" + String(repeating: "0", count: 16 - digits.count) + digits
}

/// Answers each case on standard input with a line per configuration on standard output, until the input ends.
package func runCaseWorker(_ executor: CaseExecutor, _ configurations: [CaseConfiguration]) {
    while let line = readLine(strippingNewline: true) {
        let testCase: TestCase
        do {
            testCase = try TestCase(json: JSONValue(parsing: line))
        } catch {
            _ = writeFully(Array("not a case: \(error)\n".utf8), to: STDERR_FILENO)
            exit(1)
        }
        for configuration in configurations {
            let outcome = executor.outcome(of: testCase, configuration)
            if !writeFully(Array((outcome.line + "\n").utf8), to: STDOUT_FILENO) { exit(1) }
        }
    }
}
