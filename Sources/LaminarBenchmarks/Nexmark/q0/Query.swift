package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ0: [UInt8] { PackageResources.q0_sql }

package func makePipelineOfQ0() -> any RunnablePipeline { Q0Pipeline() }
