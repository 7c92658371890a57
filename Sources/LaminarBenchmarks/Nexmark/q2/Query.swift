package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ2: [UInt8] { PackageResources.q2_sql }

package func makePipelineOfQ2() -> any RunnablePipeline { Q2Pipeline() }
