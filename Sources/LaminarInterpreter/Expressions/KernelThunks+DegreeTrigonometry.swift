import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `DegreeTrigonometry.swift`.
    mutating func addDegreeTrigonometry() {
        register("sineOfDegrees(double)") { $0.each(sineOfDegrees as FallibleUnary<Double, Double>) }
        register("cosineOfDegrees(double)") { $0.each(cosineOfDegrees as FallibleUnary<Double, Double>) }
        register("tangentOfDegrees(double)") { $0.each(tangentOfDegrees as FallibleUnary<Double, Double>) }
        register("cotangentOfDegrees(double)") { $0.each(cotangentOfDegrees as FallibleUnary<Double, Double>) }
        register("arcSineInDegrees(double)") { $0.each(arcSineInDegrees as FallibleUnary<Double, Double>) }
        register("arcCosineInDegrees(double)") { $0.each(arcCosineInDegrees as FallibleUnary<Double, Double>) }
        register("arcTangentInDegrees(double)") { $0.each(arcTangentInDegrees as Unary<Double, Double>) }
        register("arcTangent2InDegrees(double,double)") {
            $0.each(arcTangent2InDegrees as Binary<Double, Double, Double>)
        }
    }
}
