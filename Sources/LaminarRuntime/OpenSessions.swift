/// What a loop needs to find the newest session of each key, and to see that a row prolongs it.
public struct OpenSessions: BitwiseCopyable {
    /// The keys, each with the number of its newest session plus one, 0 for none, in the low half of its record.
    @usableFromInline let dictionary: UnsafeMutablePointer<GroupTable>
    /// A header and the accumulators of each session.
    @usableFromInline let records: UnsafeMutablePointer<GroupTable>
    @usableFromInline let gap: UInt64
    /// Sessions with a later last row stay open during the rows that are looked at.
    @usableFromInline let alive: Int64

    init(
        dictionary: UnsafeMutablePointer<GroupTable>, records: UnsafeMutablePointer<GroupTable>, gap: Int64, alive: Int64
    ) {
        self.dictionary = dictionary
        self.records = records
        self.gap = UInt64(gap)
        self.alive = alive
    }
}

/// The row at which a loop over sessions has stopped, and the number of its key.
public struct SessionStop: BitwiseCopyable {
    public var row: Int
    public var group: Int

    @inlinable public init(row: Int, group: Int) {
        self.row = row
        self.group = group
    }
}

/// Looks rows up and folds those that prolong the newest session of their key, in one loop up to the first that does not:
/// the hot loop of aggregations over sessions.
///
/// As in `updateGroups` what the loop reads of the tables is held in locals.
/// - Parameter times: those of the rows, from row `from` on.
/// - Returns: the first row that begins a session or may bridge two or be late; row `to`: there was none.
@inlinable public func prolongSessions<Program: GroupProgram>(
    _ program: Program, _ sessions: OpenSessions, _ times: UnsafePointer<Int64>, _ columns: Program.Columns, _ from: Int,
    _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
) -> SessionStop {
    let dictionary = sessions.dictionary
    var probe = GroupProbe<Program.Key>(dictionary)
    var heads = dictionary.pointee.accumulators.assumingMemoryBound(to: UInt32.self)
    let base = sessions.records.pointee.accumulators
    let stride = sessions.records.pointee.accumulatorBytes
    let gap = sessions.gap
    let alive = sessions.alive
    var failure = fault
    var row = from
    while row < to {
        if _fastPath(program.passes(columns, row, &scratch, &failure)) {
            let key = program.key(columns, row, &scratch, &failure)
            var group = 0
            if Program.Key.wordCount == 0 {
                if _slowPath(dictionary.pointee.count == 0) {
                    group = insertGroup(key, key.hash64, dictionary)
                    heads = dictionary.pointee.accumulators.assumingMemoryBound(to: UInt32.self)
                }
            } else {
                let hash = key.hash64
                group = probe.find(key, hash: hash)
                if _slowPath(group < 0) {
                    group = insertGroup(key, hash, dictionary)
                    probe = GroupProbe(dictionary)
                    heads = dictionary.pointee.accumulators.assumingMemoryBound(to: UInt32.self)
                }
            }
            let time = times[row &- from]
            let newest = heads[2 &* group]
            if _slowPath(newest == 0) {
                fault = failure
                return SessionStop(row: row, group: group)
            }
            let record = base + Int(newest &- 1) &* stride
            let session = record.assumingMemoryBound(to: SessionHeader.self)
            let last = session.pointee.last
            if _fastPath(last > alive && time >= last && UInt64(bitPattern: time &- last) <= gap) {
                session.pointee.last = time
            } else {
                let start = session.pointee.start
                // A row behind the start of the newest session is too far from all older ones.
                if last > alive && time < last
                    && (time >= start || (session.pointee.older == 0 && UInt64(bitPattern: start &- time) <= gap))
                {
                    session.pointee.start = min(start, time)
                } else {
                    fault = failure
                    return SessionStop(row: row, group: group)
                }
            }
            // Sound: the records are made of this very type behind the header.
            let accumulators = (record + SessionHeader.bytes).assumingMemoryBound(to: Program.Accumulators.self)
            program.fold(
                &accumulators.pointee, Int(newest &- 1), sessions.records, columns, row, &scratch, &failure)
        }
        row &+= 1
    }
    fault = failure
    return SessionStop(row: to, group: 0)
}
