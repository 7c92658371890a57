/// Where the rows that a `RowTransformer` is handing on come from, for stages behind it that name a row of the pushed batch.
public final class RowOrigins {
    /// The chunk's first row in the input.
    @usableFromInline @exclusivity(unchecked) var first = 0
    /// The output's row count behind each row of the chunk; nil: every row comes out.
    @usableFromInline @exclusivity(unchecked) var positions: UnsafePointer<Int>?
    @usableFromInline @exclusivity(unchecked) var count = 0

    public init() {}

    @inlinable func note(first: Int, count: Int, positions: UnsafePointer<Int>?) {
        self.first = first
        self.count = count
        self.positions = positions
    }

    /// The row of the input from which a row of the output was made. Of meaning only while that is handed on.
    public func inputRow(of row: Int) -> Int {
        guard let positions else { return first + row }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if positions[middle] > row { high = middle } else { low = middle + 1 }
        }
        return first + low
    }
}

extension PipelineError {
    /// The error with its row as one of another batch.
    public func tracedBack(_ inputRow: (Int) -> Int) -> PipelineError {
        var error = self
        error.row = row.map(inputRow)
        return error
    }
}

extension [DivertedRow] {
    /// The rows as those of another batch.
    public func tracedBack(_ inputRow: (Int) -> Int) -> [DivertedRow] {
        map { diverted in
            DivertedRow(
                row: inputRow(diverted.row), reason: diverted.reason, error: diverted.error?.tracedBack(inputRow))
        }
    }
}
