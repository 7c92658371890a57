package import LaminarRuntime
import NexmarkQ0
import NexmarkQ1
import NexmarkQ2
import NexmarkTumble

/// The queries of `laminar bench nexmark`. Each is a target of its own, compiled by the plugin as a user's would be.
package enum NexmarkQuery: String, CaseIterable, Sendable {
    case q0, q1, q2
    /// COUNT and SUM by auction in tumbling windows.
    case tumble

    /// The SQL text that every executor compiles.
    package var sql: [UInt8] {
        switch self {
        case .q0: sqlOfQ0
        case .q1: sqlOfQ1
        case .q2: sqlOfQ2
        case .tumble: sqlOfTumble
        }
    }

    /// The pipeline that was compiled ahead of time.
    package func makeCompiledPipeline() -> any RunnablePipeline {
        switch self {
        case .q0: makePipelineOfQ0()
        case .q1: makePipelineOfQ1()
        case .q2: makePipelineOfQ2()
        case .tumble: makePipelineOfTumble()
        }
    }
}
