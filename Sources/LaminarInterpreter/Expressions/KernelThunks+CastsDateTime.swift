import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Casts+DateTime.swift`.
    mutating func addCastsDateTime() {
        register("castDateToTimestamp(int32)", .canFail) { $0.each(castDateToTimestamp as FallibleUnary<Int32, Int64>) }
        register("castTimestampToDate(int64)") { $0.each(castTimestampToDate as Unary<Int64, Int32>) }
        register("castTimestampToTime(int64)") { $0.each(castTimestampToTime as Unary<Int64, Int64>) }
        register("castTimeToInterval(int64)") { $0.each(castTimeToInterval as Unary<Int64, Interval>) }
        register("castIntervalToTime(interval)") { $0.each(castIntervalToTime as Unary<Interval, Int64>) }
        register("roundTimestamp(int64,int32)") { $0.each(roundTimestamp as Binary<Int64, Int32, Int64>) }
        register("roundTime(int64,int32)") { $0.each(roundTime as Binary<Int64, Int32, Int64>) }
        register("restrictInterval(interval,int32,int32)") {
            $0.each(restrictInterval as Ternary<Interval, Int32, Int32, Interval>)
        }
    }
}
