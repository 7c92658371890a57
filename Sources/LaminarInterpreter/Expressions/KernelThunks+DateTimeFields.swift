import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DateTimeFields.swift`.
    mutating func addDateTimeFields() {
        register("extractFromDate(int32,int32)", .canFail) {
            $0.each(extractFromDate as FallibleBinary<Int32, Int32, Decimal>)
        }
        register("extractFromTime(int32,int64)", .canFail) {
            $0.each(extractFromTime as FallibleBinary<Int32, Int64, Decimal>)
        }
        register("extractFromTimestamp(int32,int64)", .canFail) {
            $0.each(extractFromTimestamp as FallibleBinary<Int32, Int64, Decimal>)
        }
        register("extractFromTimestamptz(int32,int64)", .canFail) {
            $0.each(extractFromTimestamptz as FallibleBinary<Int32, Int64, Decimal>)
        }
        register("extractFromInterval(int32,interval)", .canFail) {
            $0.each(extractFromInterval as FallibleBinary<Int32, Interval, Decimal>)
        }
        register("datePartOfDate(int32,int32)", .canFail) {
            $0.each(datePartOfDate as FallibleBinary<Int32, Int32, Double>)
        }
        register("datePartOfTime(int32,int64)", .canFail) {
            $0.each(datePartOfTime as FallibleBinary<Int32, Int64, Double>)
        }
        register("datePartOfTimestamp(int32,int64)", .canFail) {
            $0.each(datePartOfTimestamp as FallibleBinary<Int32, Int64, Double>)
        }
        register("datePartOfTimestamptz(int32,int64)", .canFail) {
            $0.each(datePartOfTimestamptz as FallibleBinary<Int32, Int64, Double>)
        }
        register("datePartOfInterval(int32,interval)", .canFail) {
            $0.each(datePartOfInterval as FallibleBinary<Int32, Interval, Double>)
        }
    }
}
