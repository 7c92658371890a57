/// What a query adds to an aggregating operator, at the grain at which the operator calls it: a chunk of rows.
///
/// Windows, watermarks, lateness, firing and changelogs are the operator's; reading, filtering, keying and folding rows
/// are the program's. Ahead-of-time code conforms through `CompiledAggregate`, which fuses them into one loop; the
/// interpreter conforms with vector primitives over the same tables. A program has no state of its own that outlives a
/// call, so that executors can be exchanged between two calls.
///
/// Strings: `scratch` holds what expressions make while rows are read and is emptied between chunks. What is kept is
/// copied into the table's arena, what is emitted into the output batch's arena.
/// Failures are collected in `fault` and never thrown; a call that reports one may have applied any part of its chunk.
public protocol AggregateProgram {
    /// The columns that the program reads, borrowed from a batch.
    associatedtype Columns: BitwiseCopyable

    /// The state table's layout, a function of the plan.
    var layout: GroupTableLayout { get }
    /// The columns that `emit` writes.
    var outputTypes: [PhysicalType] { get }
    /// Whether rows with negative weights can be taken back from every aggregate.
    var canRetract: Bool { get }

    func columns(of batch: BatchView) -> Columns

    /// The event time of a row in microseconds, filtered out or not; nil: NULL.
    func time(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64?

    /// Whether every row of `from..<to` has an event time in `lower...upper`, none NULL and none failing; it may say no
    /// where it cannot tell. One pass without a branch per row.
    func timesLie(
        within lower: Int64, through upper: Int64, _ columns: Columns, _ from: Int, _ to: Int, _ scratch: inout Arena
    ) -> Bool

    /// The greatest event time of rows `from..<to`, which `timesLie` has accepted.
    func greatestTime(_ columns: Columns, _ from: Int, _ to: Int, _ scratch: inout Arena) -> Int64

    /// Whether a row passes the query's filter.
    func passes(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Bool

    /// Filters rows `from..<to`, finds or makes their groups and adds them to the accumulators.
    func update(
        _ table: UnsafeMutablePointer<GroupTable>, _ columns: Columns, _ from: Int, _ to: Int,
        _ scratch: inout Arena, _ fault: inout Fault)

    /// As `update`, and tells `changes` of each group before it changes; rows of negative weight are taken back.
    ///
    /// For each row that passes, in order: find or make the group, `changes.pointee.willChange(group, table, weight)`,
    /// then add the row `weight` times or retract it `-weight` times. nil weights are all +1.
    func update(
        _ table: UnsafeMutablePointer<GroupTable>, _ columns: Columns, _ from: Int, _ to: Int,
        weights: UnsafePointer<Int64>?, recording changes: UnsafeMutablePointer<ChangeRecorder>,
        _ scratch: inout Arena, _ fault: inout Fault)

    /// As `update`, for rows of several panes, which may share a dictionary: its keys are numbered in the order of rows.
    func update(
        _ rows: PaneRows, _ columns: Columns, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault)

    /// Finds or makes in `dictionary` the keys of the rows that pass the query's filter; `.max` for others.
    func locate(
        _ dictionary: UnsafeMutablePointer<GroupTable>, into groups: UnsafeMutablePointer<UInt32>,
        _ columns: Columns, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault)

    /// Adds rows to records of `table`, `offset` bytes behind their starts: row `from + n` to the one with the number
    /// `records[n]`, unless that is `.max`.
    func fold(
        _ table: UnsafeMutablePointer<GroupTable>, at offset: Int, _ records: UnsafePointer<UInt32>,
        _ columns: Columns, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault)

    /// Looks up and folds the rows that prolong the newest session of their key, up to the first that does not.
    ///
    /// - Parameter times: those of the rows, from row `from` on.
    /// - Returns: that row, row `to` if there is none; nil: the program does not do that, and rows are to be looked up,
    ///   placed and folded one after the other.
    func prolong(
        _ sessions: OpenSessions, _ times: UnsafePointer<Int64>, _ columns: Columns, _ from: Int, _ to: Int,
        _ scratch: inout Arena, _ fault: inout Fault
    ) -> SessionStop?

    /// Whether the accumulators of all calls can be merged.
    var canMerge: Bool { get }

    /// Counts into `count` accumulator records what as many others have counted, as if it had come after; records of zero
    /// bytes change nothing. Strings are copied into `arena`, which belongs to the target's table.
    func merge(
        _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int, stride: Int, _ arena: inout Arena)

    /// The first row of `from..<to` for which an expression fails, with its fault; leaves all state as it is.
    ///
    /// Called after `update` has reported a fault, or before it where failing rows are to be skipped.
    func firstFailure(_ columns: Columns, _ from: Int, _ to: Int, _ scratch: inout Arena) -> FailedRow?

    /// Appends the result rows of `groups` to `batch`, in order: HAVING, then the projection over keys, window and
    /// aggregate results. The batch has room for `groups.count` rows.
    ///
    /// - Parameters:
    ///   - windows: the bounds of the groups' windows, which a running aggregate does not read.
    ///   - origins: where not nil, receives the position in `groups` of each appended row's group, from index 0 on.
    func emit(
        _ groups: GroupSlice, _ windows: WindowSlice, into batch: ColumnBatch,
        origins: UnsafeMutablePointer<UInt32>?, _ fault: inout Fault)

    /// As `emit`, for what each touched group was and then is, from where it lies, with the weights −1 and +1. The batch has
    /// room for two rows a group.
    ///
    /// - Parameter pairs: receives the appended rows, counted from 0, that are followed by their group's new one and may be
    ///   equal to it.
    /// - Returns: the number of pairs; nil: the program does not do that, and groups are to be gathered for `emit`.
    func emitChanges(
        _ changed: TouchedGroups, into batch: ColumnBatch, pairs: UnsafeMutablePointer<UInt32>, _ fault: inout Fault
    ) -> Int?
}

extension AggregateProgram {
    @inlinable public func emitChanges(
        _ changed: TouchedGroups, into batch: ColumnBatch, pairs: UnsafeMutablePointer<UInt32>, _ fault: inout Fault
    ) -> Int? { nil }

    @inlinable public func prolong(
        _ sessions: OpenSessions, _ times: UnsafePointer<Int64>, _ columns: Columns, _ from: Int, _ to: Int,
        _ scratch: inout Arena, _ fault: inout Fault
    ) -> SessionStop? { nil }
}

/// A row that could not be evaluated.
public struct FailedRow: Sendable, BitwiseCopyable {
    public var row: Int
    public var fault: Fault

    @inlinable public init(row: Int, fault: Fault) {
        self.row = row
        self.fault = fault
    }
}

/// A window `[start, end)` in microseconds since the epoch.
public struct WindowBounds: Sendable, BitwiseCopyable, Equatable {
    public var start: Int64
    public var end: Int64

    @inlinable public init(start: Int64, end: Int64) {
        self.start = start
        self.end = end
    }
}

extension AggregateProgram {
    /// As `emit`, for groups of one window.
    @inlinable public func emit(
        _ groups: GroupSlice, _ window: WindowBounds, into batch: ColumnBatch,
        origins: UnsafeMutablePointer<UInt32>?, _ fault: inout Fault
    ) {
        withUnsafePointer(to: window) { window in
            emit(groups, WindowSlice(window), into: batch, origins: origins, &fault)
        }
    }
}

/// The windows of groups to be emitted: one for all of them, or one each.
public struct WindowSlice: BitwiseCopyable {
    @usableFromInline let windows: UnsafePointer<WindowBounds>
    @usableFromInline let step: Int

    /// One window for all.
    @inlinable public init(_ window: UnsafePointer<WindowBounds>) {
        windows = window
        step = 0
    }

    @inlinable public init(each windows: UnsafePointer<WindowBounds>) {
        self.windows = windows
        step = 1
    }

    /// The window of a group.
    @inlinable public subscript(group: Int) -> WindowBounds { windows[group &* step] }

    /// The windows of the groups from `group` on.
    @inlinable public func dropFirst(_ group: Int) -> WindowSlice {
        step == 0 ? self : WindowSlice(each: windows + group)
    }
}

/// Groups to be emitted: keys and accumulator records that lie dense, borrowed for the call.
public struct GroupSlice: BitwiseCopyable {
    /// `keyWords` words a group.
    public var keys: UnsafePointer<UInt64>
    /// `accumulatorBytes` bytes a group.
    public var accumulators: UnsafeRawPointer
    public var count: Int
    public var keyWords: Int
    public var accumulatorBytes: Int

    @inlinable public init(
        keys: UnsafePointer<UInt64>, accumulators: UnsafeRawPointer, count: Int, keyWords: Int, accumulatorBytes: Int
    ) {
        self.keys = keys
        self.accumulators = accumulators
        self.count = count
        self.keyWords = keyWords
        self.accumulatorBytes = accumulatorBytes
    }

    /// All groups of a table, or those from `first` on.
    @inlinable public init(_ table: UnsafeMutablePointer<GroupTable>, from first: Int = 0, count: Int? = nil) {
        self.init(
            keys: UnsafePointer(table.pointee.key(first)),
            accumulators: UnsafeRawPointer(table.pointee.accumulator(first)),
            count: count ?? table.pointee.count &- first, keyWords: table.pointee.keyWords,
            accumulatorBytes: table.pointee.accumulatorBytes)
    }

    /// One group of it.
    @inlinable public subscript(group: Int) -> GroupSlice {
        GroupSlice(
            keys: keys + group &* keyWords, accumulators: accumulators + group &* accumulatorBytes, count: 1,
            keyWords: keyWords, accumulatorBytes: accumulatorBytes)
    }

    /// The words of a group's key.
    @inlinable public func key(_ group: Int) -> UnsafePointer<UInt64> { keys + group &* keyWords }

    /// The key of a group. Sound only if `Key` is the program's key type.
    @inlinable public func key<Key: GroupKey>(_ group: Int, as type: Key.Type = Key.self) -> Key {
        Key(words: keys + group &* Key.wordCount)
    }

    /// The accumulators of a group. Sound only if `Accumulators` is the program's struct of accumulators.
    @inlinable public func accumulators<Accumulators: BitwiseCopyable>(
        _ group: Int, as type: Accumulators.Type = Accumulators.self
    ) -> UnsafePointer<Accumulators> {
        (accumulators + group &* accumulatorBytes).assumingMemoryBound(to: Accumulators.self)
    }
}
