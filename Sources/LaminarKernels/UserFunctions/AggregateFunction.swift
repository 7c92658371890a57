/// An aggregate written in Swift: a value of the type is the state of one group.
///
/// The state encodes itself as bytes, the same everywhere: state tables and checkpoints keep these bytes, and read them
/// back before each row. Keep it small. NULL arguments are not added.
public protocol AggregateFunction {
    associatedtype Argument: SQLValue
    associatedtype Result: SQLValue

    /// The state before any row.
    init()

    /// The state that `encode(into:)` wrote.
    init(decoding bytes: UnsafeRawBufferPointer)

    /// Appends the state to `bytes`.
    func encode(into bytes: inout [UInt8])

    /// Counts one value in.
    mutating func add(_ value: Argument)

    /// Counts in what `other` has counted.
    mutating func merge(_ other: Self)

    /// The aggregate's value; nil: NULL.
    func result() -> Result?
}

/// An aggregate that can take back a value which was added before: what RETRACTABLE promises.
public protocol RetractableAggregateFunction: AggregateFunction {
    mutating func retract(_ value: Argument)
}

/// The accumulator of an aggregate written in Swift: its encoded state, whose bytes the state table's arena owns.
///
/// - Parameters:
///   - Value, Output: how argument and result lie in columns by the SQL declaration; Swift checks them against the type.
public struct UserAggregate<Function: AggregateFunction, Value: BitwiseCopyable, Output: BitwiseCopyable>: Accumulator
where Function.Argument.Stored == Value, Function.Result.Stored == Output {
    /// At byte offset 0. Never written in place: results that were given out may still be read from the old bytes.
    public var state: StringView
    /// 0 while nothing has been added.
    public var count: Int64

    @inlinable public static var keepsStrings: Bool { true }

    @inlinable public init() {
        state = StringView()
        count = 0
    }

    @inlinable var function: Function {
        count == 0 ? Function() : state.withBytes { Function(decoding: UnsafeRawBufferPointer($0)) }
    }

    @inlinable mutating func store(_ function: Function, _ arena: inout Arena) {
        var bytes: [UInt8] = []
        function.encode(into: &bytes)
        state = makeBytes(&arena, bytes)
        count &+= 1
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        var function = function
        function.add(Function.Argument(stored: value))
        store(function, &arena)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        var function = function
        function.merge(other.function)
        store(function, &arena)
    }

    /// The result, its bytes in `arena`.
    @inlinable public func result(_ arena: inout Arena, _ fault: inout Fault, at site: Int) -> Output? {
        function.result()?.stored(in: &arena)
    }

    /// For results that need no arena.
    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Output? {
        var arena = Arena()
        return result(&arena, &fault, at: site)
    }
}

extension UserAggregate: RetractableAccumulator where Function: RetractableAggregateFunction {
    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        var function = function
        function.retract(Function.Argument(stored: value))
        store(function, &arena)
    }
}

/// As ``UserAggregate``, for what is declared RETRACTABLE.
public typealias RetractableUserAggregate<
    Function: RetractableAggregateFunction, Value: BitwiseCopyable, Output: BitwiseCopyable
> = UserAggregate<Function, Value, Output>
where Function.Argument.Stored == Value, Function.Result.Stored == Output
