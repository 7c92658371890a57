import LaminarPlan
import LaminarSyntax
import LaminarText

/// What reads relations: a view, a sink, or a bare query.
struct Reader {
    /// Nil: a bare query.
    var name: String?
    var reads: Set<String>
    /// The statement, by which its queries are known.
    var statement: Span
}

extension Binder {
    mutating func bindDrop(_ drop: DropSyntax) {
        let dropped = Set(drop.names.map(\.last.text))
        for name in drop.names {
            let key = name.last.text
            guard let relation = relations[key] else {
                if !drop.ifExists { reportMissingRelation(name) }
                continue
            }
            guard relation.isDropped(by: drop.kind) else {
                diagnostics.report(
                    .error, "42809", at: name.span, "\"\(key)\" is not a \(drop.kind.words)",
                    hint: "Write DROP \(relation.kindWords.uppercased()) \(key).")
                continue
            }
            let dependents = readers.filter { reader in
                reader.reads.contains(key) && !(reader.name.map { dropped.contains($0) } ?? false)
            }
            if let first = dependents.first, !drop.isCascade {
                diagnostics.report(
                    .error, "2BP01", at: name.span,
                    "cannot drop \(drop.kind.words) \"\(key)\" because other objects depend on it",
                    hint: "\(first.name.map { "\"\($0)\"" } ?? "A query") reads it. "
                        + "Write DROP ... CASCADE to drop what depends on it too.")
                continue
            }
            remove(key)
            for reader in dependents {
                if let name = reader.name { remove(name) }
                queries.removeAll { $0.statement == reader.statement }
            }
            readers.removeAll { $0.reads.contains(key) }
        }
    }

    private mutating func remove(_ name: String) {
        relations[name] = nil
        queries.removeAll { $0.sink.name == name }
        readers.removeAll { $0.name == name }
    }

    /// Notes what a statement read that declared `name`, or was a query without one.
    mutating func noteReader(_ name: String?, _ statement: Span, _ queriesBefore: Int) {
        for index in queries.indices where index >= queriesBefore { queries[index].statement = statement }
        var reads = readRelations
        for reader in readers {
            if let name = reader.name, reads.contains(name) { reads.formUnion(reader.reads) }
        }
        readRelations = []
        guard !reads.isEmpty else { return }
        readers.append(Reader(name: name, reads: reads, statement: statement))
    }
}

extension Relation {
    fileprivate func isDropped(by kind: ObjectKindSyntax) -> Bool {
        switch self {
        case .source: [.source, .table, .lookupTable].contains(kind)
        case .view: [.stream, .view, .materializedView, .continuousQuery].contains(kind)
        case .sink: kind == .sink
        case .invalid: true
        }
    }

    fileprivate var kindWords: String {
        switch self {
        case .source: "source"
        case .view: "view"
        case .sink: "sink"
        case .invalid: "relation"
        }
    }
}
