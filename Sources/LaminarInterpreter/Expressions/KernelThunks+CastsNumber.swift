import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Casts+Number.swift`.
    mutating func addCastsNumber() {
        register("castToReal(int16)") { $0.unary(castToReal as Unary<Int16, Float>) }
        register("castToReal(int32)") { $0.unary(castToReal as Unary<Int32, Float>) }
        register("castToReal(int64)") { $0.unary(castToReal as Unary<Int64, Float>) }
        register("castToDouble(int16)") { $0.unary(castToDouble as Unary<Int16, Double>) }
        register("castToDouble(int32)") { $0.unary(castToDouble as Unary<Int32, Double>) }
        register("castToDouble(int64)") { $0.unary(castToDouble as Unary<Int64, Double>) }
        register("castToDouble(uint64)") { $0.unary(castToDouble as Unary<UInt64, Double>) }
        register("castToDouble(float)") { $0.unary(castToDouble as Unary<Float, Double>) }
        register("castToDouble(decimal)") { $0.each(castToDouble as Unary<Decimal, Double>) }
        register("castToReal(double)", .canFail) { $0.unary(castToReal as FallibleUnary<Double, Float>) }
        register("castToReal(decimal)", .canFail) { $0.each(castToReal as FallibleUnary<Decimal, Float>) }
        register("castToReal(string)", .canFail) { $0.each(castToReal as FallibleUnary<StringView, Float>) }
        register("castToDouble(string)", .canFail) { $0.each(castToDouble as FallibleUnary<StringView, Double>) }
        register("castToNumeric(int16)") { $0.each(castToNumeric as Unary<Int16, Decimal>) }
        register("castToNumeric(int32)") { $0.each(castToNumeric as Unary<Int32, Decimal>) }
        register("castToNumeric(int64)") { $0.each(castToNumeric as Unary<Int64, Decimal>) }
        register("castToNumeric(uint64)") { $0.each(castToNumeric as Unary<UInt64, Decimal>) }
        register("castToNumeric(double)", .canFail) { $0.each(castToNumeric as FallibleUnary<Double, Decimal>) }
        register("castToNumeric(float)", .canFail) { $0.each(castToNumeric as FallibleUnary<Float, Decimal>) }
        register("castToNumeric(string)", .canFail) { $0.each(castToNumeric as FallibleUnary<StringView, Decimal>) }
        register("coerceNumeric(decimal,int32,int32)", .canFail) {
            $0.each(coerceNumeric as FallibleTernary<Decimal, Int32, Int32, Decimal>)
        }
        register("castToBoolean(int32)") { $0.unary(castToBoolean as Unary<Int32, Bool>) }
        register("castToBoolean(string)", .canFail) { $0.each(castToBoolean as FallibleUnary<StringView, Bool>) }
    }
}
