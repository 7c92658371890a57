import Glibc

/// The memory of one run of a pattern; a pattern keeps it from run to run, so that matching allocates nothing.
final class RegularExpressionScratch {
    /// Threads of the machine: the instruction each stands at, and where its match began.
    struct Threads {
        let states: UnsafeMutablePointer<Int>
        let starts: UnsafeMutablePointer<Int>
        /// The generation in which an instruction was added last.
        let marks: UnsafeMutablePointer<Int>
        var count = 0
        var generation = 1

        init(_ size: Int) {
            states = .allocate(capacity: size)
            starts = .allocate(capacity: size)
            marks = .allocate(capacity: size)
            marks.initialize(repeating: 0, count: size)
        }

        func deallocate() {
            states.deallocate()
            starts.deallocate()
            marks.deallocate()
        }

        mutating func clear() {
            count = 0
            generation &+= 1
        }

        /// False if the state was there already.
        func mark(_ state: Int) -> Bool {
            if marks[state] == generation { return false }
            marks[state] = generation
            return true
        }
    }

    var current: Threads
    var next: Threads
    /// Instructions that wait; each instruction is entered once and leaves two at most.
    let stack: UnsafeMutablePointer<Int>
    /// The bounds of each thread's groups, and of those that wait; made when groups are first asked for.
    private(set) var bounds: UnsafeMutablePointer<Int>?
    private(set) var nextBounds: UnsafeMutablePointer<Int>?
    private(set) var stackBounds: UnsafeMutablePointer<Int>?
    /// The code points of the text.
    private(set) var text: UnsafeMutablePointer<UInt32>
    private var textCapacity = 256
    private let size: Int
    private let slots: Int
    /// The bytes of the text whose match was found last.
    private var lastText: UnsafeMutablePointer<UInt8>
    private var lastCount = -1
    private var lastCapacity = 256
    private let keptBounds: UnsafeMutablePointer<Int>
    /// The bounds of its groups; nil where it did not match.
    private(set) var lastBounds: UnsafePointer<Int>?

    init(instructions size: Int, slots: Int) {
        self.size = size
        self.slots = slots
        current = Threads(size)
        next = Threads(size)
        stack = .allocate(capacity: 2 * size + 2)
        text = .allocate(capacity: textCapacity)
        lastText = .allocate(capacity: lastCapacity)
        keptBounds = .allocate(capacity: slots)
    }

    deinit {
        current.deallocate()
        next.deallocate()
        stack.deallocate()
        bounds?.deallocate()
        nextBounds?.deallocate()
        stackBounds?.deallocate()
        text.deallocate()
        lastText.deallocate()
        keptBounds.deallocate()
    }

    /// Whether `keep` was called last with the same text.
    func isLast(_ view: StringView) -> Bool {
        view.count == lastCount && view.withBytes { bytes in
            bytes.baseAddress.map { memcmp($0, lastText, bytes.count) == 0 } ?? true
        }
    }

    func keep(_ view: StringView, _ bounds: UnsafePointer<Int>?) {
        view.withBytes { bytes in
            if bytes.count > lastCapacity {
                lastText.deallocate()
                lastCapacity = bytes.count * 2
                lastText = .allocate(capacity: lastCapacity)
            }
            if let base = bytes.baseAddress { lastText.update(from: base, count: bytes.count) }
            lastCount = bytes.count
        }
        if let bounds { keptBounds.update(from: bounds, count: slots) }
        lastBounds = bounds == nil ? nil : UnsafePointer(keptBounds)
    }

    func reserveBounds() {
        if bounds != nil { return }
        bounds = .allocate(capacity: size * slots)
        nextBounds = .allocate(capacity: size * slots)
        stackBounds = .allocate(capacity: (2 * size + 2) * slots)
    }

    /// The code points of a text; bytes that are no UTF-8 appear as U+FFFD.
    func decode(_ view: StringView) -> UnsafeBufferPointer<UInt32> {
        view.withBytes { bytes in
            if bytes.count > textCapacity {
                text.deallocate()
                textCapacity = bytes.count * 2
                text = .allocate(capacity: textCapacity)
            }
            if isASCII(bytes) {
                for index in bytes.indices { text[index] = UInt32(bytes[index]) }
                return UnsafeBufferPointer(start: text, count: bytes.count)
            }
            var count = 0
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
                text[count] = scalar.value
                count += 1
            }
            return UnsafeBufferPointer(start: text, count: count)
        }
    }
}

extension RegularExpression {
    /// The leftmost match that begins at or behind `start`.
    func firstMatch(in text: [UInt32], from start: Int = 0) -> Match? {
        withScratch { scratch in
            text.withUnsafeBufferPointer { text in
                guard let range = firstRange(in: text, from: start, stopsEarly: false, scratch) else { return nil }
                let bounds = groups(in: text, range.start, range.end, scratch)
                return Match(bounds: Array(UnsafeBufferPointer(start: bounds, count: 2 * (captureCount + 1))))
            }
        }
    }

    func matches(_ text: StringView) -> Bool {
        if let bounds = oneWayBounds(of: 0, in: text) { return bounds.start >= 0 }
        guard let start = earliestStart(in: text) else { return false }
        return withScratch { scratch in
            firstRange(in: scratch.decode(text), from: start, stopsEarly: true, scratch) != nil
        }
    }

    /// The bounds of a group (0: the match) of the first match, in code points; nil where it took no part.
    func firstBounds(of group: Int, in text: StringView) -> (start: Int, end: Int)? {
        if let bounds = oneWayBounds(of: group, in: text) { return bounds.start >= 0 ? bounds : nil }
        guard let start = earliestStart(in: text) else { return nil }
        return withScratch { scratch in
            // Whether there is a match and what it is are often asked one after the other.
            if !scratch.isLast(text) {
                let points = scratch.decode(text)
                if let range = firstRange(in: points, from: start, stopsEarly: false, scratch) {
                    scratch.keep(text, groups(in: points, range.start, range.end, scratch))
                } else {
                    scratch.keep(text, nil)
                }
            }
            guard let bounds = scratch.lastBounds, bounds[2 * group] >= 0 else { return nil }
            return (bounds[2 * group], bounds[2 * group + 1])
        }
    }

    /// The same by the machine without threads, with negative bounds where there is no match; nil where it is not for
    /// this pattern or text.
    private func oneWayBounds(of group: Int, in text: StringView) -> (start: Int, end: Int)? {
        guard let oneWay else { return nil }
        return text.withBytes { bytes in
            guard isASCII(bytes) else { return nil }
            var first = 0
            if !required.bytes.isEmpty {
                guard let found = required.bytes.withUnsafeBufferPointer({ find($0, in: bytes, from: 0) }) else {
                    return (-1, -1)
                }
                if let before = required.mostBefore { first = max(found &- before, 0) }
            }
            switch oneWay.firstBounds(of: group, in: bytes, from: first) {
            case .match(let start, let end): return (start, end)
            case .none: return (-1, -1)
            case .exhausted: return nil
            }
        }
    }

    /// A place before which no match begins; nil where the text lacks what every match contains.
    private func earliestStart(in text: StringView) -> Int? {
        guard !required.bytes.isEmpty else { return 0 }
        return text.withBytes { bytes in
            required.bytes.withUnsafeBufferPointer { literal in
                guard let found = find(literal, in: bytes, from: 0) else { return nil }
                guard let before = required.mostBefore else { return 0 }
                return max(characterCount(UnsafeBufferPointer(rebasing: bytes[..<found])) - before, 0)
            }
        }
    }

    // MARK: Finding the bounds

    private func firstRange(
        in text: UnsafeBufferPointer<UInt32>, from first: Int, stopsEarly: Bool, _ scratch: RegularExpressionScratch
    ) -> (start: Int, end: Int)? {
        var current = scratch.current
        var next = scratch.next
        // Generations go on, so that marks of earlier runs mean nothing.
        defer { (scratch.current, scratch.next) = (current, next) }
        current.clear()
        var best: (start: Int, end: Int)?
        var position = first
        return instructions.withUnsafeBufferPointer { instructions in
            while true {
                if best == nil { add(0, start: position, at: position, text, to: &current, scratch.stack, instructions) }
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
                        add(pc + 1, start: start, at: position + 1, text, to: &next, scratch.stack, instructions)
                    }
                }
                if position >= text.count { break }
                position += 1
                swap(&current, &next)
            }
            return best
        }
    }

    private func add(
        _ state: Int, start: Int, at position: Int, _ text: UnsafeBufferPointer<UInt32>,
        to list: inout RegularExpressionScratch.Threads, _ stack: UnsafeMutablePointer<Int>,
        _ instructions: UnsafeBufferPointer<Instruction>
    ) {
        stack[0] = state
        var waiting = 1
        while waiting > 0 {
            waiting -= 1
            let pc = stack[waiting]
            guard list.mark(pc) else { continue }
            switch instructions[pc] {
            case .jump(let target):
                stack[waiting] = target
                waiting += 1
            case .split(let first, let second):
                stack[waiting] = second
                stack[waiting + 1] = first
                waiting += 2
            case .save:
                stack[waiting] = pc + 1
                waiting += 1
            case .assertion(let assertion):
                if holds(assertion, at: position, text) {
                    stack[waiting] = pc + 1
                    waiting += 1
                }
            case .scalar, .any, .set, .match:
                list.states[list.count] = pc
                list.starts[list.count] = start
                list.count += 1
            }
        }
    }

    private func accepts(_ instruction: Instruction, _ scalar: UInt32) -> Bool {
        Self.accepts(instruction, scalar, sets, options)
    }

    static func accepts(
        _ instruction: Instruction, _ scalar: UInt32, _ sets: [ScalarSet], _ options: RegularExpressionOptions
    ) -> Bool {
        switch instruction {
        case .scalar(let wanted): wanted == scalar || (options.ignoresCase && foldedCase(scalar) == wanted)
        case .any: !(options.stopsAtNewline && scalar == 10)
        case .set(let index): sets[index].contains(scalar, ignoresCase: options.ignoresCase)
        default: false
        }
    }

    private func holds(
        _ assertion: RegularExpressionAssertion, at position: Int, _ text: UnsafeBufferPointer<UInt32>
    ) -> Bool {
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

    /// The bounds of the match and its groups on the preferred way through `start ..< end`; valid until the next run.
    private func groups(
        in text: UnsafeBufferPointer<UInt32>, _ start: Int, _ end: Int, _ scratch: RegularExpressionScratch
    ) -> UnsafePointer<Int> {
        let slots = 2 * (captureCount + 1)
        scratch.reserveBounds()
        guard var bounds = scratch.bounds, var nextBounds = scratch.nextBounds, let waiting = scratch.stackBounds
        else { preconditionFailure("Memory for bounds has just been made.") }
        let (stack, marks) = (scratch.stack, scratch.next.marks)
        defer { scratch.next.generation += end - start + 2 }
        let generation = scratch.next.generation + 1
        var (states, nextStates) = (scratch.current.states, scratch.next.states)
        var count = 0
        /// Adds a thread and all that it reaches without a character; `waiting` holds its bounds first.
        func add(
            _ state: Int, at position: Int, _ states: UnsafeMutablePointer<Int>, _ bounds: UnsafeMutablePointer<Int>,
            _ count: inout Int
        ) {
            stack[0] = state
            var depth = 1
            while depth > 0 {
                depth -= 1
                let pc = stack[depth]
                let own = waiting + depth * slots
                if marks[pc] == generation + position - start { continue }
                marks[pc] = generation + position - start
                switch instructions[pc] {
                case .jump(let target):
                    stack[depth] = target
                    depth += 1
                case .split(let first, let second):
                    stack[depth] = second
                    stack[depth + 1] = first
                    (own + slots).update(from: own, count: slots)
                    depth += 2
                case .save(let slot):
                    own[slot] = position
                    stack[depth] = pc + 1
                    depth += 1
                case .assertion(let assertion):
                    if holds(assertion, at: position, text) {
                        stack[depth] = pc + 1
                        depth += 1
                    }
                case .scalar, .any, .set, .match:
                    states[count] = pc
                    (bounds + count * slots).update(from: own, count: slots)
                    count += 1
                }
            }
        }
        waiting.update(repeating: -1, count: slots)
        (waiting[0], waiting[1]) = (start, end)
        add(0, at: start, states, bounds, &count)
        var position = start
        while position < end {
            var nextCount = 0
            for thread in 0..<count where accepts(instructions[states[thread]], text[position]) {
                waiting.update(from: bounds + thread * slots, count: slots)
                add(states[thread] + 1, at: position + 1, nextStates, nextBounds, &nextCount)
            }
            swap(&states, &nextStates)
            swap(&bounds, &nextBounds)
            count = nextCount
            position += 1
        }
        for thread in 0..<count {
            if case .match = instructions[states[thread]] { return UnsafePointer(bounds + thread * slots) }
        }
        waiting.update(repeating: -1, count: slots)
        (waiting[0], waiting[1]) = (start, end)
        return UnsafePointer(waiting)
    }
}

/// Characters that every match contains.
struct RequiredText {
    /// As UTF-8; empty where none are known.
    var bytes: [UInt8] = []
    /// Characters of a match before them, at most; nil: without bound.
    var mostBefore: Int?
}

extension RegularExpressionNode {
    /// The longest run of characters in a sequence, or in its only part.
    var required: RequiredText {
        switch self {
        case .scalar: return RequiredText(bytes: Self.utf8(of: [self]), mostBefore: 0)
        case .group(let node, _): return node.required
        case .sequence(let nodes):
            var best = RequiredText()
            var run: [RegularExpressionNode] = []
            var before: Int? = 0
            var beforeRun: Int? = 0
            func take() {
                let bytes = Self.utf8(of: run)
                if bytes.count > best.bytes.count { best = RequiredText(bytes: bytes, mostBefore: beforeRun) }
                run = []
            }
            for node in nodes {
                if case .scalar = node {
                    if run.isEmpty { beforeRun = before }
                    run.append(node)
                } else {
                    take()
                }
                before = Self.sum(before, node.mostCharacters)
            }
            take()
            return best
        case .empty, .any, .set, .assertion, .alternatives, .repetition: return RequiredText()
        }
    }

    /// The characters that this matches at most; nil: without bound.
    private var mostCharacters: Int? {
        switch self {
        case .empty, .assertion: return 0
        case .scalar, .any, .set: return 1
        case .group(let node, _): return node.mostCharacters
        case .sequence(let nodes): return nodes.reduce(0) { Self.sum($0, $1.mostCharacters) }
        case .alternatives(let nodes):
            return nodes.reduce(0) { most, node in
                guard let most, let own = node.mostCharacters else { return nil }
                return max(most, own)
            }
        case .repetition(let node, _, let most, _):
            guard let most, let own = node.mostCharacters else { return nil }
            let (product, overflow) = most.multipliedReportingOverflow(by: own)
            return overflow ? nil : product
        }
    }

    private static func sum(_ a: Int?, _ b: Int?) -> Int? {
        guard let a, let b else { return nil }
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : sum
    }

    private static func utf8(of scalars: [RegularExpressionNode]) -> [UInt8] {
        var bytes: [UInt8] = []
        for case .scalar(let value) in scalars {
            guard let scalar = Unicode.Scalar(value) else { return [] }
            bytes += UTF8.encode(scalar).map(Array.init) ?? []
        }
        return bytes
    }
}
