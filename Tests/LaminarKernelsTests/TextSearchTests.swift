import LaminarKernels
import Testing

/// Lends views of Swift strings that live as long as `arena`.
private func withArena(_ body: (inout Arena) throws -> Void) rethrows {
    var arena = Arena()
    try body(&arena)
}

@Suite struct TextSearchTests {
    @Test func `a text is found wherever it lies, at any length`() {
        withArena { arena in
            let text = Array("abcabdabeabcdabcdefabcabcabdabcabcabcdefghabx".utf8)
            for start in 0..<text.count {
                for count in 1...min(12, text.count - start) {
                    let needle = String(decoding: text[start..<(start + count)], as: UTF8.self)
                    for end in stride(from: count, through: text.count, by: 3) {
                        let part = Array(text[..<end])
                        let expected = (0...(end - count)).first { Array(part[$0..<($0 + count)]) == Array(needle.utf8) }
                        let found = position(arena.copy(String(decoding: part, as: UTF8.self)), arena.copy(needle))
                        #expect(Int(found) == expected.map { $0 + 1 } ?? 0)
                    }
                }
            }
        }
    }

    @Test func `a view of any length has the bytes that it was made of, and zeroes behind them`() {
        let bytes = Array("0123456789abcdef".utf8)
        for count in 0...16 {
            bytes.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                let view = StringView(base, count: count)
                #expect(view.withBytes { Array($0) } == Array(bytes[..<count]))
                #expect(view == StringView(padded: base, count: count))
            }
        }
    }

    @Test func `replacing grows, shrinks and deletes`() {
        withArena { arena in
            let text = arena.copy("one two one three one")
            for (from, to, expected) in [
                ("one", "a longer word", "a longer word two a longer word three a longer word"), ("one", "1", "1 two 1 three 1"),
                ("one", "", " two  three "), ("absent", "x", "one two one three one"), ("one two one three one", "", ""),
            ] {
                #expect(replace(text, arena.copy(from), arena.copy(to), &arena).string == expected)
            }
        }
    }

    @Test(arguments: [
        ("a?b?cde", 0, ["xxabcdeyy": "abcde", "cde": "cde", "abcd": nil, "bcdeabcde": "bcde", "acde cde": "acde"]),
        ("x*abc", 0, ["xxabc": "xxabc", "xxab xabc": "xabc", "ab": nil]),
        ("(foo|ba)abc", 1, ["abc baabc": "ba", "fooabc": "foo", "abcabc": nil]),
        (".abc", 0, ["\u{e9}\u{e9}abc": "\u{e9}abc", "abc": nil, "abcxabc": "xabc"]),
        ("(&|^)channel_id=([^&]*)", 2, ["channel_id=": "", "u?channel_id=1&channel_id=22&x": "22", "channel_id=7": "7"]),
        ("(ab){2}c", 1, ["ababab abababc": "ab", "abc": nil]),
        ("^abc$", 0, ["abc": "abc", "xabc": nil]),
    ] as [(String, Int32, [String: String?])])
    func `a match is the leftmost one, also where its fixed part is looked for first`(
        pattern: String, group: Int32, cases: [String: String?]
    ) {
        withArena { arena in
            let pattern = arena.copy(pattern)
            let none = StringView()
            // Twice, so that each text follows another one and itself.
            for (text, expected) in cases.sorted(by: { $0.key < $1.key }) + cases.sorted(by: { $0.key > $1.key }) {
                let text = arena.copy(text)
                var fault = Fault()
                let has = hasRegularExpression(text, pattern, 1, 1, none, group, &fault, at: 0)
                #expect(has == (expected != nil))
                let found = substringOfRegularExpression(text, pattern, 1, 1, none, group, &fault, at: 0)
                #expect(found.string == expected ?? "")
                #expect(!fault.isRaised)
            }
        }
    }
}
