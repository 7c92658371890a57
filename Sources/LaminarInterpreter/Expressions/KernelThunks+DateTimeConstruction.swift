import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DateTimeConstruction.swift`.
    mutating func addDateTimeConstruction() {
        register("makeDate(int32,int32,int32)", .canFail) {
            $0.each(makeDate as FallibleTernary<Int32, Int32, Int32, Int32>)
        }
        register("makeTime(int32,int32,double)", .canFail) {
            $0.each(makeTime as FallibleTernary<Int32, Int32, Double, Int64>)
        }
        register("makeTimestamp(int32,int32,int32,int32,int32,double)", .canFail) {
            $0.eachRow { (frame, row, fault, site) -> Int64 in
                makeTimestamp(
                    frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row),
                    frame.value(4, row), frame.value(5, row),
                    &fault, at: site)
            }
        }
        register("makeInterval(int32,int32,int32,int32,int32,int32,double)", .canFail) {
            $0.eachRow { (frame, row, fault, site) -> Interval in
                makeInterval(
                    frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row),
                    frame.value(4, row), frame.value(5, row), frame.value(6, row),
                    &fault, at: site)
            }
        }
        register("timestampFromEpoch(double)", .canFail) { $0.each(timestampFromEpoch as FallibleUnary<Double, Int64>) }
    }
}
