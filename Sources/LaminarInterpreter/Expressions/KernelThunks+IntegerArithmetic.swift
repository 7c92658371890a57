import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `IntegerArithmetic.swift`.
    mutating func addIntegerArithmetic() {
        register("add(int16,int16)", .canFail) { $0.binary(add as FallibleBinary<Int16, Int16, Int16>) }
        register("add(int32,int32)", .canFail) { $0.binary(add as FallibleBinary<Int32, Int32, Int32>) }
        register("add(int64,int64)", .canFail) { $0.binary(add as FallibleBinary<Int64, Int64, Int64>) }
        register("subtract(int16,int16)", .canFail) { $0.binary(subtract as FallibleBinary<Int16, Int16, Int16>) }
        register("subtract(int32,int32)", .canFail) { $0.binary(subtract as FallibleBinary<Int32, Int32, Int32>) }
        register("subtract(int64,int64)", .canFail) { $0.binary(subtract as FallibleBinary<Int64, Int64, Int64>) }
        register("multiply(int16,int16)", .canFail) { $0.binary(multiply as FallibleBinary<Int16, Int16, Int16>) }
        register("multiply(int32,int32)", .canFail) { $0.binary(multiply as FallibleBinary<Int32, Int32, Int32>) }
        register("multiply(int64,int64)", .canFail) { $0.binary(multiply as FallibleBinary<Int64, Int64, Int64>) }
        register("divide(int16,int16)", .canFail) {
            $0.division(divide as FallibleBinary<Int16, Int16, Int16>, isRemainder: false)
        }
        register("divide(int32,int32)", .canFail) {
            $0.division(divide as FallibleBinary<Int32, Int32, Int32>, isRemainder: false)
        }
        register("divide(int64,int64)", .canFail) {
            $0.division(divide as FallibleBinary<Int64, Int64, Int64>, isRemainder: false)
        }
        register("remainder(int16,int16)", .canFail) {
            $0.division(remainder as FallibleBinary<Int16, Int16, Int16>, isRemainder: true)
        }
        register("remainder(int32,int32)", .canFail) {
            $0.division(remainder as FallibleBinary<Int32, Int32, Int32>, isRemainder: true)
        }
        register("remainder(int64,int64)", .canFail) {
            $0.division(remainder as FallibleBinary<Int64, Int64, Int64>, isRemainder: true)
        }
        register("negate(int16)", .canFail) { $0.unary(negate as FallibleUnary<Int16, Int16>) }
        register("negate(int32)", .canFail) { $0.unary(negate as FallibleUnary<Int32, Int32>) }
        register("negate(int64)", .canFail) { $0.unary(negate as FallibleUnary<Int64, Int64>) }
        register("absolute(int16)", .canFail) { $0.unary(absolute as FallibleUnary<Int16, Int16>) }
        register("absolute(int32)", .canFail) { $0.unary(absolute as FallibleUnary<Int32, Int32>) }
        register("absolute(int64)", .canFail) { $0.unary(absolute as FallibleUnary<Int64, Int64>) }
        register("sign(int16)") { $0.unary(sign as Unary<Int16, Int16>) }
        register("sign(int32)") { $0.unary(sign as Unary<Int32, Int32>) }
        register("sign(int64)") { $0.unary(sign as Unary<Int64, Int64>) }
        register("bitAnd(int16,int16)") { $0.binary(bitAnd as Binary<Int16, Int16, Int16>) }
        register("bitAnd(int32,int32)") { $0.binary(bitAnd as Binary<Int32, Int32, Int32>) }
        register("bitAnd(int64,int64)") { $0.binary(bitAnd as Binary<Int64, Int64, Int64>) }
        register("bitOr(int16,int16)") { $0.binary(bitOr as Binary<Int16, Int16, Int16>) }
        register("bitOr(int32,int32)") { $0.binary(bitOr as Binary<Int32, Int32, Int32>) }
        register("bitOr(int64,int64)") { $0.binary(bitOr as Binary<Int64, Int64, Int64>) }
        register("bitXor(int16,int16)") { $0.binary(bitXor as Binary<Int16, Int16, Int16>) }
        register("bitXor(int32,int32)") { $0.binary(bitXor as Binary<Int32, Int32, Int32>) }
        register("bitXor(int64,int64)") { $0.binary(bitXor as Binary<Int64, Int64, Int64>) }
        register("bitNot(int16)") { $0.unary(bitNot as Unary<Int16, Int16>) }
        register("bitNot(int32)") { $0.unary(bitNot as Unary<Int32, Int32>) }
        register("bitNot(int64)") { $0.unary(bitNot as Unary<Int64, Int64>) }
        register("shiftLeft(int16,int32)") { $0.binary(shiftLeft as Binary<Int16, Int32, Int16>) }
        register("shiftLeft(int32,int32)") { $0.binary(shiftLeft as Binary<Int32, Int32, Int32>) }
        register("shiftLeft(int64,int32)") { $0.binary(shiftLeft as Binary<Int64, Int32, Int64>) }
        register("shiftRight(int16,int32)") { $0.binary(shiftRight as Binary<Int16, Int32, Int16>) }
        register("shiftRight(int32,int32)") { $0.binary(shiftRight as Binary<Int32, Int32, Int32>) }
        register("shiftRight(int64,int32)") { $0.binary(shiftRight as Binary<Int64, Int32, Int64>) }
        register("greatestCommonDivisor(int16,int16)", .canFail) {
            $0.binary(greatestCommonDivisor as FallibleBinary<Int16, Int16, Int16>)
        }
        register("greatestCommonDivisor(int32,int32)", .canFail) {
            $0.binary(greatestCommonDivisor as FallibleBinary<Int32, Int32, Int32>)
        }
        register("greatestCommonDivisor(int64,int64)", .canFail) {
            $0.binary(greatestCommonDivisor as FallibleBinary<Int64, Int64, Int64>)
        }
        register("leastCommonMultiple(int16,int16)", .canFail) {
            $0.binary(leastCommonMultiple as FallibleBinary<Int16, Int16, Int16>)
        }
        register("leastCommonMultiple(int32,int32)", .canFail) {
            $0.binary(leastCommonMultiple as FallibleBinary<Int32, Int32, Int32>)
        }
        register("leastCommonMultiple(int64,int64)", .canFail) {
            $0.binary(leastCommonMultiple as FallibleBinary<Int64, Int64, Int64>)
        }
    }
}
