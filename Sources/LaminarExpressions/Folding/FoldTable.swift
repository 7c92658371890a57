import LaminarKernels
import LaminarTypes

/// Calls kernels on constants.
struct FoldTable: Sendable {
    /// The result, of the given type; nil if the kernel fails.
    typealias Folder = @Sendable ([Value], SQLType, inout Arena) -> Value?

    private var folders: [String: Folder] = [:]

    static let standard: FoldTable = {
        var table = FoldTable()
        table.addArithmetic()
        table.addComparison()
        table.addCasts()
        table.addDateTime()
        table.addStrings()
        table.addArrays()
        return table
    }()

    /// Nil where the kernel is not in the table or fails.
    func result(_ kernel: Kernel, _ arguments: [Value], _ type: SQLType) -> Value? {
        guard let folder = folders[kernel.description] else { return nil }
        var arena = Arena()
        return folder(arguments, type, &arena)
    }

    private mutating func register(_ name: String, _ arguments: [PhysicalType], _ folder: @escaping Folder) {
        folders[Kernel(name, arguments, .bool).description] = folder
    }

    mutating func unary<A: FoldableValue, R: FoldableValue>(_ name: String, _ kernel: @escaping @Sendable (A) -> R) {
        register(name, [A.physical]) { values, type, arena in
            A(values[0], &arena).map { kernel($0).value(of: type) }
        }
    }

    mutating func unary<A: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, inout Fault, Int) -> R
    ) {
        register(name, [A.physical]) { values, type, arena in
            guard let a = A(values[0], &arena) else { return nil }
            var fault = Fault()
            let result = kernel(a, &fault, 0)
            return fault.isRaised ? nil : result.value(of: type)
        }
    }

    mutating func unary<A: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, inout Arena) -> R
    ) {
        register(name, [A.physical]) { values, type, arena in
            guard let a = A(values[0], &arena) else { return nil }
            return kernel(a, &arena).value(of: type)
        }
    }

    mutating func binary<A: FoldableValue, B: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, B) -> R
    ) {
        register(name, [A.physical, B.physical]) { values, type, arena in
            guard let a = A(values[0], &arena), let b = B(values[1], &arena) else { return nil }
            return kernel(a, b).value(of: type)
        }
    }

    mutating func binary<A: FoldableValue, B: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, B, inout Fault, Int) -> R
    ) {
        register(name, [A.physical, B.physical]) { values, type, arena in
            guard let a = A(values[0], &arena), let b = B(values[1], &arena) else { return nil }
            var fault = Fault()
            let result = kernel(a, b, &fault, 0)
            return fault.isRaised ? nil : result.value(of: type)
        }
    }

    mutating func binary<A: FoldableValue, B: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, B, inout Arena) -> R
    ) {
        register(name, [A.physical, B.physical]) { values, type, arena in
            guard let a = A(values[0], &arena), let b = B(values[1], &arena) else { return nil }
            return kernel(a, b, &arena).value(of: type)
        }
    }

    mutating func unary<A: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, inout Arena, inout Fault, Int) -> R
    ) {
        register(name, [A.physical]) { values, type, arena in
            guard let a = A(values[0], &arena) else { return nil }
            var fault = Fault()
            let result = kernel(a, &arena, &fault, 0)
            return fault.isRaised ? nil : result.value(of: type)
        }
    }

    mutating func binary<A: FoldableValue, B: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, B, inout Arena, inout Fault, Int) -> R
    ) {
        register(name, [A.physical, B.physical]) { values, type, arena in
            guard let a = A(values[0], &arena), let b = B(values[1], &arena) else { return nil }
            var fault = Fault()
            let result = kernel(a, b, &arena, &fault, 0)
            return fault.isRaised ? nil : result.value(of: type)
        }
    }

    mutating func ternary<A: FoldableValue, B: FoldableValue, C: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, B, C, inout Arena, inout Fault, Int) -> R
    ) {
        register(name, [A.physical, B.physical, C.physical]) { values, type, arena in
            guard let a = A(values[0], &arena), let b = B(values[1], &arena), let c = C(values[2], &arena) else {
                return nil
            }
            var fault = Fault()
            let result = kernel(a, b, c, &arena, &fault, 0)
            return fault.isRaised ? nil : result.value(of: type)
        }
    }

    mutating func ternary<A: FoldableValue, B: FoldableValue, C: FoldableValue, R: FoldableValue>(
        _ name: String, _ kernel: @escaping @Sendable (A, B, C, inout Fault, Int) -> R
    ) {
        register(name, [A.physical, B.physical, C.physical]) { values, type, arena in
            guard let a = A(values[0], &arena), let b = B(values[1], &arena), let c = C(values[2], &arena) else {
                return nil
            }
            var fault = Fault()
            let result = kernel(a, b, c, &fault, 0)
            return fault.isRaised ? nil : result.value(of: type)
        }
    }
}

/// A kernel's argument or result as a constant of a plan.
protocol FoldableValue: SendableMetatype {
    static var physical: PhysicalType { get }
    /// Nil if the value is of another kind, which is a mistake of ours that folding leaves alone.
    init?(_ value: Value, _ arena: inout Arena)
    func value(of type: SQLType) -> Value
}

extension Bool: FoldableValue {
    static var physical: PhysicalType { .bool }
    init?(_ value: Value, _ arena: inout Arena) {
        guard case .boolean(let value) = value else { return nil }
        self = value
    }
    func value(of type: SQLType) -> Value { .boolean(self) }
}

extension Int16: FoldableValue {
    static var physical: PhysicalType { .int16 }
    init?(_ value: Value, _ arena: inout Arena) {
        guard case .integer(let value) = value else { return nil }
        self.init(exactly: value)
    }
    func value(of type: SQLType) -> Value { .integer(Int64(self)) }
}

extension Int32: FoldableValue {
    static var physical: PhysicalType { .int32 }
    init?(_ value: Value, _ arena: inout Arena) {
        switch value {
        case .integer(let value): self.init(exactly: value)
        case .date(let value): self = value
        default: return nil
        }
    }
    func value(of type: SQLType) -> Value { type == .date ? .date(self) : .integer(Int64(self)) }
}

extension Int64: FoldableValue {
    static var physical: PhysicalType { .int64 }
    init?(_ value: Value, _ arena: inout Arena) {
        switch value {
        case .integer(let value), .time(let value), .timestamp(let value): self = value
        default: return nil
        }
    }
    func value(of type: SQLType) -> Value {
        if type == .time { return .time(self) }
        return type.isTimestamp ? .timestamp(self) : .integer(self)
    }
}

extension Float: FoldableValue {
    static var physical: PhysicalType { .float }
    init?(_ value: Value, _ arena: inout Arena) {
        guard case .real(let value) = value else { return nil }
        self = value
    }
    func value(of type: SQLType) -> Value { .real(self) }
}

extension Double: FoldableValue {
    static var physical: PhysicalType { .double }
    init?(_ value: Value, _ arena: inout Arena) {
        guard case .double(let value) = value else { return nil }
        self = value
    }
    func value(of type: SQLType) -> Value { .double(self) }
}

extension Decimal: FoldableValue {
    static var physical: PhysicalType { .decimal }
    init?(_ value: Value, _ arena: inout Arena) {
        guard case .decimal(let value) = value else { return nil }
        self = value
    }
    func value(of type: SQLType) -> Value { .decimal(self) }
}

extension Interval: FoldableValue {
    static var physical: PhysicalType { .interval }
    init?(_ value: Value, _ arena: inout Arena) {
        guard case .interval(let value) = value else { return nil }
        self = value
    }
    func value(of type: SQLType) -> Value { .interval(self) }
}

extension StringView: FoldableValue {
    static var physical: PhysicalType { .string }
    init?(_ value: Value, _ arena: inout Arena) {
        switch value {
        case .text(let text): self = arena.copy(text)
        case .bytes(let bytes):
            self = bytes.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { arena.copy(StringView($0, count: buffer.count)) } ?? StringView()
            }
        default: return nil
        }
    }
    func value(of type: SQLType) -> Value {
        type == .bytea || type.isNested ? .bytes(withBytes { Array($0) }) : .text(string)
    }
}
