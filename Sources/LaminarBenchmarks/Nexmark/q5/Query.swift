package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ5: [UInt8] { PackageResources.q5_sql }

package func makePipelineOfQ5() -> any RunnablePipeline { Q5Pipeline() }
