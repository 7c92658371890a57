package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ9: [UInt8] { PackageResources.q9_sql }

package func makePipelineOfQ9() -> any RunnablePipeline { Q9Pipeline() }
