import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Casts+Text.swift`.
    mutating func addCastsText() {
        register("castToText(bool)") { $0.each(castToText as Unary<Bool, StringView>) }
        register("booleanLetter(bool)") { $0.each(booleanLetter as Unary<Bool, StringView>) }
        register("castToText(int16)", .allocates) { $0.each(castToText as MakingUnary<Int16, StringView>) }
        register("castToText(int32)", .allocates) { $0.each(castToText as MakingUnary<Int32, StringView>) }
        register("castToText(int64)", .allocates) { $0.each(castToText as MakingUnary<Int64, StringView>) }
        register("castToText(uint64)", .allocates) { $0.each(castToText as MakingUnary<UInt64, StringView>) }
        register("castToText(float)", .allocates) { $0.each(castToText as MakingUnary<Float, StringView>) }
        register("castToText(double)", .allocates) { $0.each(castToText as MakingUnary<Double, StringView>) }
        register("castToText(decimal)", .allocates) { $0.each(castToText as MakingUnary<Decimal, StringView>) }
        register("castToText(interval)", .allocates) { $0.each(castToText as MakingUnary<Interval, StringView>) }
        register("castDateToText(int32)", .allocates) { $0.each(castDateToText as MakingUnary<Int32, StringView>) }
        register("castTimeToText(int64)", .allocates) { $0.each(castTimeToText as MakingUnary<Int64, StringView>) }
        register("castTimestampToText(int64)", .allocates) {
            $0.each(castTimestampToText as MakingUnary<Int64, StringView>)
        }
        register("castTimestamptzToText(int64)", .allocates) {
            $0.each(castTimestamptzToText as MakingUnary<Int64, StringView>)
        }
        register("castToDate(string)", .canFail) { $0.each(castToDate as FallibleUnary<StringView, Int32>) }
        register("castToTime(string)", .canFail) { $0.each(castToTime as FallibleUnary<StringView, Int64>) }
        register("castToTimestamp(string)", .canFail) { $0.each(castToTimestamp as FallibleUnary<StringView, Int64>) }
        register("castToTimestamptz(string)", .canFail) {
            $0.each(castToTimestamptz as FallibleUnary<StringView, Int64>)
        }
        register("castToInterval(string)", .canFail) { $0.each(castToInterval as FallibleUnary<StringView, Interval>) }
        register("castToInterval(string,int32)", .canFail) {
            $0.each(castToInterval as FallibleBinary<StringView, Int32, Interval>)
        }
        register("castToVarchar(string,int32)") { $0.each(castToVarchar as Binary<StringView, Int32, StringView>) }
        register("castToChar(string,int32)", .allocates) {
            $0.each(castToChar as MakingBinary<StringView, Int32, StringView>)
        }
        register("assignToVarchar(string,int32)", .canFail) {
            $0.each(assignToVarchar as FallibleBinary<StringView, Int32, StringView>)
        }
        register("castCharToText(string)") { $0.each(castCharToText as Unary<StringView, StringView>) }
        register("castByteaToText(string)", .allocates) {
            $0.each(castByteaToText as MakingUnary<StringView, StringView>)
        }
        register("castToBytea(string)", [.canFail, .allocates]) {
            $0.each(castToBytea as FallibleMakingUnary<StringView, StringView>)
        }
        register("castToText(uuid)", .allocates) { $0.each(castToText as MakingUnary<UUIDBytes, StringView>) }
        register("castToUUID(string)", .canFail) { $0.each(castToUUID as FallibleUnary<StringView, UUIDBytes>) }
    }
}
