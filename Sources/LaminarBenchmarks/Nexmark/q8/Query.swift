package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ8: [UInt8] { PackageResources.q8_sql }

package func makePipelineOfQ8() -> any RunnablePipeline { Q8Pipeline() }
