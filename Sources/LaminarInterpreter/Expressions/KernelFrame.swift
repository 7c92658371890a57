import LaminarKernels

/// The rows of a chunk: 64 to a word, least significant bit first.
typealias RowMask = UnsafeMutablePointer<UInt64>

/// Rows that are evaluated together.
package let chunkRows = 1024
let chunkWords = chunkRows / 64

/// One argument of a vector call: a value per row, or one value for all rows.
struct KernelOperand {
    var values: UnsafeRawPointer
    var isConstant: Bool
}

/// Everything that a vector call reads and writes.
///
/// Sound while the chunk is evaluated: all pointers lead to registers of at least `count` values, or to input columns.
struct KernelFrame {
    var arguments: UnsafePointer<KernelOperand>
    var result: UnsafeMutableRawPointer
    var count: Int
    /// The rows to evaluate; nil: all.
    var rows: UnsafePointer<UInt64>?
    var site: Int
    var fault: Fault
    var arena: UnsafeMutablePointer<Arena>
}

/// Evaluates a kernel for the rows of a frame.
typealias KernelThunk = @Sendable (inout KernelFrame) -> Void

/// Kernels by the shape of their Swift function.
typealias Unary<A, R> = (A) -> R
typealias FallibleUnary<A, R> = (A, inout Fault, Int) -> R
typealias MakingUnary<A, R> = (A, inout Arena) -> R
typealias FallibleMakingUnary<A, R> = (A, inout Arena, inout Fault, Int) -> R
typealias Binary<A, B, R> = (A, B) -> R
typealias FallibleBinary<A, B, R> = (A, B, inout Fault, Int) -> R
typealias MakingBinary<A, B, R> = (A, B, inout Arena) -> R
typealias FallibleMakingBinary<A, B, R> = (A, B, inout Arena, inout Fault, Int) -> R
typealias Ternary<A, B, C, R> = (A, B, C) -> R
typealias FallibleTernary<A, B, C, R> = (A, B, C, inout Fault, Int) -> R
typealias MakingTernary<A, B, C, R> = (A, B, C, inout Arena) -> R
typealias FallibleMakingTernary<A, B, C, R> = (A, B, C, inout Arena, inout Fault, Int) -> R
typealias FallibleQuaternary<A, B, C, D, R> = (A, B, C, D, inout Fault, Int) -> R
typealias MakingQuaternary<A, B, C, D, R> = (A, B, C, D, inout Arena) -> R
typealias FallibleMakingQuaternary<A, B, C, D, R> = (A, B, C, D, inout Arena, inout Fault, Int) -> R

// All of these are inlined into a thunk that names one kernel, so that the kernel's body stands in the loop.
extension KernelFrame {
    @inline(__always) private func column<T>(_ index: Int, _ type: T.Type) -> UnsafePointer<T> {
        arguments[index].values.assumingMemoryBound(to: T.self)
    }

    @inline(__always) private func isConstant(_ index: Int) -> Bool { arguments[index].isConstant }

    /// Calls `body` for each row to evaluate.
    @inline(__always) private func forEachRow(_ body: (Int) -> Void) {
        guard let rows else {
            for row in 0..<count { body(row) }
            return
        }
        for word in 0..<((count &+ 63) &>> 6) {
            var bits = rows[word]
            while bits != 0 {
                body(word &<< 6 &+ bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
        }
    }

    // MARK: Infallible kernels over fixed-size values

    @inline(__always) mutating func unary<A, R>(_ kernel: Unary<A, R>) {
        let (a, result) = (column(0, A.self), result.assumingMemoryBound(to: R.self))
        if isConstant(0) {
            let value = kernel(a[0])
            return forEachRow { result[$0] = value }
        }
        forEachRow { result[$0] = kernel(a[$0]) }
    }

    @inline(__always) mutating func binary<A, B, R>(_ kernel: Binary<A, B, R>) {
        let (a, b, result) = (column(0, A.self), column(1, B.self), result.assumingMemoryBound(to: R.self))
        if isConstant(1) {
            let right = b[0]
            if isConstant(0) {
                let value = kernel(a[0], right)
                return forEachRow { result[$0] = value }
            }
            return forEachRow { result[$0] = kernel(a[$0], right) }
        }
        if isConstant(0) {
            let left = a[0]
            return forEachRow { result[$0] = kernel(left, b[$0]) }
        }
        forEachRow { result[$0] = kernel(a[$0], b[$0]) }
    }

    // MARK: Fallible kernels over fixed-size values

    @inline(__always) mutating func unary<A, R>(_ kernel: FallibleUnary<A, R>) {
        let (a, result) = (column(0, A.self), result.assumingMemoryBound(to: R.self))
        let site = site
        let step = isConstant(0) ? 0 : 1
        var fault = fault
        if step == 1 && rows == nil {
            for row in 0..<count { result[row] = kernel(a[row], &fault, site) }
        } else {
            forEachRow { result[$0] = kernel(a[$0 &* step], &fault, site) }
        }
        self.fault = fault
    }

    @inline(__always) mutating func binary<A, B, R>(_ kernel: FallibleBinary<A, B, R>) {
        let (a, b, result) = (column(0, A.self), column(1, B.self), result.assumingMemoryBound(to: R.self))
        let site = site
        var fault = fault
        let (stepA, stepB) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1)
        if rows == nil && stepA == 1 && stepB == 1 {
            for row in 0..<count { result[row] = kernel(a[row], b[row], &fault, site) }
        } else if rows == nil && stepA == 1 {
            let right = b[0]
            for row in 0..<count { result[row] = kernel(a[row], right, &fault, site) }
        } else if rows == nil && stepB == 1 {
            let left = a[0]
            for row in 0..<count { result[row] = kernel(left, b[row], &fault, site) }
        } else {
            forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], &fault, site) }
        }
        self.fault = fault
    }

    // MARK: Kernels whose loops do not vectorise anyway: strings, calendars, three arguments

    @inline(__always) mutating func each<A, R>(_ kernel: Unary<A, R>) {
        let (a, result) = (column(0, A.self), result.assumingMemoryBound(to: R.self))
        let step = isConstant(0) ? 0 : 1
        forEachRow { result[$0] = kernel(a[$0 &* step]) }
    }

    @inline(__always) mutating func each<A, R>(_ kernel: FallibleUnary<A, R>) {
        let (a, result) = (column(0, A.self), result.assumingMemoryBound(to: R.self))
        let (step, site) = (isConstant(0) ? 0 : 1, site)
        var fault = fault
        forEachRow { result[$0] = kernel(a[$0 &* step], &fault, site) }
        self.fault = fault
    }

    @inline(__always) mutating func each<A, R>(_ kernel: MakingUnary<A, R>) {
        let (a, result, arena) = (column(0, A.self), result.assumingMemoryBound(to: R.self), arena)
        let step = isConstant(0) ? 0 : 1
        forEachRow { result[$0] = kernel(a[$0 &* step], &arena.pointee) }
    }

    @inline(__always) mutating func each<A, R>(_ kernel: FallibleMakingUnary<A, R>) {
        let (a, result, arena) = (column(0, A.self), result.assumingMemoryBound(to: R.self), arena)
        let (step, site) = (isConstant(0) ? 0 : 1, site)
        var fault = fault
        forEachRow { result[$0] = kernel(a[$0 &* step], &arena.pointee, &fault, site) }
        self.fault = fault
    }

    @inline(__always) mutating func each<A, B, R>(_ kernel: Binary<A, B, R>) {
        let (a, b, result) = (column(0, A.self), column(1, B.self), result.assumingMemoryBound(to: R.self))
        let (stepA, stepB) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1)
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB]) }
    }

    @inline(__always) mutating func each<A, B, R>(_ kernel: FallibleBinary<A, B, R>) {
        let (a, b, result) = (column(0, A.self), column(1, B.self), result.assumingMemoryBound(to: R.self))
        let (stepA, stepB, site) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1, site)
        var fault = fault
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], &fault, site) }
        self.fault = fault
    }

    @inline(__always) mutating func each<A, B, R>(_ kernel: MakingBinary<A, B, R>) {
        let (a, b, result) = (column(0, A.self), column(1, B.self), result.assumingMemoryBound(to: R.self))
        let (stepA, stepB, arena) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1, arena)
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], &arena.pointee) }
    }

    @inline(__always) mutating func each<A, B, R>(_ kernel: FallibleMakingBinary<A, B, R>) {
        let (a, b, result) = (column(0, A.self), column(1, B.self), result.assumingMemoryBound(to: R.self))
        let (stepA, stepB, arena, site) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1, arena, site)
        var fault = fault
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], &arena.pointee, &fault, site) }
        self.fault = fault
    }

    @inline(__always) mutating func each<A, B, C, R>(_ kernel: Ternary<A, B, C, R>) {
        let (a, b, c) = (column(0, A.self), column(1, B.self), column(2, C.self))
        let (stepA, stepB, stepC) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1, isConstant(2) ? 0 : 1)
        let result = result.assumingMemoryBound(to: R.self)
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], c[$0 &* stepC]) }
    }

    @inline(__always) mutating func each<A, B, C, R>(_ kernel: FallibleTernary<A, B, C, R>) {
        let (a, b, c) = (column(0, A.self), column(1, B.self), column(2, C.self))
        let (stepA, stepB, stepC) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1, isConstant(2) ? 0 : 1)
        let (result, site) = (result.assumingMemoryBound(to: R.self), site)
        var fault = fault
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], c[$0 &* stepC], &fault, site) }
        self.fault = fault
    }

    @inline(__always) mutating func each<A, B, C, R>(_ kernel: MakingTernary<A, B, C, R>) {
        let (a, b, c) = (column(0, A.self), column(1, B.self), column(2, C.self))
        let (stepA, stepB, stepC) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1, isConstant(2) ? 0 : 1)
        let (result, arena) = (result.assumingMemoryBound(to: R.self), arena)
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], c[$0 &* stepC], &arena.pointee) }
    }

    @inline(__always) mutating func each<A, B, C, R>(_ kernel: FallibleMakingTernary<A, B, C, R>) {
        let (a, b, c) = (column(0, A.self), column(1, B.self), column(2, C.self))
        let (stepA, stepB, stepC) = (isConstant(0) ? 0 : 1, isConstant(1) ? 0 : 1, isConstant(2) ? 0 : 1)
        let (result, arena, site) = (result.assumingMemoryBound(to: R.self), arena, site)
        var fault = fault
        forEachRow { result[$0] = kernel(a[$0 &* stepA], b[$0 &* stepB], c[$0 &* stepC], &arena.pointee, &fault, site) }
        self.fault = fault
    }

    // MARK: Four arguments and more

    /// The value of an argument in a row.
    @inline(__always) func value<T>(_ index: Int, _ row: Int, as type: T.Type = T.self) -> T {
        column(index, T.self)[isConstant(index) ? 0 : row]
    }

    @inline(__always) mutating func each<A, B, C, D, R>(_ kernel: FallibleQuaternary<A, B, C, D, R>) {
        eachRow { (frame, row, fault, site) -> R in
            kernel(frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row), &fault, site)
        }
    }

    @inline(__always) mutating func each<A, B, C, D, R>(_ kernel: MakingQuaternary<A, B, C, D, R>) {
        let arena = arena
        eachRow { (frame, row, _, _) -> R in
            kernel(
                frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row), &arena.pointee)
        }
    }

    @inline(__always) mutating func each<A, B, C, D, R>(_ kernel: FallibleMakingQuaternary<A, B, C, D, R>) {
        let arena = arena
        eachRow { (frame, row, fault, site) -> R in
            kernel(
                frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row), &arena.pointee,
                &fault, site)
        }
    }

    @inline(__always) mutating func eachRow<R>(_ body: (KernelFrame, Int, inout Fault, Int) -> R) {
        let (frame, result, site) = (self, result.assumingMemoryBound(to: R.self), site)
        var fault = fault
        frame.forEachRow { result[$0] = body(frame, $0, &fault, site) }
        self.fault = fault
    }
}
