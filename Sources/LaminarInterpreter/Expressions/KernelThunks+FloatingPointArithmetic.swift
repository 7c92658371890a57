import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `FloatingPointArithmetic.swift`.
    mutating func addFloatingPointArithmetic() {
        register("add(double,double)", .canFail) { $0.binary(add as FallibleBinary<Double, Double, Double>) }
        register("subtract(double,double)", .canFail) { $0.binary(subtract as FallibleBinary<Double, Double, Double>) }
        register("multiply(double,double)", .canFail) { $0.binary(multiply as FallibleBinary<Double, Double, Double>) }
        register("divide(double,double)", .canFail) { $0.binary(divide as FallibleBinary<Double, Double, Double>) }
        register("negate(double)") { $0.unary(negate as Unary<Double, Double>) }
        register("absolute(double)") { $0.unary(absolute as Unary<Double, Double>) }
        register("sign(double)") { $0.unary(sign as Unary<Double, Double>) }
        register("add(float,float)", .canFail) { $0.binary(add as FallibleBinary<Float, Float, Float>) }
        register("subtract(float,float)", .canFail) { $0.binary(subtract as FallibleBinary<Float, Float, Float>) }
        register("multiply(float,float)", .canFail) { $0.binary(multiply as FallibleBinary<Float, Float, Float>) }
        register("divide(float,float)", .canFail) { $0.binary(divide as FallibleBinary<Float, Float, Float>) }
        register("negate(float)") { $0.unary(negate as Unary<Float, Float>) }
        register("absolute(float)") { $0.unary(absolute as Unary<Float, Float>) }
    }
}
