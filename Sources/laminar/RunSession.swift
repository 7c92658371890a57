import Glibc
import LaminarBinding
import LaminarColumns
import LaminarCompiler
import LaminarFiles
import LaminarInterpreter
import LaminarPlan
import LaminarRuntime
import LaminarText
import LaminarTypes

/// One call of `laminar run`: a compiled file, its inputs and outputs, and the loop between them.
final class RunSession {
    private let options: RunOptions
    private let file: SourceFile
    private let pipeline: InterpretedPipeline
    private let inputs: [RunInput]
    private let outputs: RunOutputs
    private var progress: ProgressLine
    private var reportedFailures = 0
    private var reportedErrors: Set<FileError> = []
    private var hasFailed = false
    private let deadline: UInt64?

    init(_ file: SourceFile, _ options: RunOptions) throws(RunFailure) {
        let started = monotonicNanoseconds()
        self.options = options
        self.file = file
        deadline = options.durationNanoseconds.map { started + $0 }

        let compilation = compile(
            file,
            options: CompilationOptions(
                binding: BindingOptions(isStateStrict: options.isStateStrict),
                substitutions: environment().merging(options.substitutions) { $1 }))
        if compilation.diagnostics.hasErrors { throw RunFailure(compilation.diagnostics, in: file) }
        StandardError.write(compilation.diagnostics.rendered(in: file))
        guard var plan = compilation.plan else { throw RunFailure("the file could not be compiled") }
        // Streams are for those who subscribe to them; here nobody can.
        plan.sinks.removeAll { $0.definition.kind == .stream }
        if plan.sinks.isEmpty {
            throw RunFailure(
                "\(file.name) has no query to run",
                hint: "End the file with a SELECT, or write results with CREATE SINK ... INTO FILE (...).")
        }

        let isStandardError = StandardError.isTerminal
        inputs = try RunInput.open(plan, in: file)
        outputs = try RunOutputs(plan, reading: inputs, in: file)
        progress = ProgressLine(isShown: isStandardError)
        do throws(UnsupportedPlan) {
            let policies = inputs.map { input in
                var policies = input.policies
                policies.groupMemoryBytes = options.groupMemoryBytes
                return policies
            }
            pipeline = try InterpretedPipeline(plan, file: file, policies: policies)
        } catch {
            throw RunFailure(error.sqlState, at: error.span, in: file, error.description, hint: error.hint)
        }
    }

    func run() -> ExitCode {
        pipeline.onOutput = { [unowned self] sink, batch in outputs.write(batch, to: sink) }
        pipeline.onRejectedRow = { [unowned self] in keep($0) }
        for (source, input) in inputs.enumerated() {
            if let count = input.partitionCount { try? pipeline.open(partitions: count, ofSource: source) }
        }
        let isStopped = readInputs()
        if !isStopped {
            // What failed is in `failures`.
            try? pipeline.finish()
            afterPush()
        }
        progress.clear()
        for error in outputs.finish() { report(error) }
        if options.showsStatistics { StandardError.write(statistics()) }
        return hasFailed ? .failure : .success
    }

    // MARK: The loop

    /// Reads all inputs in turn to their ends; true if a signal or the end of the time stopped it.
    ///
    /// A source that its alignment group has paused is not read before the others have come up.
    private func readInputs() -> Bool {
        var active = Array(inputs.indices)
        while !active.isEmpty {
            for source in active where !pipeline.isPaused(source: source) {
                if mustStop { return true }
                let hasOthers = active.contains { !inputs[$0].isStandardInput }
                if !pipeline.isReading(source: source) || !read(inputs[source], source, mayWait: !hasOthers) {
                    active.removeAll { $0 == source }
                }
            }
        }
        return false
    }

    private var mustStop: Bool { StopSignal.isRequested || deadline.map { monotonicNanoseconds() >= $0 } ?? false }

    /// Pushes the next batch of a source; false at its end, or where it failed.
    ///
    /// - Parameter mayWait: whether standard input is waited for, since there is nothing else to do.
    private func read(_ input: RunInput, _ source: Int, mayWait: Bool) -> Bool {
        do throws(FileError) {
            // What the pipeline throws is in `failures` too.
            var hasEnded = false
            switch try input.next(
                mayRead: { isReadable(mayWait: mayWait) },
                watermark: { pipeline.status.sources[source].partitions[$0] })
            {
            case .rows(let partition):
                input.batch.withView { try? pipeline.push(source: source, partition: partition, $0) }
            case .endOfPartition(let partition):
                try? pipeline.advanceWatermark(source: source, partition: partition, to: endOfInput)
            case .end:
                hasEnded = true
                try? pipeline.advanceWatermark(source: source, to: endOfInput)
            case .nothing: return true
            }
            afterPush()
            return !hasEnded
        } catch {
            report(error)
            pipeline.fail(source: source, PipelineError(sqlState: error.sqlState, message: error.message))
            // It has been reported, better than the pipeline could.
            reportedFailures = pipeline.failures.count
            return false
        }
    }

    /// Reports what has failed since the last push, writes out what is due, shows where the run stands.
    private func afterPush() {
        for (sinks, error) in outputs.takeFailures() {
            report(error)
            for sink in sinks {
                pipeline.fail(sink: sink, PipelineError(sqlState: error.sqlState, message: error.message))
            }
            reportedFailures = pipeline.failures.count
        }
        while reportedFailures < pipeline.failures.count {
            report(pipeline.failures[reportedFailures])
            reportedFailures += 1
        }
        if outputs.isTerminal { progress.clear() }
        outputs.flushIfDue()
        progress.update(rows: inputs.reduce(0) { $0 + $1.rowCount }, watermark: watermark)
    }

    /// The least watermark of the sources that have one; nil before that.
    private var watermark: Int64? {
        let watermarks = inputs.indices.map { pipeline.watermark(ofSource: $0) }
        return watermarks.filter { $0 != noWatermark && $0 != endOfInput }.min()
    }

    /// Whether standard input has bytes, or has ended; waits for it if it may, until the run must stop.
    private func isReadable(mayWait: Bool) -> Bool {
        if mayWait {
            outputs.flush()
            afterPush()
        }
        while true {
            if mustStop { return false }
            var timeout: Int32 = mayWait ? -1 : 0
            if let deadline, mayWait {
                timeout = Int32(min((deadline - min(deadline, monotonicNanoseconds())) / 1_000_000 + 1, 1 << 30))
            }
            if mayWait, let due = pipeline.nextTimer {
                let wait = Int32(clamping: max(0, due - pipeline.clock.now()) / 1000 + 1)
                timeout = timeout < 0 ? wait : min(timeout, wait)
            }
            var descriptors = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: StopSignal.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&descriptors, nfds_t(descriptors.count), timeout)
            if mustStop { return false }
            if count > 0, descriptors[0].revents != 0 { return true }
            if !mayWait { return false }
            // What fails is in `failures`.
            try? pipeline.advanceClock()
            outputs.flush()
            afterPush()
        }
    }

    // MARK: Messages

    private func report(_ error: FileError) {
        hasFailed = true
        // Several queries may have lost the same standard output.
        if error.record == nil, !reportedErrors.insert(error).inserted { return }
        progress.clear()
        StandardError.write(text(of: error))
    }

    /// Writes a row that a query has not taken to the dead letters of its source; one that was made of several sources' rows
    /// to those of the first.
    private func keep(_ row: RejectedRow) {
        guard let index = row.source ?? inputs.firstIndex(where: \.source.keepsRejectedRows), let error = row.error
        else { return }
        do throws(FileError) {
            try inputs[index].current.reject(
                row: row.row, sqlState: error.sqlState, reason: error.message, query: row.stage, place: error.place)
        } catch {
            report(error)
        }
    }

    /// A failed evaluation: its place in the SQL, and the record it was evaluated for.
    private func report(_ failure: InterpretedPipeline.QueryFailure) {
        hasFailed = true
        progress.clear()
        let error = failure.error
        var message = Diagnostic(.error, error.sqlState, at: failure.span, error.message).rendered(in: file)
        if let source = error.source, let row = error.row, let place = inputs[source].current.place(ofRow: row) {
            message += "\(place): note: in the row of this record\n"
        }
        StandardError.write(message)
    }

    // MARK: Statistics

    private func statistics() -> String {
        var table = AlignedTable(
            names: ["", "name", "rows in", "rows out", "late", "null time", "errors", "rejected"],
            alignsRight: [false, false, true, true, true, true, true, true])
        var rows: [[String]] = []
        var source = 0
        for node in pipeline.nodeCounters {
            let counters = node.counters
            var rejected = ""
            if node.kind == .source {
                rejected = String(inputs[source].rejectedRecordCount)
                source += 1
            }
            rows.append(
                [
                    node.kind.rawValue, node.name, String(counters.rowsIn), String(counters.rowsOut),
                    String(counters.lateRows), String(counters.nullEventTimes), String(counters.evaluationErrors),
                    rejected,
                ])
        }
        return table.text(rows) + unmatchedStatistics() + watermarkStatistics()
    }

    /// Rows that were taken back and were not there.
    private func unmatchedStatistics() -> String {
        pipeline.nodeCounters.filter { $0.counters.unmatchedRetractions > 0 }.map {
            "\($0.kind.rawValue) \($0.name): rows taken back that were not there: \($0.counters.unmatchedRetractions)\n"
        }.joined()
    }

    /// What is to be said of the sources' watermarks: idleness, times that did not count, and who waits for whom.
    private func watermarkStatistics() -> String {
        var lines = ""
        let status = pipeline.status
        for source in status.sources {
            var facts: [String] = []
            if source.idlePartitions > 0 {
                let partitions = source.partitions.count
                facts.append(partitions == 1 ? "idle" : "\(source.idlePartitions) of \(partitions) partitions idle")
            }
            if source.futureRows > 0 { facts.append("rows too far ahead of the clock: \(source.futureRows)") }
            if source.rowsAhead > 0 { facts.append("rows too far ahead of the alignment group: \(source.rowsAhead)") }
            if source.refusedWatermarks > 0 { facts.append("watermarks refused: \(source.refusedWatermarks)") }
            if !facts.isEmpty { lines += "source \(source.name): \(facts.joined(separator: ", "))\n" }
        }
        for stage in status.stages {
            guard let source = stage.waitsFor else { continue }
            lines += "\(stage.name): waiting for source \(status.sources[source].name)\n"
        }
        return lines
    }
}

/// `path:line:column: error: message [SQLSTATE]` for a record, `laminar run: error: message [SQLSTATE]` for a file.
func text(of error: FileError) -> String {
    let hint = error.hint.map { "    hint: \($0)\n" } ?? ""
    guard let record = error.record else {
        return "laminar run: error: \(error.message) [\(error.sqlState)]\n" + hint
    }
    let name = error.path == "-" ? "standard input" : error.path
    return "\(name):\(record.line):\(record.column): error: \(record.message) [\(record.sqlState)]\n" + hint
}

/// The environment variables.
private func environment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let assignment = String(cString: text)
        if let equals = assignment.firstIndex(of: "=") {
            variables[String(assignment[..<equals])] = String(assignment[assignment.index(after: equals)...])
        }
        entry += 1
    }
    return variables
}
