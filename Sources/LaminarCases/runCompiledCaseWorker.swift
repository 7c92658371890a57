import Glibc
public import LaminarRuntime

/// The main function of a package of compiled cases: answers cases on standard input as `laminar test` asks for it.
///
/// - Parameter pipelines: what makes the pipeline of each case, by the key that `laminar test` gave it.
public func runCompiledCaseWorker(_ pipelines: [String: () -> any RunnablePipeline]) {
    signal(SIGPIPE, SIG_IGN)
    var configurations: [CaseConfiguration] = []
    for argument in CommandLine.arguments.dropFirst() {
        guard let configuration = CaseConfiguration(argument: argument) else {
            _ = writeFully(Array("'\(argument)' is no configuration\n".utf8), to: STDERR_FILENO)
            exit(2)
        }
        configurations.append(configuration)
    }
    let executor = CaseExecutor { (planned) throws(CaseError) in
        guard let make = pipelines[planned.testCase.key] else { throw .unsupported("the compiled form of this case") }
        return make()
    }
    runCaseWorker(executor, configurations)
}
