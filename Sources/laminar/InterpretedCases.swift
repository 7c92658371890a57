import LaminarCases

extension CaseExecutor {
    /// Compiles each case and runs its plan with the interpreter.
    static var interpreter: CaseExecutor {
        CaseExecutor { (testCase) throws(CaseError) in
            try planCase(testCase)
        } makePipeline: { (_, _) throws(CaseError) in
            throw .unsupported("the interpreter")
        }
    }
}
