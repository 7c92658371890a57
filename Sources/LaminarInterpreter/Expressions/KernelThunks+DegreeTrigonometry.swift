import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DegreeTrigonometry.swift`.
    mutating func addDegreeTrigonometry() {
        register("sineOfDegrees(double)", .canFail) { $0.each(sineOfDegrees as FallibleUnary<Double, Double>) }
        register("cosineOfDegrees(double)", .canFail) { $0.each(cosineOfDegrees as FallibleUnary<Double, Double>) }
        register("tangentOfDegrees(double)", .canFail) { $0.each(tangentOfDegrees as FallibleUnary<Double, Double>) }
        register("cotangentOfDegrees(double)", .canFail) {
            $0.each(cotangentOfDegrees as FallibleUnary<Double, Double>)
        }
        register("arcSineInDegrees(double)", .canFail) { $0.each(arcSineInDegrees as FallibleUnary<Double, Double>) }
        register("arcCosineInDegrees(double)", .canFail) {
            $0.each(arcCosineInDegrees as FallibleUnary<Double, Double>)
        }
        register("arcTangentInDegrees(double)") { $0.each(arcTangentInDegrees as Unary<Double, Double>) }
        register("arcTangent2InDegrees(double,double)") {
            $0.each(arcTangent2InDegrees as Binary<Double, Double, Double>)
        }
    }
}
