import LaminarKernels
import LaminarTypes

/// A value of a physical type that a recorded result's text stands for.
protocol Cell: SendableMetatype {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Self
    func write(_ arena: inout Arena) -> StringView
}

extension Int16: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Int16 {
        castToSmallint(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

extension Int32: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Int32 {
        castToInteger(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

extension Int64: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Int64 {
        castToBigint(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

extension Float: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Float {
        castToReal(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

extension Double: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Double {
        castToDouble(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

extension Decimal: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Decimal {
        castToNumeric(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

extension Interval: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Interval {
        castToInterval(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

extension Bool: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> Bool {
        castToBoolean(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self) }
}

extension StringView: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> StringView { text }
    func write(_ arena: inout Arena) -> StringView { self }
}

extension UUIDBytes: Cell {
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> UUIDBytes {
        castToUUID(text, &fault, at: 0)
    }
    func write(_ arena: inout Arena) -> StringView { castToText(self, &arena) }
}

struct DateCell: Cell {
    var value: Int32
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> DateCell {
        DateCell(value: castToDate(text, &fault, at: 0))
    }
    func write(_ arena: inout Arena) -> StringView { castDateToText(value, &arena) }
}

struct TimeCell: Cell {
    var value: Int64
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> TimeCell {
        TimeCell(value: castToTime(text, &fault, at: 0))
    }
    func write(_ arena: inout Arena) -> StringView { castTimeToText(value, &arena) }
}

struct TimestampCell: Cell {
    var value: Int64
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> TimestampCell {
        TimestampCell(value: castToTimestamp(text, &fault, at: 0))
    }
    func write(_ arena: inout Arena) -> StringView { castTimestampToText(value, &arena) }
}

struct TimestamptzCell: Cell {
    var value: Int64
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> TimestamptzCell {
        TimestamptzCell(value: castToTimestamptz(text, &fault, at: 0))
    }
    func write(_ arena: inout Arena) -> StringView { castTimestamptzToText(value, &arena) }
}

struct ByteaCell: Cell {
    var value: StringView
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> ByteaCell {
        ByteaCell(value: castToBytea(text, &arena, &fault, at: 0))
    }
    func write(_ arena: inout Arena) -> StringView { castByteaToText(value, &arena) }
}

/// A field's name as kernels take it.
struct FieldCell: Cell {
    var value: Int32
    static func read(_ text: StringView, _ arena: inout Arena, _ fault: inout Fault) -> FieldCell {
        FieldCell(value: DateTimeField(name: text.string)?.rawValue ?? -1)
    }
    func write(_ arena: inout Arena) -> StringView { StringView() }
}
