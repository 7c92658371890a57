import LaminarCases
import LaminarInterpreter

extension CaseExecutor {
    /// Compiles each case and runs its plan with the interpreter.
    static var interpreter: CaseExecutor {
        CaseExecutor { (testCase) throws(CaseError) in
            try planCase(testCase)
        } makePipeline: { (_, plan) throws(CaseError) in
            do throws(UnsupportedPlan) {
                return try InterpretedPipeline(plan)
            } catch {
                throw .unsupported(error.what)
            }
        }
    }
}
