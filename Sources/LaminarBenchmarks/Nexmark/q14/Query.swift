package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ14: [UInt8] { PackageResources.q14_sql }

package func makePipelineOfQ14() -> any RunnablePipeline { Q14Pipeline() }
