package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ20: [UInt8] { PackageResources.q20_sql }

package func makePipelineOfQ20() -> any RunnablePipeline { Q20Pipeline() }
