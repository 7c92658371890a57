/// A pattern in which each byte of an ASCII text leaves one way on at most, as a table.
///
/// It finds bounds and groups in one pass without threads, and in place. A pattern of which two parts can take the same
/// byte has none, nor one whose way depends on which of several assertions holds.
/// - SeeAlso: Russ Cox, "Regular Expression Matching in the Wild", 2010, "Is the regexp one-pass?".
final class OneWayMachine: @unchecked Sendable {
    // Sound to share: nothing changes after `init`.

    private struct Step {
        var target = 0
        /// Where the groups' slots and the assertions of the step lie in their lists.
        var saves = 0..<0
        var assertions = 0..<0
        /// Goes back to where it came from, and there is nothing to do on the way.
        var isLoop = false
    }

    /// Per node the number of the step that each of 128 bytes takes; 0: none.
    private let table: UnsafeMutablePointer<UInt16>
    private let steps: UnsafeMutablePointer<Step>
    /// Per node the step to the match, 0: none.
    private let finals: UnsafeMutablePointer<UInt16>
    private let saves: UnsafeMutablePointer<Int>
    private let assertions: UnsafeMutablePointer<RegularExpressionAssertion>
    private let slotCount: Int
    private let prefersLong: Bool

    private static let maximumNodes = 64
    private static let maximumSteps = 4096

    /// Nil for a pattern that leaves two ways, or is large.
    init?(
        _ instructions: [RegularExpression.Instruction], captureCount: Int, prefersLong: Bool,
        accepts: (RegularExpression.Instruction, UInt32) -> Bool
    ) {
        typealias Item = (pc: Int, saves: [Int], assertions: [RegularExpressionAssertion])
        var nodes: [Int: Int] = [0: 0]
        var entries = [0]
        var steps = [Step()]
        var saves: [Int] = []
        var assertions: [RegularExpressionAssertion] = []
        var table: [UInt16] = []
        var finals: [UInt16] = []

        func add(_ item: Item, _ target: Int, from node: Int) -> UInt16 {
            var step = Step()
            step.target = target
            step.saves = saves.count..<saves.count + item.saves.count
            step.assertions = assertions.count..<assertions.count + item.assertions.count
            step.isLoop = target == node && item.saves.isEmpty && item.assertions.isEmpty
            saves += item.saves
            assertions += item.assertions
            steps.append(step)
            return UInt16(steps.count - 1)
        }

        var node = 0
        while node < entries.count {
            // All that is reached from the node without a character, as the machine with threads goes.
            var seen: [Int: Bool] = [:]
            var stack: [Item] = [(entries[node], [], [])]
            var row = [UInt16](repeating: 0, count: 128)
            var final: UInt16 = 0
            while let item = stack.popLast() {
                if let isConditional = seen[item.pc] {
                    // The first way counts, but only if it is always open.
                    if isConditional { return nil }
                    continue
                }
                seen[item.pc] = !item.assertions.isEmpty
                switch instructions[item.pc] {
                case .jump(let target): stack.append((target, item.saves, item.assertions))
                case .split(let first, let second):
                    stack.append((second, item.saves, item.assertions))
                    stack.append((first, item.saves, item.assertions))
                case .save(let slot): stack.append((item.pc + 1, item.saves + [slot], item.assertions))
                case .assertion(let assertion): stack.append((item.pc + 1, item.saves, item.assertions + [assertion]))
                case .match: final = add(item, 0, from: -1)
                case .scalar, .any, .set:
                    let target = nodes[item.pc + 1] ?? entries.count
                    if target == entries.count {
                        nodes[item.pc + 1] = target
                        entries.append(item.pc + 1)
                    }
                    let step = add(item, target, from: node)
                    for byte in 0..<128 where accepts(instructions[item.pc], UInt32(byte)) {
                        if row[byte] != 0 { return nil }
                        row[byte] = step
                    }
                }
                if steps.count > Self.maximumSteps || entries.count > Self.maximumNodes { return nil }
            }
            // Where a match may end at some places and not at others, each of them is looked at.
            if !steps[Int(final)].assertions.isEmpty {
                for index in steps.indices where steps[index].target == node { steps[index].isLoop = false }
            }
            table += row
            finals.append(final)
            node += 1
        }
        self.table = .allocate(capacity: table.count)
        self.table.initialize(from: table, count: table.count)
        self.steps = .allocate(capacity: steps.count)
        self.steps.initialize(from: steps, count: steps.count)
        self.finals = .allocate(capacity: finals.count)
        self.finals.initialize(from: finals, count: finals.count)
        self.saves = .allocate(capacity: max(saves.count, 1))
        self.saves.initialize(from: saves, count: saves.count)
        self.assertions = .allocate(capacity: max(assertions.count, 1))
        self.assertions.initialize(from: assertions, count: assertions.count)
        slotCount = 2 * (captureCount + 1)
        self.prefersLong = prefersLong
    }

    deinit {
        table.deallocate()
        steps.deallocate()
        finals.deallocate()
        saves.deallocate()
        assertions.deallocate()
    }

    enum Outcome {
        case match(start: Int, end: Int)
        case none
        /// So many beginnings were tried that another machine is needed to stay linear.
        case exhausted
    }

    /// The bounds of a group (0: the match) of the leftmost match that begins at or behind `first`; negative where the
    /// group took no part.
    func firstBounds(of group: Int, in text: UnsafeBufferPointer<UInt8>, from first: Int) -> Outcome {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * slotCount) { memory in
            guard let current = memory.baseAddress else { return .exhausted }
            let best = current + slotCount
            var budget = 8 &* text.count &+ 64
            var start = first
            while start <= text.count {
                // Bytes with which no match begins.
                if finals[0] == 0 {
                    while start < text.count && table[Int(text[start] & 0x7f)] == 0 { start &+= 1 }
                    if start == text.count { return .none }
                }
                if let end = match(text, from: start, current, best, &budget) {
                    if group == 0 { return .match(start: start, end: end) }
                    return .match(start: best[2 &* group], end: best[2 &* group &+ 1])
                }
                if budget <= 0 { return .exhausted }
                start &+= 1
            }
            return .none
        }
    }

    /// The end of the match that begins at `start`, with its groups in `best`.
    private func match(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ current: UnsafeMutablePointer<Int>,
        _ best: UnsafeMutablePointer<Int>, _ budget: inout Int
    ) -> Int? {
        current.update(repeating: -1, count: slotCount)
        var node = 0
        var position = start
        var end: Int?
        while true {
            let final = finals[node]
            if final != 0 && holds(steps[Int(final)], text, position) {
                best.update(from: current, count: slotCount)
                for index in steps[Int(final)].saves { best[saves[index]] = position }
                end = position
                if !prefersLong { break }
            }
            if position == text.count { break }
            let number = table[node &<< 7 | Int(text[position] & 0x7f)]
            if number == 0 { break }
            let step = steps + Int(number)
            if !step.pointee.assertions.isEmpty && !holds(step.pointee, text, position) { break }
            for index in step.pointee.saves { current[saves[index]] = position }
            position &+= 1
            node = step.pointee.target
            if step.pointee.isLoop && prefersLong {
                let row = table + node &<< 7
                while position < text.count && row[Int(text[position] & 0x7f)] == number { position &+= 1 }
            }
        }
        budget &-= position &- start &+ 1
        return end
    }

    private func holds(_ step: Step, _ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        func isWord(_ index: Int) -> Bool {
            index >= 0 && index < text.count && ScalarSet.belongs(UInt32(text[index]), to: .word)
        }
        for index in step.assertions {
            let holds =
                switch assertions[index] {
                case .textStart: position == 0
                case .textEnd: position == text.count
                case .lineStart: position == 0 || text[position - 1] == 10
                case .lineEnd: position == text.count || text[position] == 10
                case .wordStart: !isWord(position - 1) && isWord(position)
                case .wordEnd: isWord(position - 1) && !isWord(position)
                case .wordBoundary: isWord(position - 1) != isWord(position)
                case .notWordBoundary: isWord(position - 1) == isWord(position)
                }
            if !holds { return false }
        }
        return true
    }
}
