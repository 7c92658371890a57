import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DateTimeTruncation.swift`.
    mutating func addDateTimeTruncation() {
        register("windowStart(int64,int64,int64)") { $0.each(windowStart as Ternary<Int64, Int64, Int64, Int64>) }
        register("truncateTimestamp(int32,int64)", .canFail) {
            $0.each(truncateTimestamp as FallibleBinary<Int32, Int64, Int64>)
        }
        register("truncateInterval(int32,interval)", .canFail) {
            $0.each(truncateInterval as FallibleBinary<Int32, Interval, Interval>)
        }
        register("binTimestamp(interval,int64,int64)", .canFail) {
            $0.each(binTimestamp as FallibleTernary<Interval, Int64, Int64, Int64>)
        }
    }
}
