/// What the groups that a batch touched were and are, gathered one behind the other, and the changes that this makes.
///
/// The operator lets the program give out at the end of a batch what each touched group was and is, from where it lies or
/// `gather`ed, and `settle`s these rows: those of what was get the weight −1, and where a group's old row is its new one
/// both go.
struct GroupChanges: ~Copyable {
    private var count = 0
    /// Entries for which there is room.
    private var capacity = 16
    /// Rows for which there is room.
    private var rowCapacity = 16
    private let keyWords: Int
    private let accumulatorWords: Int
    /// Of each entry: the place of the group among those that were touched, twice, and one more where it is what it is now.
    private var entries: UnsafeMutablePointer<UInt32>
    private var keys: UnsafeMutablePointer<UInt64>
    private var accumulators: UnsafeMutablePointer<UInt64>
    /// Of each row that came out: the entry it is of, then what `entries` says of that.
    private var origins: UnsafeMutablePointer<UInt32>
    /// The old rows that are followed by their group's new one.
    private(set) var pairs: UnsafeMutablePointer<UInt32>
    private var areDifferent: UnsafeMutablePointer<Bool>

    init(layout: GroupTableLayout) {
        keyWords = layout.keyWords
        accumulatorWords = layout.accumulatorBytes / 8
        entries = .allocate(capacity: capacity)
        keys = .allocate(capacity: max(capacity * keyWords, 1))
        accumulators = Self.allocateAccumulators(capacity * accumulatorWords)
        origins = .allocate(capacity: rowCapacity)
        pairs = .allocate(capacity: rowCapacity)
        areDifferent = .allocate(capacity: rowCapacity)
    }

    deinit {
        entries.deallocate()
        keys.deallocate()
        accumulators.deallocate()
        origins.deallocate()
        pairs.deallocate()
        areDifferent.deallocate()
    }

    /// Accumulators may hold numbers of 128 bits, which lie at multiples of 16 bytes.
    private static func allocateAccumulators(_ words: Int) -> UnsafeMutablePointer<UInt64> {
        UnsafeMutableRawPointer.allocate(byteCount: max(words * 8, 16), alignment: 16)
            .bindMemory(to: UInt64.self, capacity: max(words, 2))
    }

    /// Room for the origins of so many rows.
    mutating func originsOfRows(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        if count > rowCapacity {
            while rowCapacity < count { rowCapacity *= 2 }
            origins.deallocate()
            pairs.deallocate()
            areDifferent.deallocate()
            origins = .allocate(capacity: rowCapacity)
            pairs = .allocate(capacity: rowCapacity)
            areDifferent = .allocate(capacity: rowCapacity)
        }
        return origins
    }

    /// Gathers keys and accumulators of touched groups, as they were (but for results that come out once) and as they are.
    mutating func gather(_ changed: TouchedGroups, withOld: Bool = true) {
        count = 0
        let bytes = accumulatorWords * 8
        for position in 0..<changed.count {
            let group = changed.group(position)
            let key = UnsafePointer(changed.table.pointee.key(group))
            if withOld, changed.wasThere(position) {
                append(position, isOld: true, key, changed.accumulatorsBefore + position &* bytes)
            }
            if changed.isThere(position) {
                append(position, isOld: false, key, changed.table.pointee.accumulator(group))
            }
        }
    }

    /// Forgets what has been gathered.
    mutating func clear() { count = 0 }

    /// Adds what a group was, or is; what it was before what it is. `position` is its place among the touched groups.
    mutating func append(
        _ position: Int, isOld: Bool, _ key: UnsafePointer<UInt64>, _ accumulator: UnsafeRawPointer
    ) {
        if count == capacity { grow() }
        entries[count] = UInt32(truncatingIfNeeded: position << 1 | (isOld ? 0 : 1))
        // Word by word: records are short, and a call to copy them costs more.
        let keyTarget = keys + count &* keyWords
        for word in 0..<keyWords { keyTarget[word] = key[word] }
        let target = accumulators + count &* accumulatorWords
        let source = accumulator.assumingMemoryBound(to: UInt64.self)
        for word in 0..<accumulatorWords { target[word] = source[word] }
        count += 1
    }

    /// The entries as `emit` takes them; valid until the next are gathered.
    var groups: GroupSlice {
        GroupSlice(
            keys: UnsafePointer(keys), accumulators: UnsafeRawPointer(accumulators), count: count,
            keyWords: keyWords, accumulatorBytes: accumulatorWords * 8)
    }

    /// What `origins` are to be of this entry.
    func code(_ entry: Int) -> UInt32 { entries[entry] }

    /// Makes origins that are entries say what these are.
    func resolveOrigins(_ rows: Int) {
        for row in 0..<rows { origins[row] = entries[Int(origins[row])] }
    }

    /// Makes the rows from `first` on, whose origins are known, the changes; how many are left.
    mutating func settle(_ output: ColumnBatch, from first: Int) -> Int {
        let emitted = output.rowCount - first
        if emitted == 0 { return 0 }
        let weights = output.weights() + first
        var pairCount = 0
        for row in 0..<emitted {
            let code = origins[row]
            weights[row] = code & 1 == 0 ? -1 : 1
            if code & 1 == 0, row + 1 < emitted, origins[row + 1] == code | 1 {
                pairs[pairCount] = UInt32(truncatingIfNeeded: row)
                pairCount += 1
            }
        }
        if pairCount > 0 { takeOutEqual(pairCount, of: output, from: first) }
        return output.rowCount - first
    }

    /// Takes out the rows among the first `pairCount` pairs that are equal to those behind them, with these.
    mutating func takeOutEqual(_ pairCount: Int, of output: ColumnBatch, from first: Int) {
        for pair in 0..<pairCount { areDifferent[pair] = false }
        var different = 0
        output.withView { view in
            for (column, type) in output.types.enumerated() where different < pairCount {
                different = compare(view.columns[column], type, first, pairCount)
            }
        }
        if different == pairCount { return }
        var equal = 0
        for pair in 0..<pairCount where !areDifferent[pair] {
            pairs[equal] = pairs[pair]
            equal += 1
        }
        remove(equal, from: output, first)
    }

    /// Marks the pairs that differ in a column: NULLs are equal, strings by content, all else bit by bit. How many are
    /// marked.
    private func compare(_ column: ColumnView, _ type: PhysicalType, _ first: Int, _ count: Int) -> Int {
        switch type {
        case .bool: compare(column, first, count, UInt8.self, ==)
        case .int16: compare(column, first, count, UInt16.self, ==)
        case .int32, .float: compare(column, first, count, UInt32.self, ==)
        case .int64, .uint64, .double: compare(column, first, count, UInt64.self, ==)
        case .string: compare(column, first, count, StringView.self, ==)
        case .interval, .uuid: compare(column, first, count, UInt128.self, ==)
        // Not by its bytes: the struct has padding.
        case .decimal:
            compare(column, first, count, Decimal.self) { $0.unscaled == $1.unscaled && $0.scale == $1.scale && $0.kind == $1.kind }
        }
    }

    @inline(__always) private func compare<Value: BitwiseCopyable>(
        _ column: ColumnView, _ first: Int, _ count: Int, _ type: Value.Type, _ areEqual: (Value, Value) -> Bool
    ) -> Int {
        let values = column.values.assumingMemoryBound(to: Value.self)
        let (pairs, areDifferent) = (pairs, areDifferent)
        var different = 0
        if column.validity == nil {
            for pair in 0..<count {
                let row = first &+ Int(pairs[pair])
                let isDifferent = areDifferent[pair] || !areEqual(values[row], values[row &+ 1])
                areDifferent[pair] = isDifferent
                different &+= isDifferent ? 1 : 0
            }
            return different
        }
        for pair in 0..<count {
            let row = first &+ Int(pairs[pair])
            let isValid = column.isValid(row)
            if isValid != column.isValid(row &+ 1) || isValid && !areEqual(values[row], values[row &+ 1]) {
                areDifferent[pair] = true
            }
            different &+= areDifferent[pair] ? 1 : 0
        }
        return different
    }

    /// Takes these pairs, which are all of equal rows, out of the rows from `first` on.
    private func remove(_ equal: Int, from output: ColumnBatch, _ first: Int) {
        let end = output.rowCount
        for (column, type) in output.types.enumerated() {
            let values = output.rawValues(column)
            let stride = type.stride
            moveRuns(equal, first, end) { source, target, rows in
                (values + target * stride).copyMemory(from: values + source * stride, byteCount: rows * stride)
            }
            guard output.hasNulls(column) else { continue }
            let bitmap = output.validity(column)
            moveRuns(equal, first, end) { source, target, rows in
                for row in 0..<rows {
                    let isValid = bitmap[(source + row) >> 6] >> UInt64((source + row) & 63) & 1
                    let bit = UInt64((target + row) & 63)
                    bitmap[(target + row) >> 6] = bitmap[(target + row) >> 6] & ~(1 << bit) | isValid << bit
                }
            }
        }
        let weights = output.weights()
        moveRuns(equal, first, end) { source, target, rows in
            for row in 0..<rows { weights[target + row] = weights[source + row] }
        }
        output.truncate(to: end - 2 * equal)
    }

    /// The runs of rows between the pairs that go, with where each is moved to.
    private func moveRuns(_ equal: Int, _ first: Int, _ end: Int, _ move: (Int, Int, Int) -> Void) {
        for pair in 0..<equal {
            let source = first + Int(pairs[pair]) + 2
            let next = pair + 1 < equal ? first + Int(pairs[pair + 1]) : end
            move(source, source - 2 * (pair + 1), next - source)
        }
    }

    private mutating func grow() {
        let larger = capacity * 2
        let newEntries = UnsafeMutablePointer<UInt32>.allocate(capacity: larger)
        newEntries.update(from: entries, count: count)
        entries.deallocate()
        entries = newEntries
        let newKeys = UnsafeMutablePointer<UInt64>.allocate(capacity: max(larger * keyWords, 1))
        newKeys.update(from: keys, count: count * keyWords)
        keys.deallocate()
        keys = newKeys
        let newAccumulators = Self.allocateAccumulators(larger * accumulatorWords)
        newAccumulators.update(from: accumulators, count: count * accumulatorWords)
        accumulators.deallocate()
        accumulators = newAccumulators
        capacity = larger
    }
}
