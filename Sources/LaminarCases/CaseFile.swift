import Glibc

/// A file of cases, a JSON object per line; lines that are empty or begin with `#` are skipped.
package struct CaseFile: Sendable {
    /// The name without its folder.
    package var name: String
    package var entries: [Entry]

    package struct Entry: Sendable {
        package var line: Int
        package var text: String
        package var id: String
        package var features: [String]

        package init(line: Int, text: String, id: String, features: [String]) {
            self.line = line
            self.text = text
            self.id = id
            self.features = features
        }
    }

    /// Why a file cannot be used; begins with its path and, where there is one, the line.
    package struct ReadError: Error, CustomStringConvertible {
        package var description: String
    }

    /// Reads and checks a whole file, so that a damaged line is known before anything runs.
    package init(path: String) throws(ReadError) {
        let text = try Self.contents(of: path)
        name = path.split(separator: "/").last.map(String.init) ?? path
        entries = []
        var seen: Set<String> = []
        for (index, bytes) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard let first = bytes.first(where: { $0 != 0x20 && $0 != 0x0d && $0 != 0x09 }),
                first != UInt8(ascii: "#")
            else { continue }
            let place = "\(path):\(index + 1)"
            do {
                let testCase = try TestCase(json: JSONValue(parsing: bytes))
                guard seen.insert(testCase.id).inserted else {
                    throw CaseSyntaxError("there is another case \"\(testCase.id)\" in this file")
                }
                entries.append(
                    Entry(
                        line: index + 1, text: String(decoding: bytes, as: UTF8.self), id: testCase.id,
                        features: testCase.features))
            } catch {
                throw ReadError(description: "\(place): \(error)")
            }
        }
    }

    private static func contents(of path: String) throws(ReadError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReadError(description: "\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw ReadError(description: "\(path): \(String(cString: strerror(errno)))")
            }
            bytes += chunk[..<count]
        }
    }
}

extension CaseFile {
    /// A sample of `count` entries that depends on the seed alone, in the order of the file.
    package func sample(_ count: Int, seed: String) -> CaseFile {
        var generator = SeededGenerator("\(seed)/\(name)")
        let chosen = Set(entries.indices.shuffled(using: &generator).prefix(count))
        var copy = self
        copy.entries = entries.indices.filter(chosen.contains).map { entries[$0] }
        return copy
    }
}
