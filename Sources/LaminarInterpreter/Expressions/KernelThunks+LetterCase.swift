import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `LetterCase.swift`.
    mutating func addLetterCase() {
        register("lower(string)", .allocates) { $0.each(lower as MakingUnary<StringView, StringView>) }
        register("upper(string)", .allocates) { $0.each(upper as MakingUnary<StringView, StringView>) }
        register("initialCapitals(string)", .allocates) {
            $0.each(initialCapitals as MakingUnary<StringView, StringView>)
        }
        register("firstCodePoint(string)") { $0.each(firstCodePoint as Unary<StringView, Int32>) }
        register("character(int32)", [.canFail, .allocates]) {
            $0.each(character as FallibleMakingUnary<Int32, StringView>)
        }
    }
}
