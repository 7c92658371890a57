/// Lays out rows of text under a header, columns aligned, as they arrive.
///
/// Widths are those of the header and of the rows of the first block; a later cell that is wider widens its column
/// from there on, so that a stream without end needs no memory.
struct AlignedTable {
    private let names: [String]
    private let alignsRight: [Bool]
    private var widths: [Int]
    private var hasHeader = false

    /// - Parameter alignsRight: for each column whether its cells stand at the right, as numbers do.
    init(names: [String], alignsRight: [Bool]) {
        self.names = names
        self.alignsRight = alignsRight
        widths = names.map { Self.width($0) }
    }

    /// The text of a block of rows, with the header before the first.
    mutating func text(_ rows: [[String]]) -> String {
        let rows = rows.map { row in row.map(Self.onOneLine) }
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], Self.width(cell)) }
        }
        var text = ""
        if !hasHeader {
            hasHeader = true
            text += line(names)
            text += widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n"
        }
        for row in rows { text += line(row) }
        return text
    }

    private func line(_ cells: [String]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            if column > 0 { line += "  " }
            let padding = String(repeating: " ", count: max(0, widths[column] - Self.width(cell)))
            line += alignsRight[column] ? padding + cell : cell + padding
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    /// Columns on a terminal, to a good approximation: characters, those of East Asian scripts and emoji counted double.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { width, character in
            let scalar = character.unicodeScalars.first?.value ?? 0
            let isWide =
                (0x1100...0x115f).contains(scalar) || (0x2e80...0xa4cf).contains(scalar)
                || (0xac00...0xd7a3).contains(scalar) || (0xf900...0xfaff).contains(scalar)
                || (0xfe30...0xfe6f).contains(scalar) || (0xff00...0xff60).contains(scalar)
                || (0x1f300...0x1faff).contains(scalar) || (0x20000...0x3fffd).contains(scalar)
            return width + (isWide ? 2 : 1)
        }
    }

    /// Control characters would break the layout, or do worse to a terminal: they are shown escaped.
    private static func onOneLine(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return cell }
        return cell.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                let digits = String(scalar.value, radix: 16)
                text += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
