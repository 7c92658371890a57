/// A random SQL expression as the text it is written in, with holes for its operands.
///
/// Keeping the operands lets a term be written for more than one reader: with columns, or with a row's values in
/// their place. It also lets a disagreement be narrowed down to the smallest operand that shows it.
indirect enum ExpressionTerm {
    case column(SampleColumn)
    /// A constant of a type, as `CAST('…' AS type)`.
    case literal(String, SampleType)
    /// A constant that the expression's syntax or our compiler wants to see as such: written as it is for all readers.
    case verbatim(String)
    /// Texts and operands in turn.
    case composed([Piece])

    enum Piece {
        case text(String)
        case operand(ExpressionTerm)
    }

    /// The SQL, `leaf` deciding how columns and constants are written.
    func sql(_ leaf: (Leaf) -> String = ExpressionTerm.plain) -> String {
        switch self {
        case .column(let column): leaf(.column(column))
        case .literal(let text, let type): leaf(.literal(text, type))
        case .verbatim(let text): text
        case .composed(let pieces):
            pieces.map { piece in
                switch piece {
                case .text(let text): text
                case .operand(let term): term.sql(leaf)
                }
            }.joined()
        }
    }

    enum Leaf {
        case column(SampleColumn)
        case literal(String, SampleType)
    }

    static func plain(_ leaf: Leaf) -> String {
        switch leaf {
        case .column(let column): column.name
        case .literal(let text, let type): "CAST(\(quoted(text)) AS \(type.sql))"
        }
    }

    /// All operands below, the largest first; without columns and constants.
    var operands: [ExpressionTerm] {
        guard case .composed(let pieces) = self else { return [] }
        var result: [ExpressionTerm] = []
        for case .operand(let term) in pieces {
            if case .composed = term { result.append(term) }
            result += term.operands
        }
        return result
    }
}

func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
