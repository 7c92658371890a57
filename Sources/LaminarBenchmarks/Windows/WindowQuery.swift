package import LaminarRuntime

/// The queries of `laminar bench windows`.
package enum WindowQuery: String, CaseIterable, Sendable {
    /// COUNT, SUM and AVG by key in tumbling windows, over input that is in order.
    case tumbling
    /// The same with a watermark a minute behind.
    case disordered
    /// COUNT and SUM by key in sessions.
    case sessions

    package func makeCompiledPipeline() -> any RunnablePipeline {
        switch self {
        case .tumbling: TumblingPipeline()
        case .disordered: DisorderedPipeline()
        case .sessions: SessionsPipeline()
        }
    }

    /// The SQL as it was compiled, for the executors that compile it themselves.
    package var sql: [UInt8] {
        switch self {
        case .tumbling: PackageResources.tumbling_sql
        case .disordered: PackageResources.disordered_sql
        case .sessions: PackageResources.sessions_sql
        }
    }
}
