package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ19: [UInt8] { PackageResources.q19_sql }

package func makePipelineOfQ19() -> any RunnablePipeline { Q19Pipeline() }
