/// Makes a changelog of rows that arrive by key: which column identifies a row, and what the input may do.
public struct KeyedChanges: Hashable, Sendable {
    /// Positions among the columns.
    public var key: [Int]
    public var input: ChangeInput

    public init(key: [Int], input: ChangeInput) {
        self.key = key
        self.input = input
    }
}

/// What the rows of a source may do.
public enum ChangeInput: String, Hashable, Sendable, CaseIterable {
    /// Each adds a row.
    case append
    /// A row takes the place of the one with its key, or takes it away.
    case upsert
    /// Rows are added, and taken back as a whole.
    case full
}

/// What a sink takes.
public enum ChangeOutput: String, Hashable, Sendable, CaseIterable {
    /// Rows that stay.
    case append
    /// The last row of each key, and the keys that are gone.
    case upsert
    /// Rows that are added and rows that are taken back.
    case full
}
