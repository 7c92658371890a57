import Synchronization

/// A compiled pattern that matches in time linear in the text.
///
/// Thompson's construction, run as Pike's virtual machine. PostgreSQL wants the leftmost match and of those the longest
/// (or the shortest, where the pattern's first quantifier is not greedy); a second run over the match finds the groups.
/// - SeeAlso: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009.
final class RegularExpression: Sendable {
    enum Instruction: Sendable {
        case scalar(UInt32)
        case any
        case set(Int)
        case assertion(RegularExpressionAssertion)
        /// Go on at both, preferring the first.
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case match
    }

    struct Match {
        /// Start and end of the whole match and of each group, in code points; −1 of a group that took no part.
        var bounds: [Int]
        var start: Int { bounds[0] }
        var end: Int { bounds[1] }
    }

    let captureCount: Int
    let instructions: [Instruction]
    let sets: [ScalarSet]
    let options: RegularExpressionOptions
    /// The options that it was made with, to which the pattern may have added.
    let askedOptions: RegularExpressionOptions
    let prefersLong: Bool
    let required: RequiredText
    /// The machine for ASCII texts, where the pattern leaves one way.
    let oneWay: OneWayMachine?
    private let scratch = Mutex(Kept(scratch: nil))

    init(_ pattern: String, options: RegularExpressionOptions) throws(RegularExpressionError) {
        var parser = RegularExpressionParser(pattern, options: options)
        let node = try parser.parse()
        var compiler = RegularExpressionCompiler(ignoresCase: parser.options.ignoresCase)
        try compiler.compile(node)
        compiler.instructions.append(.match)
        instructions = compiler.instructions
        sets = compiler.sets
        captureCount = parser.captureCount
        self.options = parser.options
        askedOptions = options
        prefersLong = node.isGreedy ?? true
        required = parser.options.ignoresCase ? RequiredText() : node.required
        let (instructions, sets, parsed) = (compiler.instructions, compiler.sets, parser.options)
        oneWay = OneWayMachine(instructions, captureCount: captureCount, prefersLong: prefersLong) {
            Self.accepts($0, $1, sets, parsed)
        }
    }

    /// Lends the memory for a run; two threads that use a pattern at once make it twice.
    func withScratch<R>(_ body: (RegularExpressionScratch) -> R) -> R {
        let kept = scratch.withLock { kept -> Kept in
            defer { kept = Kept(scratch: nil) }
            return kept
        }
        let lent = kept.scratch
            ?? RegularExpressionScratch(instructions: instructions.count, slots: 2 * (captureCount + 1))
        let result = body(lent)
        let back = Kept(scratch: lent)
        scratch.withLock { $0 = back }
        return result
    }

    /// Sound: whoever takes the memory out leaves none, so one thread has it at a time.
    private struct Kept: @unchecked Sendable { let scratch: RegularExpressionScratch? }

    // MARK: Keeping compiled patterns

    private struct Key: Hashable {
        var pattern: StringView
        var options: RegularExpressionOptions

        static func == (a: Key, b: Key) -> Bool { a.pattern == b.pattern && a.options == b.options }

        func hash(into hasher: inout Hasher) {
            hasher.combine(pattern.hash64)
            hasher.combine(options)
        }
    }

    private struct Cache: ~Copyable {
        var known: [Key: RegularExpression] = [:]
        /// Owns the bytes of the keys.
        var arena = Arena()
    }

    private static let cache = Mutex(Cache())

    /// The compiled pattern, from the last ones of this thread or from a cache of all.
    static func compiled(
        _ pattern: StringView, _ options: RegularExpressionOptions
    ) throws(RegularExpressionError) -> RegularExpression {
        try ThreadMemory.withThread { (memory) throws(RegularExpressionError) in
            if let found = memory.patterns.find(pattern, { $0.askedOptions == options }) { return found }
            let compiled = try shared(pattern, options)
            memory.patterns.add(pattern, compiled)
            return compiled
        }
    }

    private static func shared(
        _ pattern: StringView, _ options: RegularExpressionOptions
    ) throws(RegularExpressionError) -> RegularExpression {
        let key = Key(pattern: pattern, options: options)
        if let found = cache.withLock({ $0.known[key] }) { return found }
        let compiled = try RegularExpression(pattern.string, options: options)
        cache.withLock { cache in
            // Patterns from data must not fill memory.
            if cache.known.count >= 256 {
                cache.known = [:]
                cache.arena = Arena()
            }
            cache.known[Key(pattern: cache.arena.copy(pattern), options: options)] = compiled
        }
        return compiled
    }
}

/// The lower-case form by which case-insensitive matching compares.
func foldedCase(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar &- 65 < 26 ? scalar | 0x20 : scalar }
    return Unicode.Scalar(scalar).map { lowercased($0).value } ?? scalar
}

/// Lays a pattern's tree out as instructions.
private struct RegularExpressionCompiler {
    var instructions: [RegularExpression.Instruction] = []
    var sets: [ScalarSet] = []
    let ignoresCase: Bool

    init(ignoresCase: Bool) { self.ignoresCase = ignoresCase }

    mutating func compile(_ node: RegularExpressionNode) throws(RegularExpressionError) {
        // Counted repetitions are written out, so nesting them can explode.
        if instructions.count > 50_000 { throw .tooLarge }
        switch node {
        case .empty: break
        case .scalar(let scalar): instructions.append(.scalar(ignoresCase ? foldedCase(scalar) : scalar))
        case .any: instructions.append(.any)
        case .set(let set):
            sets.append(set)
            instructions.append(.set(sets.count - 1))
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .group(let node, let capture):
            if let capture { instructions.append(.save(2 * capture)) }
            try compile(node)
            if let capture { instructions.append(.save(2 * capture + 1)) }
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .alternatives(let nodes):
            var jumps: [Int] = []
            for (index, node) in nodes.enumerated() {
                let isLast = index == nodes.count - 1
                let split = instructions.count
                if !isLast { instructions.append(.split(split + 1, 0)) }
                try compile(node)
                if !isLast {
                    jumps.append(instructions.count)
                    instructions.append(.jump(0))
                    instructions[split] = .split(split + 1, instructions.count)
                }
            }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .repetition(let node, let least, let most, let preference):
            let isGreedy = preference ?? true
            for _ in 0..<least { try compile(node) }
            func split(_ into: Int, _ past: Int) -> RegularExpression.Instruction {
                isGreedy ? .split(into, past) : .split(past, into)
            }
            guard let most else {
                let start = instructions.count
                instructions.append(.jump(0))
                try compile(node)
                instructions.append(.jump(start))
                instructions[start] = split(start + 1, instructions.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(instructions.count)
                instructions.append(.jump(0))
                try compile(node)
            }
            for at in splits { instructions[at] = split(at + 1, instructions.count) }
        }
    }
}
