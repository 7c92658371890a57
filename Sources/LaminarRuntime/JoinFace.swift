import LaminarColumns
import LaminarKernels

/// The last row of a key on either side, which leads to the first.
@usableFromInline struct JoinHeads: BitwiseCopyable {
    @usableFromInline var left: UInt32 = 0
    @usableFromInline var right: UInt32 = 0

    @inlinable init() {}

    @inlinable var isEmpty: Bool { left == 0 && right == 0 }

    @inlinable subscript(side: JoinSide) -> UInt32 {
        get { side == .left ? left : right }
        set { if side == .left { left = newValue } else { right = newValue } }
    }
}

extension JoinSide {
    @inlinable var opposite: JoinSide { self == .left ? .right : .left }
}

/// What became of a row.
@usableFromInline enum JoinStep: UInt8 {
    case taken
    /// A weight would not fit.
    case outOfRange
    /// The condition could not be evaluated for some pair.
    case failed
}

/// A join as the rows of one side see it.
@usableFromInline protocol JoinFace {
    associatedtype Mine: JoinInput
    associatedtype Other: JoinInput

    static var side: JoinSide { get }
    var mine: Mine { get }
    var other: Other { get }
    /// Where the columns of either side start in what comes out.
    var firstColumn: Int { get }
    var otherFirstColumn: Int { get }

    func select(
        _ columns: Mine.Columns, _ row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int
}

@usableFromInline struct LeftFace<Program: JoinProgram>: JoinFace {
    @usableFromInline let program: Program

    @inlinable init(program: Program) { self.program = program }

    @inlinable static var side: JoinSide { .left }
    @inlinable var mine: Program.Left { program.left }
    @inlinable var other: Program.Right { program.right }
    @inlinable var firstColumn: Int { 0 }
    @inlinable var otherFirstColumn: Int { program.left.columnCount }

    @inlinable func select(
        _ columns: Program.Left.Columns, _ row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        program.select(columns, left: row, among: records, count, &scratch, &fault)
    }
}

@usableFromInline struct RightFace<Program: JoinProgram>: JoinFace {
    @usableFromInline let program: Program

    @inlinable init(program: Program) { self.program = program }

    @inlinable static var side: JoinSide { .right }
    @inlinable var mine: Program.Right { program.right }
    @inlinable var other: Program.Left { program.left }
    @inlinable var firstColumn: Int { program.left.columnCount }
    @inlinable var otherFirstColumn: Int { 0 }

    @inlinable func select(
        _ columns: Program.Right.Columns, _ row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        program.select(columns, right: row, among: records, count, &scratch, &fault)
    }
}
