public import LaminarPlan
public import LaminarText
public import LaminarTypes

/// The contents of `laminar.lock`: what the pipelines of a package keep as state, file by file.
///
/// It is committed, so that a build sees whether checkpoints made since can still be read.
public struct StateLock: Equatable, Sendable {
    /// By the file's path from the lock's folder.
    public var layouts: [String: StateLayout]

    public init() { layouts = [:] }

    private static let header = """
        # What running pipelines keep as state, as of the last "laminar-compile lock". Commit this file: a build fails that
        # could not read such state any more. If that is meant, run "laminar-compile lock --accept".

        """

    /// Files in order of their names; the same layouts give the same bytes.
    public var text: String {
        layouts.sorted { $0.key < $1.key }.reduce(Self.header) { text, entry in
            text + "\nfile \(entry.key)\nfingerprint \(entry.value.fingerprint)\n"
                + (entry.value.description.isEmpty ? "" : entry.value.description + "\n")
        }
    }

    /// The lock that `text` gave; nil for other texts, such as one with a conflict of versions in it.
    public init?(_ text: String) {
        layouts = [:]
        var name: String?
        var lines: [Substring] = []
        func layout() -> StateLayout? {
            guard let first = lines.first, first.hasPrefix("fingerprint "),
                let layout = StateLayout(lines.dropFirst().joined(separator: "\n")),
                first.dropFirst("fingerprint ".count) == layout.fingerprint
            else { return nil }
            return layout
        }
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            if line.hasPrefix("file ") {
                if let name {
                    guard let layout = layout() else { return nil }
                    layouts[name] = layout
                }
                name = String(line.dropFirst("file ".count))
                lines = []
            } else {
                if name == nil { return nil }
                lines.append(line)
            }
        }
        if let name {
            guard let layout = layout() else { return nil }
            layouts[name] = layout
        }
    }

    /// Reports where a plan could not read the state that is locked under `name`.
    ///
    /// - Parameter hintName: the file as a command would name it.
    public func check(_ plan: PipelinePlan, as name: String, hintName: String, _ diagnostics: inout Diagnostics) {
        guard let old = layouts[name] else { return }
        let now = plan.stateLayout
        if now == old { return }
        let operators = plan.stateOperators
        let changes = now.incompatibilities(with: old)
        for change in changes {
            let span = operators.first { $0.layout.query == change.query && !$0.layout.isTransient }?.span
            let query = change.query.map { "query \"\($0)\"" } ?? "this file"
            diagnostics.report(
                .error, "55L01", at: span ?? Span(0, 0),
                "checkpoints of \(query) could not be read any more: \(change.change)",
                hint: "Undo the change, or give up that state with \"laminar-compile lock --accept \(hintName)\".")
        }
        if changes.isEmpty {
            for query in now.queriesGone(since: old) {
                diagnostics.report(
                    .warning, "01L02", at: Span(0, 0), "query \"\(query)\" is gone, and with it its state in checkpoints",
                    hint: "A query that is given another name starts with nothing.")
            }
            diagnostics.report(
                .warning, "01L02", at: operators.first?.span ?? Span(0, 0),
                "the state differs from laminar.lock; that of older checkpoints is converted when it is restored",
                hint: "Record it with \"laminar-compile lock \(hintName)\".")
        }
    }
}
