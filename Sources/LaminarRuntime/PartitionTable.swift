import LaminarColumns
import LaminarState
import LaminarTypes

/// Numbers the partitions of rows in order of their first row's arrival; NULLs are one partition. Each has a record of
/// bytes, zeros at first, that belongs to its operator.
struct PartitionTable: ~Copyable {
    private let types: [PhysicalType]
    private let columns: [Int]
    private let layout: GroupTableLayout
    private var table: UnsafeMutablePointer<GroupTable>
    private let words: UnsafeMutablePointer<UInt64>

    /// - Parameters:
    ///   - types: of all columns of the rows.
    ///   - columns: those that tell partitions apart.
    ///   - recordBytes: a multiple of 16.
    init(types: [PhysicalType], columns: [Int], recordBytes: Int = 0) {
        self.types = types
        self.columns = columns
        // Each value behind a word that says whether it is NULL.
        layout = GroupTableLayout(
            key: columns.flatMap { [.word] + types[$0].keyElements }, accumulatorBytes: recordBytes)
        table = GroupTable.make(layout)
        words = .allocate(capacity: max(layout.keyWords, 1))
        words.initialize(repeating: 0, count: max(layout.keyWords, 1))
    }

    deinit {
        GroupTable.destroy(table)
        words.deallocate()
    }

    var count: Int { table.pointee.count }

    /// The number of a row's partition, which is `count` before the call if it is new.
    mutating func index(of batch: BatchView, _ row: Int) -> Int {
        var at = 0
        for column in columns {
            let size = types[column].keyElements.reduce(0) { $0 + $1.wordCount }
            let isValid = batch.columns[column].isValid(row)
            words[at] = isValid ? 0 : 1
            if isValid {
                storeKeyWords(batch.columns[column], row, types[column], words + at + 1)
            } else {
                (words + at + 1).update(repeating: 0, count: size)
            }
            at += 1 + size
        }
        return table.pointee.findOrInsert(words, hash: table.pointee.hash(words))
    }

    /// A partition's record; valid until the next partition comes.
    func record(_ partition: Int) -> UnsafeMutableRawPointer { table.pointee.accumulator(partition) }

    /// Keeps these partitions, which get new numbers from zero in this order.
    mutating func keep(_ partitions: [Int]) {
        let kept = copy(of: partitions)
        GroupTable.destroy(table)
        table = kept
    }

    private func copy(of partitions: [Int]) -> UnsafeMutablePointer<GroupTable> {
        let kept = GroupTable.make(layout)
        for partition in partitions {
            let key = table.pointee.key(partition)
            let index = kept.pointee.findOrInsert(key, hash: kept.pointee.hash(key))
            kept.pointee.accumulator(index)
                .copyMemory(from: table.pointee.accumulator(partition), byteCount: layout.accumulatorBytes)
        }
        return kept
    }

    mutating func clear() { table.pointee.clear() }

    func encode(to writer: inout StateWriter) { table.pointee.encode(to: &writer) }

    /// Writes these partitions alone, in this order.
    func encode(_ partitions: [Int], to writer: inout StateWriter) {
        let kept = copy(of: partitions)
        kept.pointee.encode(to: &writer)
        GroupTable.destroy(kept)
    }

    /// Replaces all partitions by what `encode` wrote; empty after an error.
    mutating func decode(from reader: inout StateReader) throws(StateError) { try table.pointee.decode(from: &reader) }
}
