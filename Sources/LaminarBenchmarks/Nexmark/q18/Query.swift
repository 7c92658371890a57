package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ18: [UInt8] { PackageResources.q18_sql }

package func makePipelineOfQ18() -> any RunnablePipeline { Q18Pipeline() }
