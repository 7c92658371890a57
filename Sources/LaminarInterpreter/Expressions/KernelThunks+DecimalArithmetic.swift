import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DecimalArithmetic.swift`.
    mutating func addDecimalArithmetic() {
        register("add(decimal,decimal)", .canFail) { $0.each(add as FallibleBinary<Decimal, Decimal, Decimal>) }
        register("subtract(decimal,decimal)", .canFail) {
            $0.each(subtract as FallibleBinary<Decimal, Decimal, Decimal>)
        }
        register("multiply(decimal,decimal)", .canFail) {
            $0.each(multiply as FallibleBinary<Decimal, Decimal, Decimal>)
        }
        register("divide(decimal,decimal)", .canFail) { $0.each(divide as FallibleBinary<Decimal, Decimal, Decimal>) }
        register("remainder(decimal,decimal)", .canFail) {
            $0.each(remainder as FallibleBinary<Decimal, Decimal, Decimal>)
        }
        register("integerQuotient(decimal,decimal)", .canFail) {
            $0.each(integerQuotient as FallibleBinary<Decimal, Decimal, Decimal>)
        }
        register("negate(decimal)") { $0.each(negate as Unary<Decimal, Decimal>) }
        register("absolute(decimal)") { $0.each(absolute as Unary<Decimal, Decimal>) }
        register("sign(decimal)") { $0.each(sign as Unary<Decimal, Decimal>) }
        register("rounded(decimal,int32)", .canFail) { $0.each(rounded as FallibleBinary<Decimal, Int32, Decimal>) }
        register("rounded(decimal)", .canFail) { $0.each(rounded as FallibleUnary<Decimal, Decimal>) }
        register("truncated(decimal,int32)", .canFail) { $0.each(truncated as FallibleBinary<Decimal, Int32, Decimal>) }
        register("truncated(decimal)") { $0.each(truncated as Unary<Decimal, Decimal>) }
        register("roundedUp(decimal)", .canFail) { $0.each(roundedUp as FallibleUnary<Decimal, Decimal>) }
        register("roundedDown(decimal)", .canFail) { $0.each(roundedDown as FallibleUnary<Decimal, Decimal>) }
        register("scale(decimal)") { $0.each(scale as Unary<Decimal, Int32>) }
        register("minimumScale(decimal)") { $0.each(minimumScale as Unary<Decimal, Int32>) }
        register("trimScale(decimal)") { $0.each(trimScale as Unary<Decimal, Decimal>) }
        register("greatestCommonDivisor(decimal,decimal)", .canFail) {
            $0.each(greatestCommonDivisor as FallibleBinary<Decimal, Decimal, Decimal>)
        }
        register("leastCommonMultiple(decimal,decimal)", .canFail) {
            $0.each(leastCommonMultiple as FallibleBinary<Decimal, Decimal, Decimal>)
        }
    }
}
