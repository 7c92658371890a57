package import LaminarTypes

/// `invalid input syntax for type integer: "abc" (column "price")`, in PostgreSQL's words; long texts are cut.
package func scalarMessage(_ reason: ValueParseReason, text: String, column: DecodedColumn) -> String {
    if column.isOperation {
        return "\"\(shortened(text))\" is no operation of a changelog, such as +I or -D (column \"\(column.name)\")"
    }
    return "\(ValueParseError(reason, text: shortened(text), type: column.type)) (column \"\(column.name)\")"
}

/// At most 60 characters of a text, with an ellipsis if there are more.
package func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: 60, limitedBy: scalars.endIndex), end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
}
