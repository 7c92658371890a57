import Testing

@testable import LaminarKernels

@Suite struct RegularExpressionTests {
    private func matches(_ text: String, _ pattern: String) -> (Bool, Fault) {
        var arena = Arena()
        var fault = Fault()
        let result = matchesRegularExpression(arena.copy(text), arena.copy(pattern), &fault, at: 0)
        return (result, fault)
    }

    @Test(arguments: ["(a)\\1", "a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b"])
    func `what no linear-time engine has is refused`(pattern: String) {
        let (_, fault) = matches("aab", pattern)
        #expect(fault.resolvedCode == .invalidRegularExpression)
    }

    @Test func `patterns that make backtracking engines explode are matched in linear time`() {
        let text = String(repeating: "a", count: 20_000)
        #expect(matches(text, "(a*)*b").0 == false)
        #expect(matches(text, "(a|aa)+$").0)
        #expect(matches(text, "(.*)(.*)(.*)(.*)(.*)[^a]").0 == false)
    }

    @Test func `nested counted repetitions end in an error, not in memory`() {
        #expect(matches("a", "(((a{255}){255}){255}){255}").1.resolvedCode == .invalidRegularExpression)
        #expect(matches("a", String(repeating: "(", count: 100_000)).1.resolvedCode == .invalidRegularExpression)
    }

    @Test func `a pattern that leaves one way finds what the machine with threads finds`() throws {
        let pieces = [
            "a", "b", "c", "ab", "[^a]", "[bc]", ".", "^", "$", "a*", "b+", "c?", "[^b]*", "a{1,2}", "b*?", "c+?", "(a)", "(b|c)",
            "(a*)", "([^c]+)", "(ab|c)*", "(^|a)", "(b|$)", "\\y", "\\w",
        ]
        var random = SystemRandomNumberGenerator()
        var oneWay = 0
        for _ in 0..<3000 {
            let pattern = (0..<Int.random(in: 1...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let expression = try RegularExpression(pattern, options: RegularExpressionOptions())
            if expression.oneWay != nil { oneWay += 1 }
            for _ in 0..<10 {
                let text = String((0..<Int.random(in: 0...12, using: &random)).map { _ in "abc ".randomElement(using: &random) ?? "a" })
                var arena = Arena()
                let view = arena.copy(text)
                let match = expression.firstMatch(in: Array(text.unicodeScalars.map(\.value)))
                #expect(expression.matches(view) == (match != nil), "\(pattern) in \(text)")
                for group in 0...expression.captureCount {
                    let bounds = expression.firstBounds(of: group, in: view).map { [$0.start, $0.end] }
                    let expected = match.flatMap { $0.bounds[2 * group] < 0 ? nil : Array($0.bounds[2 * group...2 * group + 1]) }
                    #expect(bounds == expected, "\(pattern) in \(text), group \(group)")
                }
            }
        }
        #expect(oneWay > 300 && oneWay < 2900)
    }

    @Test func `a pattern that leaves one way is tried in linear time too`() throws {
        let expression = try RegularExpression("[^b]*bc", options: RegularExpressionOptions())
        #expect(expression.oneWay != nil)
        var arena = Arena()
        #expect(!expression.matches(arena.copy(String(repeating: "a", count: 50_000) + "bb")))
    }
}
