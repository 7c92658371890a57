package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ21: [UInt8] { PackageResources.q21_sql }

package func makePipelineOfQ21() -> any RunnablePipeline { Q21Pipeline() }
