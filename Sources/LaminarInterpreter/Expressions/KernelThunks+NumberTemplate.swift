import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `NumberTemplate+Format.swift` and `NumberTemplate+Parse.swift`.
    mutating func addNumberTemplate() {
        register("formatNumber(int32,string)", [.canFail, .allocates]) {
            $0.each(formatNumber as FallibleMakingBinary<Int32, StringView, StringView>)
        }
        register("formatNumber(int64,string)", [.canFail, .allocates]) {
            $0.each(formatNumber as FallibleMakingBinary<Int64, StringView, StringView>)
        }
        register("formatNumber(decimal,string)", [.canFail, .allocates]) {
            $0.each(formatNumber as FallibleMakingBinary<Decimal, StringView, StringView>)
        }
        register("formatNumber(double,string)", [.canFail, .allocates]) {
            $0.each(formatNumber as FallibleMakingBinary<Double, StringView, StringView>)
        }
        register("formatNumber(float,string)", [.canFail, .allocates]) {
            $0.each(formatNumber as FallibleMakingBinary<Float, StringView, StringView>)
        }
        register("parseNumber(string,string)", .canFail) {
            $0.each(parseNumber as FallibleBinary<StringView, StringView, Decimal>)
        }
    }
}
