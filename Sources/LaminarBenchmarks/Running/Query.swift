package import LaminarRuntime

/// The SQL as it was compiled, for the executors that compile it themselves.
package var sqlOfPayments: [UInt8] { PackageResources.payments_sql }
package var sqlOfChanges: [UInt8] { PackageResources.changes_sql }

package func makePipelineOfPayments() -> any RunnablePipeline { PaymentsPipeline() }
package func makePipelineOfChanges() -> any RunnablePipeline { ChangesPipeline() }
