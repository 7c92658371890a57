/// How the bytes of a file are compressed.
public enum FileCompression: String, Sendable, CaseIterable {
    case none
    /// RFC 1952; several members one behind another are one file.
    case gzip
    /// RFC 8878; several frames one behind another are one file.
    case zstd

    /// What the ending of a path says: `.gz` is gzip, `.zst` and `.zstd` are zstd, everything else is not compressed.
    public init(ofPath path: String) {
        let name = path.lowercased()
        self =
            if name.hasSuffix(".gz") { .gzip } else if name.hasSuffix(".zst") || name.hasSuffix(".zstd") { .zstd } else {
                .none
            }
    }

    /// The path without the ending that names the compression: `a.csv.gz` is `a.csv`.
    static func withoutEnding(_ path: String) -> Substring {
        let name = path.lowercased()
        for ending in [".gz", ".zst", ".zstd"] where name.hasSuffix(ending) { return path.dropLast(ending.count) }
        return path[...]
    }
}
