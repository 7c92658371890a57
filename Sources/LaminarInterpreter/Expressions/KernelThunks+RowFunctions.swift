import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `RowFunctions.swift`.
    mutating func addRowFunctions() {
        register("seriesCount(int64,int64,int64)", .canFail) {
            $0.each(seriesCount as FallibleTernary<Int64, Int64, Int64, Int64>)
        }
        register("rangeCount(int64,int64,int64)", .canFail) {
            $0.each(rangeCount as FallibleTernary<Int64, Int64, Int64, Int64>)
        }
        register("seriesValue(int64,int64,int64)") { $0.each(seriesValue as Ternary<Int64, Int64, Int64, Int64>) }
        register("decimalSeries(decimal,decimal,decimal)", [.canFail, .allocates]) {
            $0.each(decimalSeries as FallibleMakingTernary<Decimal, Decimal, Decimal, StringView>)
        }
        register("timestampSeries(int64,int64,interval,int32)", [.canFail, .allocates]) {
            $0.each(timestampSeries as FallibleMakingQuaternary<Int64, Int64, Interval, Int32, StringView>)
        }
        register("flattened(string)", .allocates) { $0.each(flattened as MakingUnary<StringView, StringView>) }
        register("arrayRow(string,int64)", .allocates) {
            $0.each(arrayRow as MakingBinary<StringView, Int64, StringView>)
        }
        register("jsonArrayElements(string,bool)", [.canFail, .allocates]) {
            $0.each(jsonArrayElements as FallibleMakingBinary<StringView, Bool, StringView>)
        }
        register("jsonObjectKeys(string)", [.canFail, .allocates]) {
            $0.each(jsonObjectKeys as FallibleMakingUnary<StringView, StringView>)
        }
        register("jsonObjectValues(string,bool)", [.canFail, .allocates]) {
            $0.each(jsonObjectValues as FallibleMakingBinary<StringView, Bool, StringView>)
        }
    }
}
