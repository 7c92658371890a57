/// MIN over strings, by their bytes. The string that is kept is owned by the state table's arena.
public struct MinimumOfString: Accumulator, Sendable {
    /// The least string so far, at byte offset 0.
    public var string: StringView
    public var count: Int64

    @inlinable public init() {
        string = StringView()
        count = 0
    }

    @inlinable public mutating func add(_ value: StringView, _ arena: inout Arena) {
        if count == 0 || value < string { string = arena.copy(value) }
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        if count == 0 || other.string < string { string = arena.copy(other.string) }
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> StringView? { count == 0 ? nil : string }
}

/// MAX over strings, by their bytes. The string that is kept is owned by the state table's arena.
public struct MaximumOfString: Accumulator, Sendable {
    /// The greatest string so far, at byte offset 0.
    public var string: StringView
    public var count: Int64

    @inlinable public init() {
        string = StringView()
        count = 0
    }

    @inlinable public mutating func add(_ value: StringView, _ arena: inout Arena) {
        if count == 0 || string < value { string = arena.copy(value) }
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        if count == 0 || string < other.string { string = arena.copy(other.string) }
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> StringView? { count == 0 ? nil : string }
}
