import LaminarColumns
import LaminarFormats
import LaminarTypes

/// The result of a bare query on a terminal: rows as aligned text, printed a block at a time.
final class TerminalTable {
    private let fields: [Field]
    private let operations: RowOperations
    private let types: [PhysicalType]
    private let title: String?
    private var table: AlignedTable
    private var rows: [[String]] = []
    private(set) var hasPrinted = false

    /// - Parameters:
    ///   - operations: whether a first column tells what each row does to the result.
    ///   - title: what tells the query's rows from those of others; nil: there are no others.
    init(_ fields: [Field], operations: RowOperations, title: String?) {
        self.fields = fields
        self.operations = operations
        types = fields.map(\.type.physical)
        self.title = title
        table = AlignedTable(
            names: (operations.areShown ? ["_op"] : []) + fields.map(\.name),
            alignsRight: (operations.areShown ? [false] : []) + fields.map(\.type.isNumeric))
    }

    func add(_ batch: BatchView) {
        for row in 0..<batch.rowCount {
            var cells = fields.indices.map { column in
                let value = batch.columns[column].dynamicValue(row, type: fields[column].type)
                if case .null = value { return "NULL" }
                return text(of: value, type: fields[column].type)
            }
            let weight = batch.weights?[row] ?? 1
            if operations.areShown {
                guard let operation = operations.operation(of: row, in: batch, types: types) else { continue }
                cells.insert("\(operation.text)", at: 0)
            }
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
