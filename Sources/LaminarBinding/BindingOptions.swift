/// What decides the meaning of a file besides its text.
public struct BindingOptions: Sendable {
    /// Whose reading of ambiguous SQL applies.
    public var dialect: SQLDialect
    /// Sources whose input carries deletions or updates, whatever their declarations say; nil: the declarations say it.
    public var changelogSources: Set<String>?
    /// Whether INSERT INTO may name a sink that the file does not declare; the host then provides it.
    public var allowsUndeclaredSinks: Bool
    /// Whether streams and materialised views are results of their own, beside sinks and bare queries.
    public var exposesStreams: Bool
    /// Whether unbounded state is an error rather than a warning.
    public var isStateStrict: Bool

    public init(
        dialect: SQLDialect = .laminar, changelogSources: Set<String>? = nil, allowsUndeclaredSinks: Bool = false,
        exposesStreams: Bool = false, isStateStrict: Bool = false
    ) {
        self.dialect = dialect
        self.changelogSources = changelogSources
        self.allowsUndeclaredSinks = allowsUndeclaredSinks
        self.exposesStreams = exposesStreams
        self.isStateStrict = isStateStrict
    }
}

/// Whose SQL a text is taken for where engines disagree.
public enum SQLDialect: String, Sendable, CaseIterable {
    case laminar, postgresql, flink, risingwave, feldera, duckdb

    /// Whether a windowed aggregation over a watermark emits on window close when the query does not say.
    var emitsOnWindowCloseByDefault: Bool {
        switch self {
        case .laminar, .flink: true
        case .postgresql, .risingwave, .feldera, .duckdb: false
        }
    }

    /// Whether FLOAT is single precision.
    var floatIsSingle: Bool { self == .flink }
}
