public import LaminarTypes

/// Why a snapshot could not be read. What tried to restore it is empty or partly restored, and is to be restored from
/// another snapshot or dropped.
public enum StateError: Error, Sendable, Equatable {
    /// The bytes end too early or are not what the format says.
    case corrupt(String)
    /// The checksum does not match.
    case checksumMismatch
    /// Written by a newer version of the format.
    case unsupportedVersion(UInt16)
    /// Made by a pipeline with another layout of state.
    case fingerprintMismatch(expected: String, found: String)
    /// Made by another version of the pipeline, whose state cannot be read as this one's.
    case incompatible([StateIncompatibility])
}

extension StateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .corrupt(let what): "the snapshot is damaged: \(what)"
        case .checksumMismatch: "the snapshot is damaged: its checksum does not match"
        case .unsupportedVersion(let version): "the snapshot has format version \(version), which is newer than this"
        case .incompatible(let changes):
            "the snapshot belongs to another version of the pipeline: "
                + changes.map { ($0.query.map { "query \"\($0)\": " } ?? "") + $0.change }.joined(separator: "; ")
        case .fingerprintMismatch(let expected, let found):
            "the snapshot belongs to another pipeline: its fingerprint is \(found), not \(expected)"
        }
    }
}
