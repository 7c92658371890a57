import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `AggregateEntry.swift` and `SortKeys.swift`.
    mutating func addAggregateEntries() {
        register("sortKey(bool,int32)", .allocates) { $0.each(sortKey as MakingBinary<Bool, Int32, StringView>) }
        register("sortKey(int16,int32)", .allocates) { $0.each(sortKey as MakingBinary<Int16, Int32, StringView>) }
        register("sortKey(int32,int32)", .allocates) { $0.each(sortKey as MakingBinary<Int32, Int32, StringView>) }
        register("sortKey(int64,int32)", .allocates) { $0.each(sortKey as MakingBinary<Int64, Int32, StringView>) }
        register("sortKey(uint64,int32)", .allocates) { $0.each(sortKey as MakingBinary<UInt64, Int32, StringView>) }
        register("sortKey(float,int32)", .allocates) { $0.each(sortKey as MakingBinary<Float, Int32, StringView>) }
        register("sortKey(double,int32)", .allocates) { $0.each(sortKey as MakingBinary<Double, Int32, StringView>) }
        register("sortKey(decimal,int32)", .allocates) { $0.each(sortKey as MakingBinary<Decimal, Int32, StringView>) }
        register("sortKey(string,int32)", .allocates) {
            $0.each(sortKey as MakingBinary<StringView, Int32, StringView>)
        }
        register("sortKey(interval,int32)", .allocates) {
            $0.each(sortKey as MakingBinary<Interval, Int32, StringView>)
        }
        register("sortKeyOfNull(int32)", .allocates) { $0.each(sortKeyOfNull as MakingUnary<Int32, StringView>) }
        register("entryValue(bool)", .allocates) { $0.each(entryValue as MakingUnary<Bool, StringView>) }
        register("entryValue(int16)", .allocates) { $0.each(entryValue as MakingUnary<Int16, StringView>) }
        register("entryValue(int32)", .allocates) { $0.each(entryValue as MakingUnary<Int32, StringView>) }
        register("entryValue(int64)", .allocates) { $0.each(entryValue as MakingUnary<Int64, StringView>) }
        register("entryValue(uint64)", .allocates) { $0.each(entryValue as MakingUnary<UInt64, StringView>) }
        register("entryValue(float)", .allocates) { $0.each(entryValue as MakingUnary<Float, StringView>) }
        register("entryValue(double)", .allocates) { $0.each(entryValue as MakingUnary<Double, StringView>) }
        register("entryValue(decimal)", .allocates) { $0.each(entryValue as MakingUnary<Decimal, StringView>) }
        register("entryValue(interval)", .allocates) { $0.each(entryValue as MakingUnary<Interval, StringView>) }
        register("aggregateEntry(string,string,string)", .allocates) {
            $0.each(aggregateEntry as MakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("pairOfNumbers(double,double)", .allocates) {
            $0.each(pairOfNumbers as MakingBinary<Double, Double, StringView>)
        }
    }
}
