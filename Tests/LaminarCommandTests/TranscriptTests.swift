import Foundation
import Testing

/// Replays files of `Transcripts/`: each gives the files of a folder, commands, and what they print.
///
/// ```
/// -- query.sql
/// SELECT 1 AS one;
/// $ laminar run query.sql
/// {"one":1}
/// ```
/// Lines behind `-- NAME` are a file of that name, lines behind `$ ` a command for `sh` and what it prints: standard
/// output, then standard error with `! ` before each line, then `=> N` for an exit code other than 0.
/// `UPDATE_GOLDEN=1 swift test` writes down what is printed now.
@Suite struct TranscriptTests {
    @Test(arguments: try transcripts())
    func `commands print what their transcript says`(path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let replayed = try Transcript(text).replayed()
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try replayed.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(replayed == text)
        }
    }

    private static func transcripts() throws -> [String] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Transcripts")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".transcript") }
            .sorted().map { folder.appendingPathComponent($0).path }
    }
}

private struct Transcript {
    private enum Part {
        case file(name: String, lines: [Substring])
        case command(String)
    }

    private var parts: [Part] = []

    init(_ text: String) {
        var isFile = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("-- ") {
                parts.append(.file(name: String(line.dropFirst(3)), lines: []))
                isFile = true
            } else if line.hasPrefix("$ ") {
                parts.append(.command(String(line.dropFirst(2))))
                isFile = false
            } else if isFile, case .file(let name, let lines)? = parts.last {
                parts[parts.count - 1] = .file(name: name, lines: lines + [line])
            }
        }
    }

    /// The transcript with what the commands print now.
    func replayed() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("laminar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var text = ""
        for part in parts {
            switch part {
            case .file(let name, let lines):
                let contents = lines.map { $0 + "\n" }.joined()
                try contents.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
                text += "-- \(name)\n" + contents
            case .command(let command):
                text += "$ \(command)\n" + (try Self.output(of: command, in: folder))
            }
        }
        return text
    }

    private static func output(of command: String, in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "{ \(command)\n} >.stdout 2>.stderr"]
        process.currentDirectoryURL = folder
        // The products stand beside the test bundle.
        let products = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let directory = URL(fileURLWithPath: products).deletingLastPathComponent().path
        process.environment = ["PATH": "\(directory):/usr/bin:/bin", "TERM": "xterm", "LC_ALL": "C.UTF-8"]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        func read(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
                .replacing("\r\n", with: "\n")
        }
        var text = try read(".stdout")
        if let last = text.last, last != "\n" { text += "\n" }
        for line in try read(".stderr").split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            text += line.isEmpty ? "!\n" : "! \(line)\n"
        }
        if process.terminationStatus != 0 { text += "=> \(process.terminationStatus)\n" }
        return text
    }
}
