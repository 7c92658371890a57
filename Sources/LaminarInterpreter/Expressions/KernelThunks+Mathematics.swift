import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Mathematics.swift`.
    mutating func addMathematics() {
        register("rounded(double)") { $0.each(rounded as Unary<Double, Double>) }
        register("roundedUp(double)") { $0.each(roundedUp as Unary<Double, Double>) }
        register("roundedDown(double)") { $0.each(roundedDown as Unary<Double, Double>) }
        register("truncated(double)") { $0.each(truncated as Unary<Double, Double>) }
        register("rounded(double,int32)") { $0.each(rounded as Binary<Double, Int32, Double>) }
        register("truncated(double,int32)") { $0.each(truncated as Binary<Double, Int32, Double>) }
        register("squareRoot(double)", .canFail) { $0.each(squareRoot as FallibleUnary<Double, Double>) }
        register("cubeRoot(double)") { $0.each(cubeRoot as Unary<Double, Double>) }
        register("exponential(double)", .canFail) { $0.each(exponential as FallibleUnary<Double, Double>) }
        register("naturalLogarithm(double)", .canFail) { $0.each(naturalLogarithm as FallibleUnary<Double, Double>) }
        register("commonLogarithm(double)", .canFail) { $0.each(commonLogarithm as FallibleUnary<Double, Double>) }
        register("binaryLogarithm(double)", .canFail) { $0.each(binaryLogarithm as FallibleUnary<Double, Double>) }
        register("power(double,double)", .canFail) { $0.each(power as FallibleBinary<Double, Double, Double>) }
        register("sine(double)", .canFail) { $0.each(sine as FallibleUnary<Double, Double>) }
        register("cosine(double)", .canFail) { $0.each(cosine as FallibleUnary<Double, Double>) }
        register("tangent(double)", .canFail) { $0.each(tangent as FallibleUnary<Double, Double>) }
        register("cotangent(double)", .canFail) { $0.each(cotangent as FallibleUnary<Double, Double>) }
        register("arcSine(double)", .canFail) { $0.each(arcSine as FallibleUnary<Double, Double>) }
        register("arcCosine(double)", .canFail) { $0.each(arcCosine as FallibleUnary<Double, Double>) }
        register("arcTangent(double)") { $0.each(arcTangent as Unary<Double, Double>) }
        register("arcTangent2(double,double)") { $0.each(arcTangent2 as Binary<Double, Double, Double>) }
        register("hyperbolicSine(double)") { $0.each(hyperbolicSine as Unary<Double, Double>) }
        register("hyperbolicCosine(double)") { $0.each(hyperbolicCosine as Unary<Double, Double>) }
        register("hyperbolicTangent(double)") { $0.each(hyperbolicTangent as Unary<Double, Double>) }
        register("areaHyperbolicSine(double)") { $0.each(areaHyperbolicSine as Unary<Double, Double>) }
        register("areaHyperbolicCosine(double)", .canFail) {
            $0.each(areaHyperbolicCosine as FallibleUnary<Double, Double>)
        }
        register("areaHyperbolicTangent(double)", .canFail) {
            $0.each(areaHyperbolicTangent as FallibleUnary<Double, Double>)
        }
        register("degrees(double)", .canFail) { $0.each(degrees as FallibleUnary<Double, Double>) }
        register("radians(double)", .canFail) { $0.each(radians as FallibleUnary<Double, Double>) }
        register("widthBucket(double,double,double,int32)", .canFail) {
            $0.each(widthBucket as FallibleQuaternary<Double, Double, Double, Int32, Int32>)
        }
        register("widthBucket(decimal,decimal,decimal,int32)", .canFail) {
            $0.each(widthBucket as FallibleQuaternary<Decimal, Decimal, Decimal, Int32, Int32>)
        }
        register("factorial(int64)", .canFail) { $0.each(factorial as FallibleUnary<Int64, Decimal>) }
    }
}
