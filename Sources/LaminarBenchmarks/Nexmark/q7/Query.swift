package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ7: [UInt8] { PackageResources.q7_sql }

package func makePipelineOfQ7() -> any RunnablePipeline { Q7Pipeline() }
