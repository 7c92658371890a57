import Foundation
import LaminarCompiler
import LaminarText
import Testing

/// Statements from the plan goldens, cut into words, with words dropped, doubled, swapped and replaced: whatever comes
/// out compiles or is refused, without a crash or a hang, and a plan comes only without errors.
@Test(arguments: [UInt64(1), 2, 3, 4])
func `no text crashes the compiler`(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Plans")
    let texts = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        .sorted().map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    let vocabulary = texts.flatMap(words)
    let deadline = Date().addingTimeInterval(2)
    var compiled = 0
    while Date() < deadline, compiled < 5_000 {
        var tokens = words(texts[Int(random.next() % UInt64(texts.count))])
        for _ in 0...random.next() % 4 {
            let at = Int(random.next() % UInt64(tokens.count))
            switch random.next() % 4 {
            case 0 where tokens.count > 1: tokens.remove(at: at)
            case 1: tokens.insert(tokens[at], at: at)
            case 2: tokens.swapAt(at, Int(random.next() % UInt64(tokens.count)))
            default: tokens[at] = vocabulary[Int(random.next() % UInt64(vocabulary.count))]
            }
        }
        let text = tokens.joined(separator: " ")
        // A crash leaves its text behind.
        if let path = ProcessInfo.processInfo.environment["FUZZ_TRACE"] {
            try text.write(toFile: "\(path).\(seed)", atomically: false, encoding: .utf8)
        }
        let compilation = compile(SourceFile(name: "fuzz.sql", text: text))
        #expect(
            (compilation.plan == nil) == compilation.diagnostics.hasErrors, "seed \(seed): \(text)")
        for diagnostic in compilation.diagnostics.all {
            #expect(!diagnostic.message.isEmpty && diagnostic.sqlState.count == 5)
        }
        _ = compilation.diagnostics.rendered(in: compilation.file)
        _ = compilation.plan?.graph.text
        compiled += 1
    }
    #expect(compiled > 50)
}

private func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).flatMap { word -> [String] in
        var parts: [String] = []
        var current = ""
        for character in word {
            if "(),;".contains(character) {
                if !current.isEmpty { parts.append(current) }
                parts.append(String(character))
                current = ""
            } else {
                current.append(character)
            }
        }
        return current.isEmpty ? parts : parts + [current]
    }
}

/// Steele, Lea and Flood's SplitMix64: the same numbers for the same seed everywhere.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
