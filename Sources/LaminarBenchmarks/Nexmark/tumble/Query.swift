package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfTumble: [UInt8] { PackageResources.tumble_sql }

package func makePipelineOfTumble() -> any RunnablePipeline { TumblePipeline() }
