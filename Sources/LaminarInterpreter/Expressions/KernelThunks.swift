import LaminarExpressions

/// The vector forms of kernels, by the kernel's name and argument types.
struct KernelThunks: Sendable {
    private(set) var thunks: [String: KernelThunk] = [:]

    static let standard: KernelThunks = {
        var thunks = KernelThunks()
        thunks.addByteStrings()
        thunks.addCastsDateTime()
        thunks.addCastsInteger()
        thunks.addCastsNumber()
        thunks.addCastsText()
        thunks.addComparison()
        thunks.addDateTimeArithmetic()
        thunks.addDateTimeConstruction()
        thunks.addDateTimeFields()
        thunks.addDateTimeTemplateFormat()
        thunks.addDateTimeTemplateParse()
        thunks.addDateTimeTruncation()
        thunks.addDecimalArithmetic()
        thunks.addDecimalMathematics()
        thunks.addDegreeTrigonometry()
        thunks.addEncodings()
        thunks.addFloatingPointArithmetic()
        thunks.addIntegerArithmetic()
        thunks.addLetterCase()
        thunks.addLike()
        thunks.addMD5()
        thunks.addMathematics()
        thunks.addStringFunctions()
        thunks.addStringTrimming()
        thunks.addTimeZones()
        thunks.addWindowBounds()
        return thunks
    }()

    func thunk(_ kernel: Kernel) -> KernelThunk? { thunks[kernel.description] }

    mutating func register(_ kernel: String, _ thunk: @escaping KernelThunk) { thunks[kernel] = thunk }
}

/// The kernels that the interpreter can call, such as `add(int64,int64)`.
package var interpretedKernels: Set<String> { Set(KernelThunks.standard.thunks.keys) }
