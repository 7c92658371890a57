import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `StringTrimming.swift`.
    mutating func addStringTrimming() {
        register("trimBoth(string)") { $0.each(trimBoth as Unary<StringView, StringView>) }
        register("trimLeading(string)") { $0.each(trimLeading as Unary<StringView, StringView>) }
        register("trimTrailing(string)") { $0.each(trimTrailing as Unary<StringView, StringView>) }
        register("trimBoth(string,string)") { $0.each(trimBoth as Binary<StringView, StringView, StringView>) }
        register("trimLeading(string,string)") { $0.each(trimLeading as Binary<StringView, StringView, StringView>) }
        register("trimTrailing(string,string)") { $0.each(trimTrailing as Binary<StringView, StringView, StringView>) }
        register("padLeft(string,int32,string)", [.canFail, .allocates]) {
            $0.each(padLeft as FallibleMakingTernary<StringView, Int32, StringView, StringView>)
        }
        register("padRight(string,int32,string)", [.canFail, .allocates]) {
            $0.each(padRight as FallibleMakingTernary<StringView, Int32, StringView, StringView>)
        }
        register("padLeft(string,int32)", [.canFail, .allocates]) {
            $0.each(padLeft as FallibleMakingBinary<StringView, Int32, StringView>)
        }
        register("padRight(string,int32)", [.canFail, .allocates]) {
            $0.each(padRight as FallibleMakingBinary<StringView, Int32, StringView>)
        }
        register("reversed(string)", .allocates) { $0.each(reversed as MakingUnary<StringView, StringView>) }
    }
}
