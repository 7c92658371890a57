/// Why an evaluation failed; the raw value is stable, since generated code and checkpoints may hold it.
public enum EvaluationErrorCode: UInt8, Error, BitwiseCopyable, CaseIterable {
    case none = 0
    case numericValueOutOfRange
    case divisionByZero
    case invalidTextRepresentation
    case invalidDatetimeFormat
    case datetimeFieldOverflow
    case invalidParameterValue
    case stringDataRightTruncation
    case invalidArgumentForLogarithm
    case invalidArgumentForPowerFunction
    case invalidEscapeSequence
    case invalidRegularExpression
    case substringError
    case nullValueNotAllowed
    case cardinalityViolation
    case characterNotInRepertoire
    case intervalFieldOverflow
    case arraySubscriptError
    case windowFrameError
    case limitExceeded
    case invalidJSON
    case indeterminateDatatype
    case externalRoutineException
    case syntaxError
    case negativeLimit
    case negativeOffset

    /// The five-character SQLSTATE of PostgreSQL.
    public var sqlState: String {
        switch self {
        case .none: "00000"
        case .numericValueOutOfRange: "22003"
        case .divisionByZero: "22012"
        case .invalidTextRepresentation: "22P02"
        case .invalidDatetimeFormat: "22007"
        case .datetimeFieldOverflow: "22008"
        case .invalidParameterValue: "22023"
        case .stringDataRightTruncation: "22001"
        case .invalidArgumentForLogarithm: "2201E"
        case .invalidArgumentForPowerFunction: "2201F"
        case .invalidEscapeSequence: "22025"
        case .invalidRegularExpression: "2201B"
        case .substringError: "22011"
        case .nullValueNotAllowed: "22004"
        case .cardinalityViolation: "21000"
        case .characterNotInRepertoire: "22021"
        case .intervalFieldOverflow: "22015"
        case .arraySubscriptError: "2202E"
        case .windowFrameError: "22013"
        case .limitExceeded: "54000"
        case .invalidJSON: "22032"
        case .indeterminateDatatype: "42P18"
        case .externalRoutineException: "38000"
        case .syntaxError: "42601"
        case .negativeLimit: "2201W"
        case .negativeOffset: "2201X"
        }
    }

    /// The message that follows the place of the error, in PostgreSQL's words where it has them.
    public var message: String {
        switch self {
        case .none: "no error"
        case .numericValueOutOfRange: "value out of range"
        case .divisionByZero: "division by zero"
        case .invalidTextRepresentation: "invalid input syntax"
        case .invalidDatetimeFormat: "invalid input syntax for a date or time"
        case .datetimeFieldOverflow: "date/time field value out of range"
        case .invalidParameterValue: "invalid parameter value"
        case .stringDataRightTruncation: "value too long for the type"
        case .invalidArgumentForLogarithm: "cannot take logarithm of zero or a negative number"
        case .invalidArgumentForPowerFunction: "invalid argument for power or root function"
        case .invalidEscapeSequence: "invalid escape sequence"
        case .invalidRegularExpression: "invalid regular expression"
        case .substringError: "negative substring length not allowed"
        case .nullValueNotAllowed: "null value not allowed"
        case .cardinalityViolation: "more than one row returned by a subquery used as an expression"
        case .characterNotInRepertoire: "requested character not valid for encoding"
        case .intervalFieldOverflow: "interval field value out of range"
        case .arraySubscriptError: "array subscript out of range"
        case .windowFrameError: "invalid preceding or following size in window function"
        case .limitExceeded: "a limit was exceeded"
        case .invalidJSON: "invalid JSON text"
        case .indeterminateDatatype: "could not determine the data type"
        case .externalRoutineException: "a function written in Swift failed"
        case .syntaxError: "patterns of a template contradict each other"
        case .negativeLimit: "LIMIT must not be negative"
        case .negativeOffset: "OFFSET must not be negative"
        }
    }
}

/// Collects evaluation failures of a chunk without a branch per row.
///
/// A *site* is the number of a fallible call within one program, in order of evaluation (0…63; later ones share 63).
/// A loop ORs failed sites into `sites`; when the word is not zero at the end of a chunk, a second pass finds the row.
public struct Fault: Sendable, BitwiseCopyable {
    /// Bit *n* is set when the call at site *n* failed.
    public var sites: UInt64
    /// The first code that was raised; `.none` while only arithmetic overflowed, which `note` reports without a branch.
    public var code: EvaluationErrorCode
    /// The site that raised `code`.
    @usableFromInline var codeSite: UInt8

    @inlinable public init() {
        sites = 0
        code = .none
        codeSite = 0
    }

    @inlinable public var isRaised: Bool { sites != 0 }

    /// The first failed site in order of evaluation.
    @inlinable public var site: Int { sites.trailingZeroBitCount }

    /// The code of the failure at `site`: what was raised there, or out of range where it was only noted. Of one row.
    @inlinable public var resolvedCode: EvaluationErrorCode {
        code == .none || Int(codeSite) != site ? .numericValueOutOfRange : code
    }

    /// Records that a value is out of range (22003) if `failed`; branch-free.
    @inlinable public mutating func note(_ failed: Bool, at site: Int) {
        sites |= (failed ? 1 : 0) &<< UInt64(truncatingIfNeeded: site)
    }

    /// Records a failure with its code; that of the first site stays.
    @inlinable public mutating func raise(_ code: EvaluationErrorCode, at site: Int) {
        if self.code == .none || site < Int(codeSite) {
            self.code = code
            codeSite = UInt8(truncatingIfNeeded: site)
        }
        sites |= 1 &<< UInt64(truncatingIfNeeded: site)
    }

    /// Adds what another evaluation reported; the code of the first site stays.
    @inlinable public mutating func merge(_ other: Fault) {
        if other.code != .none { raise(other.code, at: Int(other.codeSite)) }
        sites |= other.sites
    }
}
