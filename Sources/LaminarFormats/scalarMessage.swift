package import LaminarTypes

/// `invalid input syntax for type integer: "abc" (column "price")`, in PostgreSQL's words; long texts are cut.
package func scalarMessage(_ reason: ValueParseReason, text: String, type: SQLType, column: String) -> String {
    "\(ValueParseError(reason, text: shortened(text), type: type)) (column \"\(column)\")"
}

/// At most 60 characters of a text, with an ellipsis if there are more.
package func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: 60, limitedBy: scalars.endIndex), end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
}
