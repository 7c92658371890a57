import LaminarPlan
import LaminarTypes

/// The Swift names of one relation: a source, the rows of a stage, or the result that goes to a sink.
struct RelationNames {
    /// `trades`: properties and parameter labels.
    let member: String
    /// `Trade`: the type of one row, where the relation has a public one.
    let row: String
    /// `TradeColumns`: pointers into the columns of a batch.
    let columns: String
    /// The members of a row, by position in its fields.
    let fields: [String]

    /// The row of the columns type, as functions take it.
    var rowView: String { "\(columns).Row" }
}

extension SwiftNames {
    /// Claims the type names of a relation; members need no claim, since callers keep scopes of their own.
    mutating func claimRelation(_ relation: String, fields: [Field], suffix: String) -> RelationNames {
        let row = claim(SwiftNames.rowType(relation), orWith: suffix)
        let columns = claim(row + "Columns")
        return RelationNames(
            member: SwiftNames.member(relation), row: row, columns: columns, fields: SwiftNames.members(of: fields))
    }

    /// The members for a list of columns: names from the SQL, numbered where two would be equal.
    static func members(of fields: [Field]) -> [String] {
        var names = SwiftNames(reserved: unusable)
        return fields.map { names.claim(SwiftNames.member($0.name)) }
    }

    /// Types that generated code names: a relation of the same name takes another.
    static let runtimeTypes: Set<String> = [
        "Accumulators", "Any", "Arena", "Array", "BatchView", "Bool", "Change", "Character", "ColumnBatch", "ColumnReader",
        "ColumnWriter", "Columns", "CompiledAggregate", "ConsolidatedChanges", "Decimal", "Dictionary", "Double", "Error", "EvaluationError",
        "Fault", "Float", "FrameAggregate", "Group", "GroupKey", "GroupProgram", "GroupTable", "Int", "Int16", "Int32", "Int64", "Interval",
        "JoinKind", "JoinSide", "Key", "LaminarRuntime", "NoKey", "NullableColumnReader", "NullableColumnWriter", "Optional", "OverCall",
        "OverFrame", "PartitionedOver", "PeriodicChanges", "PhysicalType", "PipelineStatus", "ProcessingClock", "RowCells", "Unmanaged",
        "NestedFields", "NestedRow", "NestedType", "SQLArray", "SQLMap",
        "RegularJoin", "Result", "Row", "RowOrigins", "RowStamper", "RowTransformer", "RunnablePipeline", "RunningAggregate", "Self",
        "SessionAggregate", "Set", "SourceAlignment", "SourceTiming", "Span", "StageStatus", "StringView", "String",
        "TumblingWindows", "UInt64", "UUIDBytes", "Value", "WatermarkKey", "WindowAggregate", "WindowBounds", "WindowsByKey",
    ]
}
