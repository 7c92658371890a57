import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Encodings.swift`.
    mutating func addEncodings() {
        register("toHexadecimal(int32)", .allocates) { $0.each(toHexadecimal as MakingUnary<Int32, StringView>) }
        register("toHexadecimal(int64)", .allocates) { $0.each(toHexadecimal as MakingUnary<Int64, StringView>) }
        register("encode(string,string)", [.canFail, .allocates]) {
            $0.each(encode as FallibleMakingBinary<StringView, StringView, StringView>)
        }
        register("decode(string,string)", [.canFail, .allocates]) {
            $0.each(decode as FallibleMakingBinary<StringView, StringView, StringView>)
        }
    }
}
