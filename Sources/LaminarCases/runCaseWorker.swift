import Glibc
package import LaminarRuntime

/// What runs cases.
package struct CaseExecutor {
    /// A pipeline of a case's plan that has seen nothing.
    package var makePipeline: (PlannedCase) throws(CaseError) -> any RunnablePipeline

    package init(makePipeline: @escaping (PlannedCase) throws(CaseError) -> any RunnablePipeline) {
        self.makePipeline = makePipeline
    }

    /// Compiles a case, runs it under each configuration and judges it.
    package func run(
        _ testCase: TestCase, _ configurations: [CaseConfiguration], _ report: (CaseSupervisor.Outcome) -> Void
    ) {
        func judge(_ observation: CaseObservation) {
            report(
                CaseSupervisor.Outcome(
                    verdict: CaseVerdict(of: testCase, observation), result: observation.result(of: testCase)))
        }
        do throws(CaseError) {
            let planned = try planCase(testCase)
            let makePipeline = makePipeline
            let driver = CaseDriver(testCase, plan: planned.plan) { () throws(CaseError) in try makePipeline(planned) }
            for configuration in configurations { judge(driver.run(configuration)) }
        } catch {
            let observation = CaseObservation.error(sqlState: error.sqlState, message: error.message)
            for _ in configurations { judge(observation) }
        }
    }
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
        executor.run(testCase, configurations) { outcome in
            if !writeFully(Array((outcome.line + "\n").utf8), to: STDOUT_FILENO) { exit(1) }
        }
    }
}
