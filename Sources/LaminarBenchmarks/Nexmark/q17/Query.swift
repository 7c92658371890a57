package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ17: [UInt8] { PackageResources.q17_sql }

package func makePipelineOfQ17() -> any RunnablePipeline { Q17Pipeline() }
