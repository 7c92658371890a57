package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ11: [UInt8] { PackageResources.q11_sql }

package func makePipelineOfQ11() -> any RunnablePipeline { Q11Pipeline() }
