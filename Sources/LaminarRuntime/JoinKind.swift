/// Which rows a join keeps.
public enum JoinKind: UInt8, Sendable, BitwiseCopyable {
    case inner, left, right, full
    /// Left rows that match, once each.
    case semi
    /// Left rows that do not match.
    case anti

    /// Whether unmatched rows of a side come out padded with NULLs.
    @inlinable public func preserves(_ side: JoinSide) -> Bool {
        switch self {
        case .left: side == .left
        case .right: side == .right
        case .full: true
        case .inner, .semi, .anti: false
        }
    }

    /// Whether only left rows come out.
    @inlinable public var isFiltering: Bool { self == .semi || self == .anti }

    /// Whether what comes out for a row of a side depends on how many rows of the other side it meets.
    @inlinable public func counts(_ side: JoinSide) -> Bool { preserves(side) || (isFiltering && side == .left) }
}

public enum JoinSide: UInt8, Sendable, BitwiseCopyable {
    case left, right
}
