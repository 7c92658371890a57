import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// What a name in FROM or INTO can stand for.
enum Relation {
    case source(SourceDefinition)
    /// A stream or view with its query, bound where it was declared.
    case view(LogicalPlan)
    case sink(DeclaredSink)
    /// Its declaration has errors, which have been reported; what reads it is not checked further.
    case invalid
}

/// A sink declared with CREATE SINK and not yet filled.
struct DeclaredSink {
    var definition: SinkDefinition
    /// Column names and types, if declared.
    var columns: [Field]?
    /// The primary key of a sink whose columns are its query's.
    var key: [IdentifierSyntax] = []
}
