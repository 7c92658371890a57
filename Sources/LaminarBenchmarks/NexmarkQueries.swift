package import LaminarRuntime
import NexmarkQ0
import NexmarkQ1
import NexmarkQ11
import NexmarkQ12
import NexmarkQ14
import NexmarkQ15
import NexmarkQ16
import NexmarkQ17
import NexmarkQ18
import NexmarkQ19
import NexmarkQ2
import NexmarkQ20
import NexmarkQ21
import NexmarkQ22
import NexmarkQ3
import NexmarkQ4
import NexmarkQ5
import NexmarkQ7
import NexmarkQ8
import NexmarkQ9
import NexmarkTumble

/// The queries of `laminar bench nexmark`. Each is a target of its own, compiled by the plugin as a user's would be.
package enum NexmarkQuery: String, CaseIterable, Sendable {
    case q0, q1, q2, q3, q4, q5, q7, q8, q9, q11, q12, q14, q15, q16, q17, q18, q19, q20, q21, q22
    /// COUNT and SUM by auction in tumbling windows.
    case tumble

    /// Whether bids are all that it reads.
    package var readsBidsOnly: Bool { ![.q3, .q4, .q8, .q9, .q20].contains(self) }

    /// Whether its windows are of processing time.
    package var readsClock: Bool { self == .q12 }

    /// The SQL text that every executor compiles.
    package var sql: [UInt8] {
        switch self {
        case .q0: sqlOfQ0
        case .q1: sqlOfQ1
        case .q2: sqlOfQ2
        case .q3: sqlOfQ3
        case .q4: sqlOfQ4
        case .q5: sqlOfQ5
        case .q7: sqlOfQ7
        case .q8: sqlOfQ8
        case .q9: sqlOfQ9
        case .q11: sqlOfQ11
        case .q12: sqlOfQ12
        case .q14: sqlOfQ14
        case .q15: sqlOfQ15
        case .q16: sqlOfQ16
        case .q17: sqlOfQ17
        case .q18: sqlOfQ18
        case .q19: sqlOfQ19
        case .q20: sqlOfQ20
        case .q21: sqlOfQ21
        case .q22: sqlOfQ22
        case .tumble: sqlOfTumble
        }
    }

    /// The pipeline that was compiled ahead of time.
    package func makeCompiledPipeline() -> any RunnablePipeline {
        switch self {
        case .q0: makePipelineOfQ0()
        case .q1: makePipelineOfQ1()
        case .q2: makePipelineOfQ2()
        case .q3: makePipelineOfQ3()
        case .q4: makePipelineOfQ4()
        case .q5: makePipelineOfQ5()
        case .q7: makePipelineOfQ7()
        case .q8: makePipelineOfQ8()
        case .q9: makePipelineOfQ9()
        case .q11: makePipelineOfQ11()
        case .q12: makePipelineOfQ12()
        case .q14: makePipelineOfQ14()
        case .q15: makePipelineOfQ15()
        case .q16: makePipelineOfQ16()
        case .q17: makePipelineOfQ17()
        case .q18: makePipelineOfQ18()
        case .q19: makePipelineOfQ19()
        case .q20: makePipelineOfQ20()
        case .q21: makePipelineOfQ21()
        case .q22: makePipelineOfQ22()
        case .tumble: makePipelineOfTumble()
        }
    }
}
