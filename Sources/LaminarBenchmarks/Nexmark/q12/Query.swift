package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ12: [UInt8] { PackageResources.q12_sql }

package func makePipelineOfQ12() -> any RunnablePipeline { Q12Pipeline() }
