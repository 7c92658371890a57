import LaminarColumns
import LaminarTypes

/// The result of a bare query on a terminal: rows as aligned text, printed a block at a time.
final class TerminalTable {
    private let fields: [Field]
    private let showsOperations: Bool
    private let title: String?
    private var table: AlignedTable
    private var rows: [[String]] = []
    private(set) var hasPrinted = false

    /// - Parameters:
    ///   - showsOperations: whether a first column tells rows that come (`+`) from rows that are taken back (`-`).
    ///   - title: what tells the query's rows from those of others; nil: there are no others.
    init(_ fields: [Field], showsOperations: Bool, title: String?) {
        self.fields = fields
        self.showsOperations = showsOperations
        self.title = title
        table = AlignedTable(
            names: (showsOperations ? ["_op"] : []) + fields.map(\.name),
            alignsRight: (showsOperations ? [false] : []) + fields.map(\.type.isNumeric))
    }

    func add(_ batch: BatchView) {
        for row in 0..<batch.rowCount {
            var cells = fields.indices.map { column in
                let value = batch.columns[column].dynamicValue(row, type: fields[column].type)
                if case .null = value { return "NULL" }
                return text(of: value, type: fields[column].type)
            }
            let weight = batch.weights?[row] ?? 1
            if showsOperations { cells.insert(weight > 0 ? "+" : "-", at: 0) }
            for _ in 0..<weight.magnitude { rows.append(cells) }
        }
        // A block on which widths are decided need not be larger than this.
        if rows.count >= 4096 { print(isAfterAnother: false) }
    }

    func print(isAfterAnother: Bool) {
        if rows.isEmpty { return }
        if let title, isAfterAnother || !hasPrinted { StandardOutput.write("\(title):\n") }
        StandardOutput.write(table.text(rows))
        hasPrinted = true
        rows.removeAll(keepingCapacity: true)
    }

    /// The header, for a result without rows.
    func printHeader() {
        if !hasPrinted { StandardOutput.write(table.text([])) }
        hasPrinted = true
    }
}
