import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `WindowBounds.swift`.
    mutating func addWindowBounds() {
        register("windowEnd(int64,int64,int64)") { $0.each(windowEnd as Ternary<Int64, Int64, Int64, Int64>) }
        register("windowTime(int64,int64,int64)") { $0.each(windowTime as Ternary<Int64, Int64, Int64, Int64>) }
        register("microsecondsOfMilliseconds(int64)") {
            $0.each(microsecondsOfMilliseconds as Unary<Int64, Int64>)
        }
        register("timestampOfMilliseconds(int64)", .canFail) {
            $0.each(timestampOfMilliseconds as FallibleUnary<Int64, Int64>)
        }
        register("millisecondsOfMicroseconds(int64)") {
            $0.each(millisecondsOfMicroseconds as Unary<Int64, Int64>)
        }
        register("windowLast(int64,int64)") { $0.each(windowLast as Binary<Int64, Int64, Int64>) }
    }
}
