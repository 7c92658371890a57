package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ22: [UInt8] { PackageResources.q22_sql }

package func makePipelineOfQ22() -> any RunnablePipeline { Q22Pipeline() }
