import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DateTimeArithmetic.swift`.
    mutating func addDateTimeArithmetic() {
        register("addInterval(int64,interval)", .canFail) {
            $0.each(addInterval as FallibleBinary<Int64, Interval, Int64>)
        }
        register("subtractInterval(int64,interval)", .canFail) {
            $0.each(subtractInterval as FallibleBinary<Int64, Interval, Int64>)
        }
        register("subtractTimestamps(int64,int64)", .canFail) {
            $0.each(subtractTimestamps as FallibleBinary<Int64, Int64, Interval>)
        }
        register("age(int64,int64)", .canFail) { $0.each(age as FallibleBinary<Int64, Int64, Interval>) }
        register("addDays(int32,int32)", .canFail) { $0.each(addDays as FallibleBinary<Int32, Int32, Int32>) }
        register("subtractDays(int32,int32)", .canFail) { $0.each(subtractDays as FallibleBinary<Int32, Int32, Int32>) }
        register("subtractDates(int32,int32)", .canFail) {
            $0.each(subtractDates as FallibleBinary<Int32, Int32, Int32>)
        }
        register("addTimeToDate(int32,int64)", .canFail) {
            $0.each(addTimeToDate as FallibleBinary<Int32, Int64, Int64>)
        }
        register("addIntervalToTime(int64,interval)") { $0.each(addIntervalToTime as Binary<Int64, Interval, Int64>) }
        register("subtractIntervalFromTime(int64,interval)") {
            $0.each(subtractIntervalFromTime as Binary<Int64, Interval, Int64>)
        }
        register("subtractTimes(int64,int64)") { $0.each(subtractTimes as Binary<Int64, Int64, Interval>) }
        register("add(interval,interval)", .canFail) { $0.each(add as FallibleBinary<Interval, Interval, Interval>) }
        register("subtract(interval,interval)", .canFail) {
            $0.each(subtract as FallibleBinary<Interval, Interval, Interval>)
        }
        register("negate(interval)", .canFail) { $0.each(negate as FallibleUnary<Interval, Interval>) }
        register("multiply(interval,double)", .canFail) {
            $0.each(multiply as FallibleBinary<Interval, Double, Interval>)
        }
        register("divide(interval,double)", .canFail) { $0.each(divide as FallibleBinary<Interval, Double, Interval>) }
        register("justifyHours(interval)", .canFail) { $0.each(justifyHours as FallibleUnary<Interval, Interval>) }
        register("justifyDays(interval)", .canFail) { $0.each(justifyDays as FallibleUnary<Interval, Interval>) }
        register("justifyInterval(interval)", .canFail) {
            $0.each(justifyInterval as FallibleUnary<Interval, Interval>)
        }
        register("isFiniteDate(int32)") { $0.each(isFiniteDate as Unary<Int32, Bool>) }
        register("isFiniteInterval(interval)") { $0.each(isFiniteInterval as Unary<Interval, Bool>) }
        register("isFiniteTimestamp(int64)") { $0.each(isFiniteTimestamp as Unary<Int64, Bool>) }
    }
}
