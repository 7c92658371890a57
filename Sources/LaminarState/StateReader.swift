public import LaminarKernels
package import LaminarTypes

/// Reads what `StateWriter` wrote; whatever the bytes are, the worst outcome is a `StateError`.
public struct StateReader: ~Copyable {
    private let bytes: [UInt8]
    private var at: Int
    private let end: Int
    /// How state of the snapshot's layout is read as that of the reader's; nil where they are the same.
    package private(set) var migration: StateMigration?
    /// How the tables of the current section are read; nil: as they are.
    package private(set) var tables: StateMigration.Tables?
    private var sections: [Range<Int>]?
    private var section: Range<Int>?

    /// Checks header and checksum, and that the snapshot is of this fingerprint, or of a layout that can be read as it.
    public init(_ snapshot: [UInt8], fingerprint: String) throws(StateError) {
        bytes = snapshot
        at = 0
        end = snapshot.count
        guard snapshot.starts(with: StateWriter.magic) else { throw .corrupt("it does not start as a snapshot") }
        guard snapshot.count >= StateWriter.magic.count + 2 + 8 + 4 else { throw .corrupt("it is too short") }
        at = StateWriter.magic.count
        let version = try readInteger(UInt16.self)
        guard version <= StateWriter.version else { throw .unsupportedVersion(version) }
        let stored = snapshot.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let computed = snapshot.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0.dropLast(4))) }
        guard stored == computed else { throw .checksumMismatch }
        let found = try readString()
        if found == fingerprint { return }
        guard let old = StateLayout(found), let new = StateLayout(fingerprint) else {
            func shown(_ text: String) -> String {
                StateLayout(text) == nil ? text : StateLayout.fingerprint(of: text)
            }
            throw .fingerprintMismatch(expected: shown(fingerprint), found: shown(found))
        }
        guard let migration = new.migration(from: old) else {
            throw .incompatible(new.incompatibilities(with: old))
        }
        self.migration = migration
    }

    /// Bytes before the checksum that have not been read.
    public var remaining: Int { (section?.upperBound ?? end - 4) - at }

    /// Goes to the state of an operator by its position among those of the pipeline; false if the snapshot has none.
    public mutating func enterSection(_ index: Int) throws(StateError) -> Bool {
        precondition(section == nil, "Sections do not nest.")
        let known: [Range<Int>]
        if let sections { known = sections } else { known = try findSections() }
        var position = index
        if let migration {
            guard let old = migration.operators[index] else { return false }
            position = old
            tables = migration.tables[index]
        }
        guard known.indices.contains(position) else { throw .corrupt("the state of an operator is missing") }
        at = known[position].lowerBound
        section = known[position]
        return true
    }

    /// To be called behind the state of the operator: nothing of it may be left.
    public mutating func leaveSection() throws(StateError) {
        guard remaining == 0 else { throw .corrupt("the state of an operator is longer than its contents") }
        section = nil
        tables = nil
        at = end - 4
    }

    private mutating func findSections() throws(StateError) -> [Range<Int>] {
        var found: [Range<Int>] = []
        while remaining > 0 {
            let length = try readCount(bytesEach: 1)
            found.append(at..<at + length)
            at += length
        }
        sections = found
        return found
    }

    public mutating func readInteger<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(StateError) -> Integer {
        let size = MemoryLayout<Integer>.size
        guard remaining >= size else { throw .corrupt("it ends too early") }
        defer { at += size }
        return bytes.withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: Integer.self)) }
    }

    public mutating func readBool() throws(StateError) -> Bool {
        switch try readInteger(UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw .corrupt("a flag is neither 0 nor 1")
        }
    }

    /// A count of things that take at least `bytesEach` bytes each, so that no count makes anyone allocate more than the
    /// snapshot could hold.
    public mutating func readCount(bytesEach: Int) throws(StateError) -> Int {
        let count = try readInteger(UInt64.self)
        guard count <= UInt64(max(remaining, 0)) / UInt64(max(bytesEach, 1)) else {
            throw .corrupt("a count is larger than the snapshot")
        }
        return Int(count)
    }

    public mutating func readString() throws(StateError) -> String {
        let count = try readCount(bytesEach: 1)
        defer { at += count }
        return String(decoding: bytes[at..<at + count], as: UTF8.self)
    }

    /// A string view whose bytes are copied into `arena`.
    public mutating func readString(into arena: inout Arena) throws(StateError) -> StringView {
        let count = try readCount(bytesEach: 1)
        defer { at += count }
        guard count <= Int(UInt32.max) else { throw .corrupt("a string is too long") }
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return StringView() }
            return arena.copy(StringView(base + at, count: count))
        }
    }

    /// Copies `buffer.count` bytes that have no length before them.
    public mutating func readRaw(into buffer: UnsafeMutableRawBufferPointer) throws(StateError) {
        guard remaining >= buffer.count else { throw .corrupt("it ends too early") }
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[at..<at + buffer.count])) }
        at += buffer.count
    }

    /// To be called at the end: nothing may be left.
    public consuming func finish() throws(StateError) {
        // Of another layout there may be operators that nobody has asked for.
        guard remaining == 0 || migration != nil else { throw .corrupt("it is longer than its contents") }
    }
}
