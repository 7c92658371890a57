/// The pipeline shapes, as the bytes of their files: Swift text with holes that `LaminarSwiftEmitter` fills.
package enum EmbeddedTemplates {
    package static let projectRows = PackageResources.ProjectRows_swift
    package static let passRows = PackageResources.PassRows_swift
    package static let filterRows = PackageResources.FilterRows_swift
    package static let filterRowsFirst = PackageResources.FilterRowsFirst_swift
    package static let source = PackageResources.Source_swift
    package static let sourceWithWatermark = PackageResources.SourceWithWatermark_swift
    package static let sourceChanges = PackageResources.SourceChanges_swift
    package static let transformStageWithWatermark = PackageResources.TransformStageWithWatermark_swift
    package static let transformStage = PackageResources.TransformStage_swift
    package static let aggregateStage = PackageResources.AggregateStage_swift
    package static let joinStage = PackageResources.JoinStage_swift
    package static let unionStage = PackageResources.UnionStage_swift
    package static let unionToSinks = PackageResources.UnionToSinks_swift
    package static let feedbackStage = PackageResources.FeedbackStage_swift
    package static let batchCompletion = PackageResources.BatchCompletion_swift
    package static let heldRows = PackageResources.HeldRows_swift
    package static let valuesStage = PackageResources.ValuesStage_swift
    package static let timedHost = PackageResources.TimedHost_swift
    package static let sourcePartitions = PackageResources.SourcePartitions_swift
    package static let settleSource = PackageResources.SettleSource_swift
    package static let clockedStage = PackageResources.ClockedStage_swift
    package static let globalGroup = PackageResources.GlobalGroup_swift
    package static let sink = PackageResources.Sink_swift
    package static let pipelineHost = PackageResources.PipelineHost_swift
    package static let rowSource = PackageResources.RowSource_swift
    package static let rowsOneByOne = PackageResources.RowsOneByOne_swift
    package static let rowsAsColumns = PackageResources.RowsAsColumns_swift
    package static let projectRow = PackageResources.ProjectRow_swift
    package static let filterRow = PackageResources.FilterRow_swift
    package static let aggregateRow = PackageResources.AggregateRow_swift
    package static let rowHost = PackageResources.RowHost_swift
    package static let batchCallback = PackageResources.BatchCallback_swift
    package static let rejections = PackageResources.Rejections_swift
    package static let typedRejection = PackageResources.TypedRejection_swift
    package static let sinkOfRows = PackageResources.SinkOfRows_swift
}
