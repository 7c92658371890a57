package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfQ3: [UInt8] { PackageResources.q3_sql }

package func makePipelineOfQ3() -> any RunnablePipeline { Q3Pipeline() }
