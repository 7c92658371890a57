public import LaminarTypes

/// Names one kernel: a Swift function of `LaminarKernels` at given physical types.
///
/// Generated code calls it by `name`, overload resolution doing the rest; the interpreter finds its vector form by
/// name and argument types. A kernel is strict: it is never called with a NULL.
public struct Kernel: Hashable, Sendable {
    /// The Swift function's base name, such as `add`.
    public let name: String
    public let arguments: [PhysicalType]
    public let result: PhysicalType
    /// Whether it takes `_ fault: inout Fault, at site: Int` at the end.
    public let canFail: Bool
    /// Whether it takes `_ arena: inout Arena` before that, because it makes strings.
    public let allocates: Bool

    public init(
        _ name: String, _ arguments: [PhysicalType], _ result: PhysicalType, canFail: Bool = false,
        allocates: Bool = false
    ) {
        self.name = name
        self.arguments = arguments
        self.result = result
        self.canFail = canFail
        self.allocates = allocates
    }
}

extension Kernel: CustomStringConvertible {
    /// `add(int64,int64)`: the key by which the interpreter finds the vector form.
    public var description: String {
        "\(name)(\(arguments.map { String(describing: $0) }.joined(separator: ",")))"
    }
}
