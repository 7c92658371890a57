/// The queries of `laminar bench nexmark`.
package enum NexmarkQuery: String, CaseIterable, Sendable {
    case q0, q1, q2
    /// COUNT and SUM by auction in tumbling windows.
    case tumble

    /// The SQL text that every executor compiles.
    package var sql: [UInt8] {
        switch self {
        case .q0: PackageResources.q0_sql
        case .q1: PackageResources.q1_sql
        case .q2: PackageResources.q2_sql
        case .tumble: PackageResources.tumble_sql
        }
    }
}
