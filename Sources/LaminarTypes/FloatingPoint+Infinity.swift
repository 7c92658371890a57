extension BinaryFloatingPoint {
    /// `-infinity`, for generated code: the type of a minus sign depends on all that stands around it.
    @inlinable public static var negativeInfinity: Self { -infinity }
}
