import LaminarRuntime

/// A running aggregation that can take rows back:
/// ```sql
/// SELECT region, COUNT(*), SUM(value), AVG(price), COUNT(DISTINCT value) FROM readings
/// WHERE value IS NULL OR 100 / (value - 13) <> 1 GROUP BY region HAVING COUNT(*) <> 3
/// ```
struct TotalsProgram: GroupProgram {
    typealias Columns = MeterProgram.Columns
    typealias Key = StringView?

    struct Accumulators: BitwiseCopyable {
        var rows = CountOfRows()
        var sum = SumOfInteger<Int64>()
        var averagePrice = RetractableAverageOfDouble<Double>()
        var distinctValues = CountOfValues<Int64>()
    }

    static var distinctValues: [[GroupTableLayout.KeyElement]] { [Int64.elements] }
    static var outputTypes: [PhysicalType] { [.string, .int64, .int64, .double, .int64] }
    static var canRetract: Bool { true }

    func columns(of batch: BatchView) -> Columns { MeterProgram().columns(of: batch) }

    func passes(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Bool {
        MeterProgram().passes(columns, row, &scratch, &fault)
    }

    func key(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Key {
        columns.region.optional(row)
    }

    func fold(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        accumulators.rows.add()
        if let value: Int64 = columns.value.optional(row) {
            accumulators.sum.add(value, &table.pointee.arena)
            if table.pointee.addDistinct(value, call: 0, group: group) {
                accumulators.distinctValues.add(value, &table.pointee.arena)
            }
        }
        if let price: Double = columns.price.optional(row) {
            accumulators.averagePrice.add(price, &table.pointee.arena)
        }
    }

    func retract(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        accumulators.rows.retract()
        if let value: Int64 = columns.value.optional(row) {
            accumulators.sum.retract(value, &table.pointee.arena)
            if table.pointee.retractDistinct(value, call: 0, group: group) {
                accumulators.distinctValues.retract(value, &table.pointee.arena)
            }
        }
        if let price: Double = columns.price.optional(row) {
            accumulators.averagePrice.retract(price, &table.pointee.arena)
        }
    }

    func emit(
        _ key: Key, _ accumulators: Accumulators, _ window: WindowBounds, into batch: ColumnBatch,
        _ fault: inout Fault
    ) {
        if accumulators.rows.result(&fault, at: 1) == 3 { return }
        let row = batch.rowCount
        batch.set(0, row, key.map { batch.arena.copy($0) })
        batch.set(1, row, accumulators.rows.result(&fault, at: 1))
        batch.set(2, row, accumulators.sum.result(&fault, at: 2))
        batch.set(3, row, accumulators.averagePrice.result(&fault, at: 3))
        batch.set(4, row, accumulators.distinctValues.result(&fault, at: 4))
        batch.rowCount = row + 1
    }

    /// The result of a group computed from all its rows; nil where HAVING drops it or there are none.
    static func resultLine(_ rows: [Reading]) -> String? {
        if rows.isEmpty || rows.count == 3 { return nil }
        let values = rows.compactMap(\.value)
        let prices = rows.compactMap(\.price)
        let cells: [String] = [
            rows[0].region.map { "'\($0)'" } ?? "NULL", "\(rows.count)",
            values.isEmpty ? "NULL" : "\(values.reduce(0, +))",
            prices.isEmpty ? "NULL" : "\(prices.reduce(0, +) / Double(prices.count))", "\(Set(values).count)",
        ]
        return cells.joined(separator: " ")
    }
}

/// `SELECT COUNT(*), SUM(value) FROM readings`
struct GrandTotalProgram: GroupProgram {
    typealias Columns = MeterProgram.Columns
    typealias Key = NoKey

    struct Accumulators: BitwiseCopyable {
        var rows = CountOfRows()
        var sum = SumOfInteger<Int64>()
    }

    static var outputTypes: [PhysicalType] { [.int64, .int64] }

    func columns(of batch: BatchView) -> Columns { MeterProgram().columns(of: batch) }

    func key(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> NoKey { NoKey() }

    func time(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64? {
        columns.time.optional(row)
    }

    func fold(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        accumulators.rows.add()
        if let value: Int64 = columns.value.optional(row) { accumulators.sum.add(value, &table.pointee.arena) }
    }

    func emit(
        _ key: NoKey, _ accumulators: Accumulators, _ window: WindowBounds, into batch: ColumnBatch,
        _ fault: inout Fault
    ) {
        let row = batch.rowCount
        batch.set(0, row, accumulators.rows.result(&fault, at: 0))
        batch.set(1, row, accumulators.sum.result(&fault, at: 1))
        batch.rowCount = row + 1
    }
}
