import Glibc
import LaminarKernels
import LaminarTypes
import Testing

/// One line of Tests/Recordings/kernels.recorded.
private struct Recording {
    var kernel: String
    var arguments: [String]
    var result: String

    static func all() throws -> [Recording] {
        let path = #filePath.replacing("LaminarKernelsTests/RecordedResultsTests.swift", with: "Recordings/kernels.recorded")
        let file = try #require(fopen(path, "r"), "The recorded results must be there.")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        var result: [Recording] = []
        var pending = ""
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            // Base64 breaks lines, so a result may go on where no kernel's name begins the line.
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            if parts.count >= 3, recordedNames.contains(parts[0]) || recordedCalls[parts[0]] != nil {
                result.append(
                    Recording(kernel: parts[0], arguments: Array(parts[1..<(parts.count - 1)]), result: parts[parts.count - 1]))
            } else if !line.isEmpty, !result.isEmpty {
                pending = result[result.count - 1].result
                result[result.count - 1].result = pending + "\n" + line
            }
        }
        return result
    }
}

/// Names in the recording that no kernel stands for (there should be none).
private let recordedNames: Set<String> = []

@Suite struct RecordedResultsTests {
    @Test func `kernels give what PostgreSQL 15 gave`() throws {
        let recordings = try Recording.all()
        #expect(recordings.count > 3000)
        var wrong: [String] = []
        for recording in recordings {
            guard let call = recordedCalls[recording.kernel] else {
                wrong.append("no kernel for \(recording.kernel)")
                continue
            }
            var arena = Arena()
            var fault = Fault()
            let texts = recording.arguments.map { arena.copy($0) }
            let text = call.run(texts, &arena, &fault).string
            let actual = fault.isRaised ? "!" + fault.resolvedCode.sqlState : text
            if !isSame(actual, recording.result) {
                let arguments = recording.arguments.joined(separator: "|")
                wrong.append("\(recording.kernel)|\(arguments): \(actual) instead of \(recording.result)")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(recordings.count):\n\(wrong.joined(separator: "\n"))")
    }

    /// The same text, or an error of the same class.
    private func isSame(_ actual: String, _ expected: String) -> Bool {
        if expected.hasPrefix("!") { return actual.hasPrefix(String(expected.prefix(3))) }
        if actual == expected { return true }
        // Past 38 digits we keep fewer digits behind the point than PostgreSQL.
        let isLong = expected.utf8.count { $0 >= 48 && $0 <= 57 } > 38 && expected.utf8.contains(UInt8(ascii: "."))
        return isLong && Decimal(expected) == Decimal(actual)
    }
}
