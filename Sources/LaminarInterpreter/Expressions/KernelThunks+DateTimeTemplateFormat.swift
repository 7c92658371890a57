import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DateTimeTemplate+Format.swift`.
    mutating func addDateTimeTemplateFormat() {
        register("formatTimestamp(int64,string)", .allocates) {
            $0.each(formatTimestamp as MakingBinary<Int64, StringView, StringView>)
        }
        register("formatTimestamptz(int64,string)", .allocates) {
            $0.each(formatTimestamptz as MakingBinary<Int64, StringView, StringView>)
        }
        register("formatInterval(interval,string)", [.canFail, .allocates]) {
            $0.each(formatInterval as FallibleMakingBinary<Interval, StringView, StringView>)
        }
    }
}
