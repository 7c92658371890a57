/// A record that cannot become a row: what is wrong and the exact place.
public struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The five-character SQLSTATE: 22P02, 22003, 22007, 22008, 22021, 23502, 54000 and others of class 22.
    public var sqlState: String
    public var message: String
    public var hint: String?
    /// From 1, within the input.
    public var line: Int
    /// From 1, within the line; counts Unicode scalars, and each byte that is no valid UTF-8 as one.
    public var column: Int
    /// From 0, within the input.
    public var byteOffset: Int

    public init(
        _ sqlState: String, _ message: String, hint: String? = nil, line: Int, column: Int, byteOffset: Int
    ) {
        self.sqlState = sqlState
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column
        self.byteOffset = byteOffset
    }

    /// `line:column: message [SQLSTATE]`, for a file name to stand before.
    public var description: String { "\(line):\(column): \(message) [\(sqlState)]" }
}

/// What a call of a decoder did.
public struct DecodeOutcome: Sendable {
    /// Bytes of the input that are done with: decoded, or part of the record that failed.
    public var consumed: Int
    /// The first record that is no row, if there is one; it lies at `failedRecord` and is part of `consumed`.
    public var failure: RecordError?
    /// The bytes of the failed record, without its line end.
    public var failedRecord: Range<Int>

    public init(consumed: Int, failure: RecordError? = nil, failedRecord: Range<Int> = 0..<0) {
        self.consumed = consumed
        self.failure = failure
        self.failedRecord = failedRecord
    }
}

/// A place between two records of an input, from which decoding can go on.
public struct InputPosition: Hashable, Sendable {
    /// Bytes before it.
    public var byteOffset: Int
    /// The number (from 1) of the line that starts here.
    public var line: Int

    public init(byteOffset: Int = 0, line: Int = 1) {
        self.byteOffset = byteOffset
        self.line = line
    }
}

/// From one row of a batch to the line it came from; runs of consecutive lines take one entry.
public struct RowLines: Sendable {
    @usableFromInline var runs: [(row: Int, line: Int)] = []

    public init() {}

    /// The line (from 1) at which the record of `row` starts; nil for a row never noted.
    public func line(ofRow row: Int) -> Int? {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].row <= row { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : runs[low - 1].line + (row - runs[low - 1].row)
    }

    /// States that `row`, and the rows that follow it one line each, start at `line`.
    public mutating func note(row: Int, line: Int) {
        if let last = runs.last {
            if last.line + (row - last.row) == line { return }
            if last.row == row {
                runs[runs.count - 1].line = line
                return
            }
        }
        runs.append((row, line))
    }

    public mutating func removeAll() { runs.removeAll(keepingCapacity: true) }
}

/// The column number (from 1) of a byte within its line, in Unicode scalars.
package func columnNumber(of place: UnsafePointer<UInt8>, inLineAt start: UnsafePointer<UInt8>) -> Int {
    var column = 1
    var p = start
    while p < place {
        let length = max(utf8SequenceLength(p, available: place - p), 1)
        p += length
        column += 1
    }
    return column
}
