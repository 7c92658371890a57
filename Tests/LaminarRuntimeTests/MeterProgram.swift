import LaminarRuntime

/// A program as the emitter writes it for:
/// ```sql
/// SELECT region, device, window_start, window_end, COUNT(*), COUNT(value), SUM(value), MIN(value), MAX(note),
///        AVG(price), COUNT(DISTINCT value)
/// FROM TABLE(TUMBLE(TABLE readings, DESCRIPTOR(ts), size))
/// WHERE value IS NULL OR 100 / (value - 13) <> 1 GROUP BY region, device, window_start, window_end
/// ```
struct MeterProgram: GroupProgram {
    struct Columns: BitwiseCopyable {
        let time: ColumnView
        let region: ColumnView
        let device: ColumnView
        let value: ColumnView
        let price: ColumnView
        let note: ColumnView
    }

    struct Key: GroupKey {
        var region: StringView?
        var device: Int32?

        static var elements: [GroupTableLayout.KeyElement] { StringView?.elements + Int32?.elements }
        static var wordCount: Int { StringView?.wordCount + Int32?.wordCount }

        init(region: StringView?, device: Int32?) {
            self.region = region
            self.device = device
        }

        init(words: UnsafePointer<UInt64>) {
            region = StringView?(words: words)
            device = Int32?(words: words + StringView?.wordCount)
        }

        func combine(into hasher: inout KeyHasher) {
            region.combine(into: &hasher)
            device.combine(into: &hasher)
        }

        func equals(_ words: UnsafePointer<UInt64>) -> Bool {
            region.equals(words) && device.equals(words + StringView?.wordCount)
        }

        func store(_ words: UnsafeMutablePointer<UInt64>) {
            region.store(words)
            device.store(words + StringView?.wordCount)
        }
    }

    struct Accumulators: BitwiseCopyable {
        var rows = CountOfRows()
        var values = CountOfValues<Int64>()
        var sum = SumOfInteger<Int64>()
        var minimum = Minimum<Int64>()
        var lastNote = MaximumOfString()
        var averagePrice = RetractableAverageOfDouble<Double>()
        var distinctValues = CountOfValues<Int64>()
    }

    static var accumulatorStrings: [Int] { [56] }
    static var distinctValues: [[GroupTableLayout.KeyElement]] { [Int64.elements] }
    static var outputTypes: [PhysicalType] {
        [.string, .int32, .int64, .int64, .int64, .int64, .int64, .int64, .string, .double, .int64]
    }

    func columns(of batch: BatchView) -> Columns {
        Columns(
            time: batch.columns[0], region: batch.columns[1], device: batch.columns[2], value: batch.columns[3],
            price: batch.columns[4], note: batch.columns[5])
    }

    func time(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64? {
        columns.time.optional(row)
    }

    func passes(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Bool {
        guard let value: Int64 = columns.value.optional(row) else { return true }
        if value == 13 {
            fault.raise(.divisionByZero, at: 0)
            return false
        }
        return 100 / (value - 13) != 1
    }

    func key(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Key {
        Key(region: columns.region.optional(row), device: columns.device.optional(row))
    }

    func fold(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        accumulators.rows.add()
        if let value: Int64 = columns.value.optional(row) {
            accumulators.values.add(value, &table.pointee.arena)
            accumulators.sum.add(value, &table.pointee.arena)
            accumulators.minimum.add(value, &table.pointee.arena)
            if table.pointee.addDistinct(value, call: 0, group: group) {
                accumulators.distinctValues.add(value, &table.pointee.arena)
            }
        }
        if let note: StringView = columns.note.optional(row) { accumulators.lastNote.add(note, &table.pointee.arena) }
        if let price: Double = columns.price.optional(row) {
            accumulators.averagePrice.add(price, &table.pointee.arena)
        }
    }

    func emit(
        _ key: Key, _ accumulators: Accumulators, _ window: WindowBounds, into batch: ColumnBatch,
        _ fault: inout Fault
    ) {
        let row = batch.rowCount
        batch.set(0, row, key.region.map { batch.arena.copy($0) })
        batch.set(1, row, key.device)
        batch.set(2, row, window.start as Int64?)
        batch.set(3, row, window.end as Int64?)
        batch.set(4, row, accumulators.rows.result(&fault, at: 1))
        batch.set(5, row, accumulators.values.result(&fault, at: 2))
        batch.set(6, row, accumulators.sum.result(&fault, at: 3))
        batch.set(7, row, accumulators.minimum.result(&fault, at: 4))
        batch.set(8, row, accumulators.lastNote.result(&fault, at: 5).map { batch.arena.copy($0) })
        batch.set(9, row, accumulators.averagePrice.result(&fault, at: 6))
        batch.set(10, row, accumulators.distinctValues.result(&fault, at: 7))
        batch.rowCount = row + 1
    }
}

extension ColumnBatch {
    func set<Value: BitwiseCopyable>(_ column: Int, _ row: Int, _ value: Value?) {
        if let value {
            values(column, as: Value.self)[row] = value
        } else {
            setNull(column, row)
        }
    }
}
