import LaminarCases
import LaminarInterpreter
import LaminarRuntime

extension CaseExecutor {
    /// Runs plans with the interpreter.
    static var interpreter: CaseExecutor {
        CaseExecutor { (planned) throws(CaseError) in
            do throws(UnsupportedPlan) {
                return try InterpretedPipeline(planned.plan, file: planned.file)
            } catch {
                throw CaseError("0A000", error.description)
            }
        }
    }
}
