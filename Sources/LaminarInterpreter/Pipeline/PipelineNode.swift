import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText

/// Why a stage stopped: the error as the host sees it, and the SQL text that it is about.
struct StageFailure: Error {
    var error: PipelineError
    var span: Span
}

/// A source, stage or sink of a running plan: takes batches, hands batches on to its consumers.
///
/// Nodes call each other as batches go through them, once a chunk; rows never see a node. A batch is borrowed for the
/// call. A node that fails stops, and so do the nodes that depend on it; all others go on.
class PipelineNode {
    struct Consumer {
        let node: PipelineNode
        /// Which of its inputs this is.
        let port: Int
    }

    struct Producer {
        unowned let node: PipelineNode
    }

    let name: String
    var consumers: [Consumer] = []
    /// The nodes whose rows it takes, by port; they own this one.
    private(set) var producers: [Producer] = []
    /// Whether the node and something that can still come out of it are running.
    var isLive = true
    /// Whether some consumer reads watermark steps.
    var needsSteps = false
    var hasFailed = false
    /// Called with the failure of a consumer that has just stopped.
    var onFailure: (PipelineNode, StageFailure) -> Void = { _, _ in }
    /// What becomes of rows that cannot be processed.
    var policies = RowPolicies()
    /// Called with each row that a consumer has kept out of its query, which is not its own fault.
    var onRejection: (PipelineNode, DivertedRow, (source: Int, row: Int)?) -> Void = { _, _, _ in }

    init(name: String) { self.name = name }

    func connect(_ producer: PipelineNode) {
        producer.consumers.append(Consumer(node: self, port: producers.count))
        producers.append(Producer(node: producer))
    }

    /// What came in and out since the start, or since the snapshot that was restored.
    var counters: OperatorCounters { OperatorCounters() }

    /// Rows of the last batch that a policy kept out, by their place in it.
    var diverted: [DivertedRow] { [] }

    /// The SQL text that an error of a diverted row is about.
    func span(of error: PipelineError) -> Span { .none }

    /// Whether the node itself reads the steps of its input.
    var readsSteps: Bool { needsSteps }

    /// What rows have raised the watermark to, where the node reads it off the rows themselves.
    var rowsWatermark: Int64? { nil }

    /// Before the first batch: rows that are there from the start.
    func begin() throws(StageFailure) {}

    /// Does what is due at a time of the clock.
    func tick(at now: Int64) throws(StageFailure) {}

    /// Hands on what is held back until a batch has been processed; false if there is nothing.
    func release() throws(StageFailure) -> Bool { false }

    /// When the clock makes something due here next.
    var nextTimer: Int64? { nil }

    /// Takes a batch of the input with this number.
    func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        preconditionFailure("A \(type(of: self)) takes no rows.")
    }

    /// The row of the pushed batch from which an output row that is being handed on was made; nil: from none alone.
    func sourceRow(of row: Int) -> (source: Int, row: Int)? { nil }

    func encode(to writer: inout StateWriter) {}
    func restore(from reader: inout StateReader) throws(StateError) {}

    /// Hands a batch to every consumer that still runs.
    final func forward(_ batch: BatchView) {
        for consumer in consumers where consumer.node.isLive {
            do throws(StageFailure) {
                try consumer.node.receive(batch, port: consumer.port)
            } catch {
                var failure = error
                if failure.error.source == nil, let row = failure.error.row {
                    let origin = sourceRow(of: row)
                    failure.error.source = origin?.source
                    failure.error.row = origin?.row
                }
                onFailure(consumer.node, failure)
            }
            if consumer.node.policies.divertsRows { reject(consumer.node) }
        }
    }

    /// Reports the rows of the batch just handed on that a consumer has kept out.
    private func reject(_ consumer: PipelineNode) {
        for row in consumer.diverted where row.reason != .late || consumer.policies.lateRow == .divert {
            onRejection(consumer, row, sourceRow(of: row.row))
        }
    }

    /// Hands on what an operator has produced, and empties it.
    final func forward(_ output: ColumnBatch) {
        if output.rowCount > 0 || !output.steps.isEmpty { output.withView { forward($0) } }
        output.clear()
    }
}

extension OperatorCounters {
    func encode(to writer: inout StateWriter) {
        for value in [rowsIn, rowsOut, lateRows, nullEventTimes, evaluationErrors, unmatchedRetractions] {
            writer.write(value)
        }
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        rowsIn = try reader.readInteger(Int64.self)
        rowsOut = try reader.readInteger(Int64.self)
        lateRows = try reader.readInteger(Int64.self)
        nullEventTimes = try reader.readInteger(Int64.self)
        evaluationErrors = try reader.readInteger(Int64.self)
        unmatchedRetractions = try reader.readInteger(Int64.self)
    }
}
