import LaminarKernels
import Testing

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
}
