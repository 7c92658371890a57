import LaminarRuntime

/// An aggregation over rows that have been given to windows:
/// ```sql
/// SELECT region, window_start, window_end, COUNT(*), SUM(value) FROM windowed_readings
/// GROUP BY region, window_start, window_end
/// ```
/// The window's bounds are those of the operator, or the row's own start where rows have been given to sessions.
struct RegionProgram: GroupProgram {
    struct Columns: BitwiseCopyable {
        let region: ColumnView
        let value: ColumnView
        let start: ColumnView
        let end: ColumnView
    }

    struct Key: GroupKey {
        var region: StringView?
        var start: Int64

        static var elements: [GroupTableLayout.KeyElement] { StringView?.elements + Int64.elements }
        static var wordCount: Int { StringView?.wordCount + Int64.wordCount }

        init(region: StringView?, start: Int64) {
            self.region = region
            self.start = start
        }

        init(words: UnsafePointer<UInt64>) {
            region = StringView?(words: words)
            start = Int64(words: words + StringView?.wordCount)
        }

        func combine(into hasher: inout KeyHasher) {
            region.combine(into: &hasher)
            start.combine(into: &hasher)
        }

        func equals(_ words: UnsafePointer<UInt64>) -> Bool {
            region.equals(words) && start.equals(words + StringView?.wordCount)
        }

        func store(_ words: UnsafeMutablePointer<UInt64>) {
            region.store(words)
            start.store(words + StringView?.wordCount)
        }
    }

    struct Accumulators: BitwiseCopyable {
        var rows = CountOfRows()
        var sum = SumOfInteger<Int64>()
    }

    static var outputTypes: [PhysicalType] { [.string, .int64, .int64, .int64, .int64] }
    static var canRetract: Bool { true }

    static var canMerge: Bool { true }

    /// Whether rows come with the bounds of their sessions.
    var isSession = false
    /// Whether rows come with the bounds of their windows.
    var isAssigned = true

    func columns(of batch: BatchView) -> Columns {
        let width = isAssigned ? Reading.types.count : 0
        return Columns(
            region: batch.columns[1], value: batch.columns[3], start: batch.columns[width],
            end: batch.columns[isAssigned ? width + 1 : 0])
    }

    func time(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64? {
        isAssigned ? columns.end.value(row, as: Int64.self) - 1 : columns.start.optional(row)
    }

    func merge(_ accumulators: inout Accumulators, _ others: Accumulators, _ arena: inout Arena) {
        accumulators.rows.merge(others.rows, &arena)
        accumulators.sum.merge(others.sum, &arena)
    }

    func key(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Key {
        Key(region: columns.region.optional(row), start: isSession ? columns.start.value(row) : 0)
    }

    func fold(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        accumulators.rows.add()
        if let value: Int64 = columns.value.optional(row) { accumulators.sum.add(value, &table.pointee.arena) }
    }

    func retract(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        accumulators.rows.retract()
        if let value: Int64 = columns.value.optional(row) { accumulators.sum.retract(value, &table.pointee.arena) }
    }

    func emit(
        _ key: Key, _ accumulators: Accumulators, _ window: WindowBounds, into batch: ColumnBatch,
        _ fault: inout Fault
    ) {
        let row = batch.rowCount
        batch.set(0, row, key.region.map { batch.arena.copy($0) })
        batch.set(1, row, (isSession ? key.start : window.start) as Int64?)
        batch.set(2, row, window.end as Int64?)
        batch.set(3, row, accumulators.rows.result(&fault, at: 0))
        batch.set(4, row, accumulators.sum.result(&fault, at: 1))
        batch.rowCount = row + 1
    }

    static func resultLine(_ rows: [Reading], _ start: Int64, _ end: Int64) -> String {
        let values = rows.compactMap(\.value)
        let sum = values.isEmpty ? "NULL" : "\(values.reduce(0, +))"
        return "\(rows[0].region.map { "'\($0)'" } ?? "NULL") \(start) \(end) \(rows.count) \(sum)"
    }
}
