package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ4: [UInt8] { PackageResources.q4_sql }

package func makePipelineOfQ4() -> any RunnablePipeline { Q4Pipeline() }
