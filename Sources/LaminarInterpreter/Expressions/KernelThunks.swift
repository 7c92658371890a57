package import LaminarExpressions

/// What a kernel's Swift function takes behind its arguments.
struct KernelNeeds: OptionSet {
    let rawValue: UInt8
    static let canFail = KernelNeeds(rawValue: 1)
    static let allocates = KernelNeeds(rawValue: 2)
}

/// The vector forms of kernels, by the kernel's name and argument types.
struct KernelThunks: Sendable {
    private var thunks: [String: (thunk: KernelThunk, needs: KernelNeeds)] = [:]

    static let standard: KernelThunks = {
        var thunks = KernelThunks()
        thunks.addAggregateEntries()
        thunks.addArrayFunctions()
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
        thunks.addNumberTemplate()
        thunks.addDateTimeTemplateParse()
        thunks.addDateTimeTruncation()
        thunks.addDecimalArithmetic()
        thunks.addDecimalMathematics()
        thunks.addDegreeTrigonometry()
        thunks.addEncodings()
        thunks.addFloatingPointArithmetic()
        thunks.addIntegerArithmetic()
        thunks.addJSONFunctions()
        thunks.addLetterCase()
        thunks.addLike()
        thunks.addMD5()
        thunks.addMathematics()
        thunks.addNestedFunctions()
        thunks.addRegularExpressionFunctions()
        thunks.addRowFunctions()
        thunks.addStringFunctions()
        thunks.addStringTrimming()
        thunks.addTimeZones()
        thunks.addWindowBounds()
        return thunks
    }()

    /// Nil also where the descriptor and the function disagree about faults or arenas: then generated code would not
    /// compile.
    func thunk(_ kernel: Kernel) -> KernelThunk? {
        guard let entry = thunks[kernel.description],
            entry.needs.contains(.canFail) == kernel.canFail, entry.needs.contains(.allocates) == kernel.allocates
        else { return nil }
        return entry.thunk
    }

    mutating func register(_ kernel: String, _ needs: KernelNeeds = [], _ thunk: @escaping KernelThunk) {
        thunks[kernel] = (thunk, needs)
    }
}

/// Whether the interpreter can call a kernel: it knows the function, and the descriptor says rightly what it takes.
package func canInterpret(_ kernel: Kernel) -> Bool { KernelThunks.standard.thunk(kernel) != nil }
