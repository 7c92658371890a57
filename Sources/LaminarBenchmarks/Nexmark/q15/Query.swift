package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ15: [UInt8] { PackageResources.q15_sql }

package func makePipelineOfQ15() -> any RunnablePipeline { Q15Pipeline() }
