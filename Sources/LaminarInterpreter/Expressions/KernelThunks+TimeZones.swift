import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `TimeZones.swift`.
    mutating func addTimeZones() {
        register("timestamptzAtZone(string,int64)", .canFail) {
            $0.each(timestamptzAtZone as FallibleBinary<StringView, Int64, Int64>)
        }
        register("timestampAtZone(string,int64)", .canFail) {
            $0.each(timestampAtZone as FallibleBinary<StringView, Int64, Int64>)
        }
        register("timestamptzAtZone(interval,int64)", .canFail) {
            $0.each(timestamptzAtZone as FallibleBinary<Interval, Int64, Int64>)
        }
        register("timestampAtZone(interval,int64)", .canFail) {
            $0.each(timestampAtZone as FallibleBinary<Interval, Int64, Int64>)
        }
        register("truncateTimestamptz(int32,int64,string)", .canFail) {
            $0.each(truncateTimestamptz as FallibleTernary<Int32, Int64, StringView, Int64>)
        }
    }
}
