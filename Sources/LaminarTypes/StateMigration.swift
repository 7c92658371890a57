/// How state of one layout is read as state of another.
package struct StateMigration: Sendable {
    /// For each source its position in the old layout; nil: new.
    package var sources: [Int?]
    /// For each old source how many parts its watermark had; 0: it was of one piece.
    package var oldPartitions: [Int]
    /// For each operator its position in the old layout; nil: it starts empty.
    package var operators: [Int?]
    /// For each operator how its tables are read.
    package var tables: [Tables]

    package struct Tables: Sendable {
        package var groups: Groups?
        package var rows: [Rows]
    }

    package struct Rows: Sendable {
        /// The columns as they were written.
        package var types: [PhysicalType]
        /// For each column its position among those; nil: NULL.
        package var sources: [Int?]
    }

    package struct Groups: Sendable {
        /// The keys as they were written.
        package var keys: [(type: PhysicalType, isNullable: Bool)]
        /// For each key its position among those.
        package var keySources: [Int]
        /// For each key whether a flag stands before its value.
        package var keyFlags: [Bool]
        /// For each value where it was, where it is, and its size.
        package var values: [(from: Int, to: Int, size: Int)]
        /// The new positions of the values in the order in which they were written.
        package var writtenOrder: [Int]
        /// The same for the values with a table of what was seen, counted among themselves.
        package var writtenDistinct: [Int]
        package var recordBytes: Int

        /// Whether the bytes are what they were.
        package var isIdentity: Bool {
            keySources == Array(keySources.indices) && keys.map(\.isNullable) == keyFlags
                && values.allSatisfy { $0.from == $0.to } && writtenOrder == Array(writtenOrder.indices)
        }
    }
}

/// A change after which state cannot be read.
public struct StateIncompatibility: Error, Hashable, Sendable {
    /// The query whose state it is; nil: the pipeline's.
    public var query: String?
    /// What changed: `the key channel was text and is integer`.
    public var change: String

    public init(query: String?, _ change: String) {
        self.query = query
        self.change = change
    }
}

extension StateLayout {
    /// The changes that make state of `old` unreadable under this layout; none where it can be read.
    public func incompatibilities(with old: StateLayout) -> [StateIncompatibility] {
        var found: [StateIncompatibility] = []
        _ = migration(from: old, &found)
        return found
    }

    /// How state of `old` is read; nil where it cannot be.
    package func migration(from old: StateLayout) -> StateMigration? {
        var found: [StateIncompatibility] = []
        let migration = migration(from: old, &found)
        return found.isEmpty ? migration : nil
    }

    private func migration(from old: StateLayout, _ found: inout [StateIncompatibility]) -> StateMigration {
        var migration = StateMigration(
            sources: sources.map { old.sources.firstIndex(of: $0) }, oldPartitions: old.sources.map(\.partitions),
            operators: [], tables: [])
        let oldQueries = Set(old.operators.map(\.query))
        let queries = Set(operators.map(\.query))
        for part in operators {
            let index = old.operators.firstIndex { $0.id == part.id }
            var tables = StateMigration.Tables(groups: nil, rows: [])
            guard let index else {
                if !part.isTransient, oldQueries.contains(part.query) {
                    found.append(StateIncompatibility(query: part.query, "\(part.kind) is new"))
                }
                migration.operators.append(nil)
                migration.tables.append(tables)
                continue
            }
            let before = old.operators[index]
            if before.kind != part.kind {
                if part.isTransient, before.isTransient {
                    migration.operators.append(nil)
                    migration.tables.append(tables)
                    continue
                }
                found.append(StateIncompatibility(query: part.query, "\(part.kind), was \(before.kind)"))
            } else {
                tables.groups = groups(part, before, &found)
                for (now, was) in zip(part.rows, before.rows) { tables.rows.append(rows(now, was, part.query, &found)) }
                if part.rows.count != before.rows.count {
                    found.append(StateIncompatibility(query: part.query, "\(part.kind) keeps the rows of other inputs"))
                }
            }
            migration.operators.append(index)
            migration.tables.append(tables)
        }
        for part in old.operators where !part.isTransient && queries.contains(part.query) {
            if !operators.contains(where: { $0.id == part.id }) {
                found.append(StateIncompatibility(query: part.query, "\(part.kind) is gone"))
            }
        }
        let kept = zip(operators, migration.operators).contains { !$0.isTransient && $1 != nil }
        if !kept, found.isEmpty, operators.contains(where: { !$0.isTransient }),
            old.operators.contains(where: { !$0.isTransient })
        {
            found.append(StateIncompatibility(query: nil, "none of its queries is known"))
        }
        return migration
    }

    /// The queries of `old` that had state and are gone: reading its state gives theirs up.
    public func queriesGone(since old: StateLayout) -> [String] {
        var gone: [String] = []
        for part in old.operators where !part.isTransient && !gone.contains(part.query) {
            if !operators.contains(where: { $0.query == part.query }) { gone.append(part.query) }
        }
        return gone
    }

    private func rows(
        _ now: [Column], _ was: [Column], _ query: String, _ found: inout [StateIncompatibility]
    ) -> StateMigration.Rows {
        var sources: [Int?] = []
        let gone = was.filter { column in !now.contains { $0.name == column.name } }
        for column in now {
            guard let index = was.firstIndex(where: { $0.name == column.name }) else {
                // Whether it is the one that is gone under another name, nobody can know.
                if let other = gone.first {
                    found.append(
                        StateIncompatibility(
                            query: query, "column \"\(column.name)\" is new where column \"\(other.name)\" is gone"))
                } else if !column.isNullable {
                    found.append(
                        StateIncompatibility(
                            query: query, "column \"\(column.name)\" is new and NOT NULL, but rows without it are kept"))
                }
                sources.append(nil)
                continue
            }
            sources.append(index)
            let before = was[index]
            if !column.type.holds(before.type) {
                found.append(
                    StateIncompatibility(
                        query: query, "column \"\(column.name)\" is \(column.type), was \(before.type)"))
            } else if before.isNullable, !column.isNullable {
                found.append(
                    StateIncompatibility(query: query, "column \"\(column.name)\" is NOT NULL, but may be NULL in rows that are kept"))
            }
        }
        return StateMigration.Rows(types: was.map(\.type.physical), sources: sources)
    }

    private func groups(
        _ part: Operator, _ before: Operator, _ found: inout [StateIncompatibility]
    ) -> StateMigration.Groups? {
        guard let now = part.groups, let was = before.groups else { return nil }
        let query = part.query
        var groups = StateMigration.Groups(
            keys: was.keys.map { ($0.type.physical, $0.isNullable) }, keySources: [], keyFlags: now.keys.map(\.isNullable),
            values: [], writtenOrder: [], writtenDistinct: [], recordBytes: was.recordBytes)
        for key in now.keys {
            guard let index = was.keys.firstIndex(where: { $0.name == key.name }) else {
                found.append(StateIncompatibility(query: query, "the key \(key.name) is new"))
                continue
            }
            let old = was.keys[index]
            groups.keySources.append(index)
            if !key.type.holds(old.type) || (key.type.physical != old.type.physical && !key.type.isInteger) {
                found.append(StateIncompatibility(query: query, "the key \(key.name) is \(key.type), was \(old.type)"))
            } else if old.isNullable, !key.isNullable {
                found.append(
                    StateIncompatibility(query: query, "the key \(key.name) is NOT NULL, but may be NULL in groups that are kept"))
            }
        }
        for key in was.keys where !now.keys.contains(where: { $0.name == key.name }) {
            found.append(StateIncompatibility(query: query, "the key \(key.name) is gone"))
        }
        var taken: Set<Int> = []
        var positions: [Int: Int] = [:]
        for (position, value) in now.values.enumerated() {
            let match = was.values.indices.first {
                !taken.contains($0) && was.values[$0].call == value.call && was.values[$0].isDistinct == value.isDistinct
            }
            guard let match else {
                found.append(
                    StateIncompatibility(query: query, "\(value.call) is new, but rows have been aggregated without it"))
                continue
            }
            taken.insert(match)
            positions[match] = position
            let old = was.values[match]
            if !haveEqualBytes(old.kernel, value.kernel) || old.size != value.size {
                found.append(
                    StateIncompatibility(query: query, "\(value.call) keeps \(value.kernel), kept \(old.kernel)"))
            }
            groups.values.append((old.offset, value.offset, value.size))
        }
        for index in was.values.indices where !taken.contains(index) {
            found.append(StateIncompatibility(query: query, "\(was.values[index].call) is gone"))
        }
        // Calls that read one total now may have kept one each, which then need not be equal.
        for (index, value) in groups.values.enumerated() {
            let other = groups.values[..<index].first {
                $0.to < value.to + value.size && value.to < $0.to + $0.size && $0.from - $0.to != value.from - value.to
            }
            if other != nil {
                found.append(
                    StateIncompatibility(query: query, "\(now.values[index].call) shares what it keeps with another call"))
            }
        }
        groups.writtenOrder = was.values.indices.compactMap { positions[$0] }
        let distinct = now.values.indices.filter { now.values[$0].isDistinct }
        groups.writtenDistinct = was.values.indices.filter { was.values[$0].isDistinct }.compactMap { index in
            positions[index].flatMap { distinct.firstIndex(of: $0) }
        }
        return groups
    }
}

/// Whether accumulators of two kernels have the same bytes: sums and averages of integers are kept in 128 bits, whatever
/// the integers are; minima and maxima as the word that orders them; and counts do not see their values.
private func haveEqualBytes(_ old: String, _ new: String) -> Bool {
    if old == new { return true }
    func family(_ kernel: String) -> String? {
        let families = ["SumOfInteger<", "AverageOfInteger<", "CountOfValues<", "Minimum<", "Maximum<"]
        guard let family = families.first(where: kernel.hasPrefix) else { return nil }
        let widths: [Substring] = ["Int16", "Int32", "Int64"]
        let width = kernel.dropFirst(family.count).prefix { $0 != ">" }
        return widths.contains(width) ? family + kernel.dropFirst(family.count + width.count) : nil
    }
    guard let known = family(old) else { return false }
    return known == family(new)
}

extension SQLType {
    /// Whether every value of `other` is one of this type, in the same or in a wider form.
    func holds(_ other: SQLType) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.integer, .smallint), (.bigint, .smallint), (.bigint, .integer), (.double, .real): return true
        case (.text, .varchar): return true
        case (.varchar(let now), .varchar(let was)): return now >= was
        case (.decimal(nil), .decimal): return true
        case (.decimal(let now?), .decimal(let was?)): return now.scale == was.scale && now.precision >= was.precision
        case (.timestamp(let now), .timestamp(let was)), (.timestamptz(let now), .timestamptz(let was)): return now >= was
        default: return false
        }
    }
}
