import LaminarKernels
import LaminarTypes

/// A kernel that reads its arguments from texts and writes its result as one.
struct RecordedCall: Sendable {
    var run: @Sendable ([StringView], inout Arena, inout Fault) -> StringView

    init(_ run: @escaping @Sendable ([StringView], inout Arena, inout Fault) -> StringView) { self.run = run }
}

// A wrapper per shape of signature: arguments, then whether it makes strings (arena) and whether it can fail (fault).

func pure<A: Cell, R: Cell>(_ kernel: @escaping @Sendable (A) -> R) -> RecordedCall {
    RecordedCall { texts, arena, fault in kernel(A.read(texts[0], &arena, &fault)).write(&arena) }
}

func pure<A: Cell, B: Cell, R: Cell>(_ kernel: @escaping @Sendable (A, B) -> R) -> RecordedCall {
    RecordedCall { texts, arena, fault in
        let a = A.read(texts[0], &arena, &fault)
        let b = B.read(texts[1], &arena, &fault)
        return kernel(a, b).write(&arena)
    }
}

func fallible<A: Cell, R: Cell>(_ kernel: @escaping @Sendable (A, inout Fault, Int) -> R) -> RecordedCall {
    RecordedCall { texts, arena, fault in
        let a = A.read(texts[0], &arena, &fault)
        return kernel(a, &fault, 0).write(&arena)
    }
}

func fallible<A: Cell, B: Cell, R: Cell>(_ kernel: @escaping @Sendable (A, B, inout Fault, Int) -> R) -> RecordedCall {
    RecordedCall { texts, arena, fault in
        let a = A.read(texts[0], &arena, &fault)
        let b = B.read(texts[1], &arena, &fault)
        return kernel(a, b, &fault, 0).write(&arena)
    }
}

func fallible<A: Cell, B: Cell, C: Cell, R: Cell>(
    _ kernel: @escaping @Sendable (A, B, C, inout Fault, Int) -> R
) -> RecordedCall {
    RecordedCall { texts, arena, fault in
        let a = A.read(texts[0], &arena, &fault)
        let b = B.read(texts[1], &arena, &fault)
        let c = C.read(texts[2], &arena, &fault)
        return kernel(a, b, c, &fault, 0).write(&arena)
    }
}

func making<A: Cell, R: Cell>(_ kernel: @escaping @Sendable (A, inout Arena) -> R) -> RecordedCall {
    RecordedCall { texts, arena, fault in
        let a = A.read(texts[0], &arena, &fault)
        return kernel(a, &arena).write(&arena)
    }
}

func making<A: Cell, B: Cell, R: Cell>(_ kernel: @escaping @Sendable (A, B, inout Arena) -> R) -> RecordedCall {
    RecordedCall { texts, arena, fault in
        let a = A.read(texts[0], &arena, &fault)
        let b = B.read(texts[1], &arena, &fault)
        return kernel(a, b, &arena).write(&arena)
    }
}

func making<A: Cell, B: Cell, C: Cell, R: Cell>(_ kernel: @escaping @Sendable (A, B, C, inout Arena) -> R) -> RecordedCall {
    RecordedCall { texts, arena, fault in
        let a = A.read(texts[0], &arena, &fault)
        let b = B.read(texts[1], &arena, &fault)
        let c = C.read(texts[2], &arena, &fault)
        return kernel(a, b, c, &arena).write(&arena)
    }
}
