package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ1: [UInt8] { PackageResources.q1_sql }

package func makePipelineOfQ1() -> any RunnablePipeline { Q1Pipeline() }
