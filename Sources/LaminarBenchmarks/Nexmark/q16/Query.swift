package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ16: [UInt8] { PackageResources.q16_sql }

package func makePipelineOfQ16() -> any RunnablePipeline { Q16Pipeline() }
