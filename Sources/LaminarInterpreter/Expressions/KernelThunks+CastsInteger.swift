import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Casts+Integer.swift`.
    mutating func addCastsInteger() {
        register("castToInteger(int16)") { $0.unary(castToInteger as Unary<Int16, Int32>) }
        register("castToBigint(int16)") { $0.unary(castToBigint as Unary<Int16, Int64>) }
        register("castToBigint(int32)") { $0.unary(castToBigint as Unary<Int32, Int64>) }
        register("castToSmallint(int32)", .canFail) { $0.unary(castToSmallint as FallibleUnary<Int32, Int16>) }
        register("castToSmallint(int64)", .canFail) { $0.unary(castToSmallint as FallibleUnary<Int64, Int16>) }
        register("castToInteger(int64)", .canFail) { $0.unary(castToInteger as FallibleUnary<Int64, Int32>) }
        register("castToBigint(uint64)", .canFail) { $0.unary(castToBigint as FallibleUnary<UInt64, Int64>) }
        register("castToSmallint(double)", .canFail) { $0.unary(castToSmallint as FallibleUnary<Double, Int16>) }
        register("castToInteger(double)", .canFail) { $0.unary(castToInteger as FallibleUnary<Double, Int32>) }
        register("castToBigint(double)", .canFail) { $0.unary(castToBigint as FallibleUnary<Double, Int64>) }
        register("castToSmallint(float)", .canFail) { $0.unary(castToSmallint as FallibleUnary<Float, Int16>) }
        register("castToInteger(float)", .canFail) { $0.unary(castToInteger as FallibleUnary<Float, Int32>) }
        register("castToBigint(float)", .canFail) { $0.unary(castToBigint as FallibleUnary<Float, Int64>) }
        register("castToSmallint(decimal)", .canFail) { $0.each(castToSmallint as FallibleUnary<Decimal, Int16>) }
        register("castToInteger(decimal)", .canFail) { $0.each(castToInteger as FallibleUnary<Decimal, Int32>) }
        register("castToBigint(decimal)", .canFail) { $0.each(castToBigint as FallibleUnary<Decimal, Int64>) }
        register("castToInteger(bool)") { $0.unary(castToInteger as Unary<Bool, Int32>) }
        register("castToSmallint(string)", .canFail) { $0.each(castToSmallint as FallibleUnary<StringView, Int16>) }
        register("castToInteger(string)", .canFail) { $0.each(castToInteger as FallibleUnary<StringView, Int32>) }
        register("castToBigint(string)", .canFail) { $0.each(castToBigint as FallibleUnary<StringView, Int64>) }
    }
}
