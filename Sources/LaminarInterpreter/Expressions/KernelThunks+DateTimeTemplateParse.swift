import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DateTimeTemplate+Parse.swift`.
    mutating func addDateTimeTemplateParse() {
        register("parseTimestamp(string,string)", .canFail) {
            $0.each(parseTimestamp as FallibleBinary<StringView, StringView, Int64>)
        }
        register("parseDate(string,string)", .canFail) {
            $0.each(parseDate as FallibleBinary<StringView, StringView, Int32>)
        }
    }
}
