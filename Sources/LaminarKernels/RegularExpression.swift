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
    private let instructions: [Instruction]
    private let sets: [ScalarSet]
    private let options: RegularExpressionOptions
    private let prefersLong: Bool

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
        prefersLong = node.isGreedy ?? true
    }

    /// The leftmost match that begins at or behind `start`.
    func firstMatch(in text: [UInt32], from start: Int = 0) -> Match? {
        guard let range = firstRange(in: text, from: start, stopsEarly: false) else { return nil }
        return Match(bounds: groups(in: text, range.start, range.end))
    }

    func matches(_ text: [UInt32]) -> Bool { firstRange(in: text, from: 0, stopsEarly: true) != nil }

    // MARK: Finding the bounds

    private func firstRange(in text: [UInt32], from first: Int, stopsEarly: Bool) -> (start: Int, end: Int)? {
        var current = ThreadList(instructions.count)
        var next = ThreadList(instructions.count)
        var best: (start: Int, end: Int)?
        var stack: [Int] = []
        var position = first
        while true {
            if best == nil { add(0, start: position, at: position, text, to: &current, &stack) }
            if current.count == 0 && best != nil { break }
            next.clear()
            var k = 0
            while k < current.count {
                let (pc, start) = (current.states[k], current.starts[k])
                k += 1
                // Threads come by their start, so later ones cannot win any more.
                if let best, start > best.start { break }
                if case .match = instructions[pc] {
                    if stopsEarly { return (start, position) }
                    if best.map({ start < $0.start || (prefersLong && position > $0.end) }) ?? true {
                        best = (start, position)
                    }
                    continue
                }
                if let best, best.start == start, !prefersLong { continue }
                if position < text.count, accepts(instructions[pc], text[position]) {
                    add(pc + 1, start: start, at: position + 1, text, to: &next, &stack)
                }
            }
            if position >= text.count { break }
            position += 1
            swap(&current, &next)
        }
        return best
    }

    private struct ThreadList {
        var states: [Int]
        var starts: [Int]
        var count = 0
        /// The generation in which a state was added last.
        var marks: [Int]
        var generation = 1

        init(_ size: Int) {
            states = Array(repeating: 0, count: size)
            starts = Array(repeating: 0, count: size)
            marks = Array(repeating: 0, count: size)
        }

        mutating func clear() {
            count = 0
            generation += 1
        }

        /// False if the state was there already.
        mutating func mark(_ state: Int) -> Bool {
            if marks[state] == generation { return false }
            marks[state] = generation
            return true
        }
    }

    private func add(
        _ state: Int, start: Int, at position: Int, _ text: [UInt32], to list: inout ThreadList, _ stack: inout [Int]
    ) {
        stack.append(state)
        while let pc = stack.popLast() {
            guard list.mark(pc) else { continue }
            switch instructions[pc] {
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .save: stack.append(pc + 1)
            case .assertion(let assertion): if holds(assertion, at: position, text) { stack.append(pc + 1) }
            case .scalar, .any, .set, .match:
                list.states[list.count] = pc
                list.starts[list.count] = start
                list.count += 1
            }
        }
    }

    private func accepts(_ instruction: Instruction, _ scalar: UInt32) -> Bool {
        switch instruction {
        case .scalar(let wanted): wanted == scalar || (options.ignoresCase && foldedCase(scalar) == wanted)
        case .any: !(options.stopsAtNewline && scalar == 10)
        case .set(let index): sets[index].contains(scalar, ignoresCase: options.ignoresCase)
        default: false
        }
    }

    private func holds(_ assertion: RegularExpressionAssertion, at position: Int, _ text: [UInt32]) -> Bool {
        func isWord(_ index: Int) -> Bool {
            index >= 0 && index < text.count && ScalarSet.belongs(text[index], to: .word)
        }
        switch assertion {
        case .textStart: return position == 0
        case .textEnd: return position == text.count
        case .lineStart: return position == 0 || text[position - 1] == 10
        case .lineEnd: return position == text.count || text[position] == 10
        case .wordStart: return !isWord(position - 1) && isWord(position)
        case .wordEnd: return isWord(position - 1) && !isWord(position)
        case .wordBoundary: return isWord(position - 1) != isWord(position)
        case .notWordBoundary: return isWord(position - 1) == isWord(position)
        }
    }

    // MARK: Finding the groups

    /// The bounds of the groups of the preferred way through `start ..< end`.
    private func groups(in text: [UInt32], _ start: Int, _ end: Int) -> [Int] {
        let slots = 2 * (captureCount + 1)
        var whole = [Int](repeating: -1, count: slots)
        (whole[0], whole[1]) = (start, end)
        if captureCount == 0 { return whole }
        var current: [(state: Int, bounds: [Int])] = []
        var next: [(state: Int, bounds: [Int])] = []
        var marks = [Int](repeating: -1, count: instructions.count)
        func add(_ state: Int, _ bounds: [Int], at position: Int, to list: inout [(state: Int, bounds: [Int])]) {
            var stack = [(state, bounds)]
            while let (pc, bounds) = stack.popLast() {
                if marks[pc] == position { continue }
                marks[pc] = position
                switch instructions[pc] {
                case .jump(let target): stack.append((target, bounds))
                case .split(let first, let second):
                    stack.append((second, bounds))
                    stack.append((first, bounds))
                case .save(let slot):
                    var changed = bounds
                    changed[slot] = position
                    stack.append((pc + 1, changed))
                case .assertion(let assertion): if holds(assertion, at: position, text) { stack.append((pc + 1, bounds)) }
                case .scalar, .any, .set, .match: list.append((pc, bounds))
                }
            }
        }
        add(0, whole, at: start, to: &current)
        var position = start
        while position < end {
            next.removeAll(keepingCapacity: true)
            for thread in current where accepts(instructions[thread.state], text[position]) {
                add(thread.state + 1, thread.bounds, at: position + 1, to: &next)
            }
            swap(&current, &next)
            position += 1
        }
        for thread in current {
            if case .match = instructions[thread.state] { return thread.bounds }
        }
        return whole
    }

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

    /// The compiled pattern, from a cache of the last ones.
    static func compiled(
        _ pattern: StringView, _ options: RegularExpressionOptions
    ) throws(RegularExpressionError) -> RegularExpression {
        let found = cache.withLock { $0.known[Key(pattern: pattern, options: options)] }
        if let found { return found }
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
