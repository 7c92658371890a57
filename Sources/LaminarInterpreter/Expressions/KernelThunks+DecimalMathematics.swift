import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DecimalMathematics.swift`.
    mutating func addDecimalMathematics() {
        register("squareRoot(decimal)", .canFail) { $0.each(squareRoot as FallibleUnary<Decimal, Decimal>) }
        register("exponential(decimal)", .canFail) { $0.each(exponential as FallibleUnary<Decimal, Decimal>) }
        register("naturalLogarithm(decimal)", .canFail) { $0.each(naturalLogarithm as FallibleUnary<Decimal, Decimal>) }
        register("commonLogarithm(decimal)", .canFail) { $0.each(commonLogarithm as FallibleUnary<Decimal, Decimal>) }
        register("logarithm(decimal,decimal)", .canFail) {
            $0.each(logarithm as FallibleBinary<Decimal, Decimal, Decimal>)
        }
        register("power(decimal,decimal)", .canFail) { $0.each(power as FallibleBinary<Decimal, Decimal, Decimal>) }
    }
}
