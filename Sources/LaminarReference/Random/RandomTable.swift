import LaminarCases
import LaminarTypes

/// The types of random columns.
package enum ColumnKind: Sendable, CaseIterable {
    case boolean, smallint, integer, bigint, real, double, numeric, text, date, timestamp

    var isInteger: Bool { self == .smallint || self == .integer || self == .bigint }
    var isNumber: Bool { isInteger || self == .real || self == .double || self == .numeric }

    var sql: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .smallint: "SMALLINT"
        case .integer: "INTEGER"
        case .bigint: "BIGINT"
        case .real: "REAL"
        case .double: "DOUBLE PRECISION"
        case .numeric: "NUMERIC(10, 2)"
        case .text: "TEXT"
        case .date: "DATE"
        case .timestamp: "TIMESTAMP"
        }
    }
}

package struct RandomColumn: Sendable, Equatable {
    package var name: String
    package var kind: ColumnKind
}

/// A table of a random case.
package struct RandomTable: Sendable {
    package var name: String
    package var columns: [RandomColumn]
    /// Seconds that the watermark stays behind the greatest `ts`; nil: it has none.
    package var watermarkDelay: Int?
    /// Whether it is a table by `id`, whose rows replace each other.
    package var isKeyed = false
    /// Set where each `k` has a watermark of its own: seconds behind the table's at most.
    package var keyIdle: Int?

    package var definition: String {
        var elements = columns.map { "\($0.name) \($0.kind.sql)\(isKeyed && $0.name == "id" ? " PRIMARY KEY" : "")" }
        if let delay = watermarkDelay {
            elements.append("WATERMARK FOR ts AS ts - INTERVAL '\(delay)' SECOND")
        }
        return "CREATE \(isKeyed ? "TABLE" : "SOURCE") \(name) (\(elements.joined(separator: ", ")))"
            + (options.isEmpty ? "" : " WITH (\(options.joined(separator: ", ")))")
    }

    private var options: [String] {
        (isKeyed ? ["changelog = 'upsert'"] : [])
            + (keyIdle.map { ["watermark_key = 'k'", "watermark_key_idle = '\($0) seconds'"] } ?? [])
    }
}

/// A row of a random case, in order of arrival.
package struct RandomRow: Sendable {
    package var table: String
    package var cells: [String?]
    package var isDeletion = false
}

/// How random rows are made.
struct RowStyle {
    /// Rows of all tables.
    var count = 30
    /// Of a hundred rows, how many take back one that came before; only tables named here.
    var deletions = 0
    var deletable: Set<String> = []
    /// Of a hundred cells, how many are NULL.
    var nulls = 12
    /// Seconds between rows, and how far times stray from their order.
    var step = 3
    var jitter = 12
    /// Whether columns have two values each.
    var isCoarse = false
    /// Seconds since the epoch.
    var base = 1_704_067_200
}

extension SeededGenerator {
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func rows(of tables: [RandomTable], _ style: RowStyle) -> [RandomRow] {
        var rows: [RandomRow] = []
        /// Rows that are there, by table.
        var present: [String: [[String?]]] = [:]
        for number in 0..<style.count {
            let table = pick(tables)
            if style.deletable.contains(table.name), chance(style.deletions), let there = present[table.name],
                !there.isEmpty
            {
                let index = below(there.count)
                rows.append(RandomRow(table: table.name, cells: there[index], isDeletion: true))
                present[table.name]?.remove(at: index)
                continue
            }
            var cells: [String?]
            if chance(10), let same = present[table.name]?.last {
                cells = same
                if let id = table.columns.firstIndex(where: { $0.name == "id" }), !table.isKeyed {
                    cells[id] = String(number)
                }
            } else {
                cells = table.columns.map { column in
                    switch column.name {
                    case "id": return String(table.isKeyed ? below(8) : number)
                    case "ts":
                        let seconds = style.base + number * style.step + below(2 * style.jitter + 1) - style.jitter
                        return timestamp(seconds)
                    default: return chance(style.nulls) ? nil : style.isCoarse ? coarseCell(column) : cell(column)
                    }
                }
            }
            present[table.name, default: []].append(cells)
            rows.append(RandomRow(table: table.name, cells: cells))
        }
        return rows
    }

    private func timestamp(_ seconds: Int) -> String {
        text(of: .timestamp(Int64(seconds) * 1_000_000), type: .timestamp(6))
    }

    private mutating func coarseCell(_ column: RandomColumn) -> String {
        let one = chance(60)
        switch column.kind {
        case .boolean: return one ? "true" : "false"
        case .smallint, .integer, .bigint: return one ? "1" : "2"
        case .real, .double: return one ? "0.5" : "-1.25"
        case .numeric: return one ? "1.00" : "2.50"
        case .text: return one ? "a" : "b"
        case .date: return one ? "2024-01-01" : "2024-01-02"
        case .timestamp: return timestamp(1_704_067_200 + (one ? 0 : 30))
        }
    }

    private mutating func cell(_ column: RandomColumn) -> String {
        // A few keys have most of the rows.
        if column.name == "k" { return chance(50) ? "1" : String(below(4)) }
        switch column.kind {
        case .boolean: return chance(50) ? "true" : "false"
        case .smallint: return String(below(11) - 5)
        case .integer: return String(chance(40) ? below(3) : below(41) - 20)
        case .bigint: return chance(5) ? String(1_000_000_000_000 + below(5)) : String(below(2001) - 1000)
        // Quarters add up exactly.
        case .real, .double: return String(Double(below(81) - 40) / 4)
        case .numeric:
            let cents = below(2001) - 1000
            return "\(cents < 0 ? "-" : "")\(cents.magnitude / 100).\(cents.magnitude % 100 < 10 ? "0" : "")\(cents.magnitude % 100)"
        case .text: return pick(["", "a", "b", "ab", "B", "zebra", "é"])
        case .date: return "2024-01-0\(1 + below(4))"
        case .timestamp: return timestamp(1_704_067_200 + below(5) * 30)
        }
    }
}
