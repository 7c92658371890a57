package import LaminarRuntime

/// The queries of `laminar bench joins`.
package enum JoinQuery: String, CaseIterable, Sendable {
    /// Rows of one key that are at most a second apart.
    case interval
    /// Each row with the last one of its key on the other side, at most a second older.
    case asof

    package func makeCompiledPipeline() -> any RunnablePipeline {
        switch self {
        case .interval: IntervalPipeline()
        case .asof: AsofPipeline()
        }
    }

    /// The SQL as it was compiled, for the executors that compile it themselves.
    package var sql: [UInt8] {
        switch self {
        case .interval: PackageResources.interval_sql
        case .asof: PackageResources.asof_sql
        }
    }
}
