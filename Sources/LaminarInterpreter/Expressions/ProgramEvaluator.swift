import LaminarColumns
import LaminarKernels
import LaminarTypes

/// Runs the steps of a compiled program over one chunk; owns registers and masks.
final class ProgramEvaluator {
    /// A register during a chunk: a column whose first row is the chunk's first row.
    struct Register {
        var values: UnsafeMutableRawPointer
        /// Nil where there is no NULL. May be another register's, since each is written once per chunk.
        var validity: UnsafePointer<UInt64>?
        var isConstant: Bool
    }

    let steps: [ExpressionStep]
    private let layouts: [RegisterLayout]
    private let inputRegisters: [(register: Int, column: Int, stride: Int)]
    private let registers: UnsafeMutablePointer<Register>
    private let ownValidity: RowMask
    private let ownedValues: [UnsafeMutableRawPointer?]
    let masks: UnsafeMutablePointer<ActiveRows>
    private let maskWords: RowMask
    private let maskCount: Int
    private let scratch: RowMask
    private let operands: UnsafeMutablePointer<KernelOperand>
    /// Keeps the bytes of string constants.
    private var constants = Arena()
    private var spread: [Int: UnsafeMutableRawPointer] = [:]
    private var count = 0

    init(_ program: ExpressionProgramBuilder) {
        steps = program.steps
        layouts = program.registers
        let registerCount = max(program.registers.count, 1)
        registers = .allocate(capacity: registerCount)
        ownValidity = .allocate(capacity: registerCount * chunkWords)
        ownValidity.initialize(repeating: 0, count: registerCount * chunkWords)
        maskCount = program.maskParents.count
        masks = .allocate(capacity: maskCount)
        maskWords = .allocate(capacity: maskCount * chunkWords)
        maskWords.initialize(repeating: 0, count: maskCount * chunkWords)
        for mask in 0..<maskCount {
            (masks + mask).initialize(to: ActiveRows(words: maskWords + mask * chunkWords))
        }
        scratch = .allocate(capacity: 4 * chunkWords)
        scratch.initialize(repeating: 0, count: 4 * chunkWords)
        operands = .allocate(capacity: 16)
        var owned: [UnsafeMutableRawPointer?] = []
        var inputs: [(register: Int, column: Int, stride: Int)] = []
        for (index, layout) in program.registers.enumerated() {
            switch layout.source {
            case .input(let column):
                owned.append(nil)
                inputs.append((index, column, layout.type.stride))
                // Replaced at the start of each chunk.
                (registers + index).initialize(
                    to: Register(values: UnsafeMutableRawPointer(scratch), validity: nil, isConstant: false))
            case .constant(let value):
                let memory = Self.allocate(layout.type.stride)
                store(value, as: layout.type, at: memory, arena: &constants)
                var isNull = false
                if case .null = value { isNull = true }
                owned.append(memory)
                // The register's own validity words are all zero: NULL in every row.
                (registers + index).initialize(
                    to: Register(
                        values: memory, validity: isNull ? UnsafePointer(ownValidity + index * chunkWords) : nil,
                        isConstant: true))
            case .computed:
                let memory = Self.allocate(chunkRows * layout.type.stride)
                owned.append(memory)
                (registers + index).initialize(to: Register(values: memory, validity: nil, isConstant: false))
            }
        }
        ownedValues = owned
        inputRegisters = inputs
    }

    deinit {
        for pointer in ownedValues { pointer?.deallocate() }
        for pointer in spread.values { pointer.deallocate() }
        registers.deallocate()
        ownValidity.deallocate()
        masks.deallocate()
        maskWords.deallocate()
        scratch.deallocate()
        operands.deallocate()
    }

    /// Points the input registers at the chunk and sets the root mask.
    func begin(_ batch: BatchView, from: Int, count: Int, selection: UnsafePointer<UInt64>?) {
        self.count = count
        fillMask(masks[0].words, count: count)
        if let selection {
            for word in 0..<((count &+ 63) &>> 6) { masks[0].words[word] &= selection[word] }
        }
        masks[0].recount()
        for (register, column, stride) in inputRegisters {
            let view = batch.columns[column]
            // Sound: registers of inputs are only read.
            registers[register].values = UnsafeMutableRawPointer(mutating: view.values + from &* stride)
            guard let validity = view.validity else {
                registers[register].validity = nil
                continue
            }
            if from & 63 == 0 {
                registers[register].validity = validity + from &>> 6
            } else {
                let words = ownValidity + register &* chunkWords
                copyBits(validity, from: from, count: count, into: words)
                registers[register].validity = UnsafePointer(words)
            }
        }
    }

    func run(_ range: Range<Int>, arena: inout Arena, fault: inout Fault, stopsAtFault: Bool = false) {
        withUnsafeMutablePointer(to: &arena) { arena in
            for index in range {
                run(steps[index], arena, &fault)
                if stopsAtFault && fault.isRaised { return }
            }
        }
    }

    private func run(_ step: ExpressionStep, _ arena: UnsafeMutablePointer<Arena>, _ fault: inout Fault) {
        switch step {
        case .call(let call, let mask, let target): self.call(call, masks[mask], target, arena, &fault)
        case .isNull(let operand, let target): isNull(operand, target)
        case .invoke(let call, let mask, let target): invoke(call, masks[mask], target, arena, &fault)
        case .isDistinct(let equal, let left, let right, let target): isDistinct(equal, left, right, target)
        case .and(let operands, let target): connect(operands, target, isAnd: true)
        case .or(let operands, let target): connect(operands, target, isAnd: false)
        case .conditional(let condition, let then, let otherwise, let target):
            choose(condition, then, otherwise, target)
        case .coalesce(let operands, let target): coalesce(operands, target)
        case .fail(let code, let site, let mask, let target):
            registers[target].validity = nil
            if masks[mask].count > 0 { fault.raise(code, at: site) }
        case .mask(let condition, let register, let parent, let target):
            narrow(condition, register, masks[parent], target)
        }
    }

    private func validityWords(of register: Int) -> RowMask { ownValidity + register &* chunkWords }

    private var wordCount: Int { (count &+ 63) &>> 6 }

    // MARK: Calls

    private func call(
        _ call: KernelCall, _ active: ActiveRows, _ target: Int, _ arena: UnsafeMutablePointer<Arena>,
        _ fault: inout Fault
    ) {
        if active.count == 0 {
            // Nothing is read from this register but its validity, which must not lead to the last batch.
            registers[target].validity = nil
            return
        }
        var validity: UnsafePointer<UInt64>?
        for (index, argument) in call.arguments.enumerated() {
            let register = registers[argument]
            operands[index] = KernelOperand(values: UnsafeRawPointer(register.values), isConstant: register.isConstant)
            guard let other = register.validity else { continue }
            guard let words = validity else {
                validity = other
                continue
            }
            if words == other { continue }
            let combined = validityWords(of: target)
            for word in 0..<wordCount { combined[word] = words[word] & other[word] }
            validity = UnsafePointer(combined)
        }
        registers[target].validity = validity
        var frame = KernelFrame(
            arguments: UnsafePointer(operands), result: registers[target].values, count: count, rows: nil,
            site: call.site, fault: Fault(), arena: arena)
        let isEveryRow = validity == nil && active.count == count
        if isEveryRow || !call.followsPointers && (!call.canFail || active.count &* 4 >= count) {
            call.thunk(&frame)
            if !frame.fault.isRaised { return }
            if isEveryRow { return fault.merge(frame.fault) }
            frame.fault = Fault()
        }
        // Only the rows that count: values of the others may be stale, and a failure there is none.
        for word in 0..<wordCount { scratch[word] = active.words[word] & (validity?[word] ?? ~0) }
        frame.rows = UnsafePointer(scratch)
        call.thunk(&frame)
        fault.merge(frame.fault)
    }

    /// A function in Swift decides itself what NULL arguments mean, and gives NULL when it likes.
    private func invoke(
        _ step: UserCallStep, _ active: ActiveRows, _ target: Int, _ arena: UnsafeMutablePointer<Arena>, _ fault: inout Fault
    ) {
        let known = validityWords(of: target)
        for word in 0..<wordCount { known[word] = 0 }
        registers[target].validity = UnsafePointer(known)
        if active.count == 0 { return }
        var validity: [UnsafePointer<UInt64>?] = []
        for (index, argument) in step.arguments.enumerated() {
            let register = registers[argument]
            operands[index] = KernelOperand(values: UnsafeRawPointer(register.values), isConstant: register.isConstant)
            validity.append(register.validity)
        }
        let frame = UserCallFrame(operands: UnsafePointer(operands), validity: validity)
        for word in 0..<wordCount {
            var bits = active.words[word]
            while bits != 0 {
                let bit = bits & (0 &- bits)
                let row = word &<< 6 &+ bits.trailingZeroBitCount
                if step.call(frame, row, registers[target].values, &arena.pointee, &fault, step.site) { known[word] |= bit }
                bits &= bits &- 1
            }
        }
    }

    // MARK: NULLs and logic

    private func isNull(_ operand: Int, _ target: Int) {
        registers[target].validity = nil
        guard let validity = registers[operand].validity else {
            registers[target].values.initializeMemory(as: UInt8.self, repeating: 0, count: count)
            return
        }
        for word in 0..<wordCount { scratch[word] = ~validity[word] }
        unpackBits(scratch, count: count, into: registers[target].values)
    }

    private func isDistinct(_ equal: Int, _ left: Int, _ right: Int, _ target: Int) {
        registers[target].validity = nil
        loadTrue(equal, into: scratch)
        let (a, b) = (registers[left].validity, registers[right].validity)
        for word in 0..<wordCount {
            let (x, y) = (a?[word] ?? ~0, b?[word] ?? ~0)
            scratch[word] = (x ^ y) | (x & y & ~scratch[word])
        }
        unpackBits(scratch, count: count, into: registers[target].values)
    }

    /// The rows in which a boolean register is TRUE.
    private func loadTrue(_ register: Int, into words: RowMask) {
        let source = registers[register]
        if source.isConstant {
            let value = source.values.load(as: UInt8.self) & 1
            for word in 0..<wordCount { words[word] = value == 0 ? 0 : ~0 }
        } else {
            packBits(UnsafeRawPointer(source.values), count: count, into: words)
        }
        if let validity = source.validity { for word in 0..<wordCount { words[word] &= validity[word] } }
    }

    /// Three-valued AND and OR: FALSE (TRUE) wins, then NULL.
    private func connect(_ operands: [Int], _ target: Int, isAnd: Bool) {
        // The rows decided by some operand, and those in which every operand is the neutral value.
        let (decided, neutral, isTrue) = (scratch + chunkWords, scratch + 2 &* chunkWords, scratch)
        for word in 0..<wordCount { (decided[word], neutral[word]) = (0, ~0) }
        for operand in operands {
            loadTrue(operand, into: isTrue)
            let validity = registers[operand].validity
            for word in 0..<wordCount {
                let isFalse = (validity?[word] ?? ~0) & ~isTrue[word]
                decided[word] |= isAnd ? isFalse : isTrue[word]
                neutral[word] &= isAnd ? isTrue[word] : isFalse
            }
        }
        var isComplete = true
        let known = validityWords(of: target)
        for word in 0..<wordCount {
            // An operand that was not evaluated for a decided row holds anything there; the decision stands.
            neutral[word] &= ~decided[word]
            known[word] = decided[word] | neutral[word]
            isComplete = isComplete && known[word] == ~0
        }
        unpackBits(isAnd ? neutral : decided, count: count, into: registers[target].values)
        registers[target].validity = isComplete ? nil : UnsafePointer(known)
    }

    private func narrow(_ condition: RowCondition, _ register: Int, _ parent: ActiveRows, _ target: Int) {
        let words = masks[target].words
        switch condition {
        case .isTrue:
            loadTrue(register, into: words)
            for word in 0..<wordCount { words[word] &= parent.words[word] }
        case .isNotTrue:
            loadTrue(register, into: words)
            for word in 0..<wordCount { words[word] = parent.words[word] & ~words[word] }
        case .isNotFalse:
            loadTrue(register, into: words)
            let validity = registers[register].validity
            for word in 0..<wordCount { words[word] = parent.words[word] & (words[word] | ~(validity?[word] ?? ~0)) }
        case .isNull:
            let validity = registers[register].validity
            for word in 0..<wordCount { words[word] = parent.words[word] & ~(validity?[word] ?? ~0) }
        }
        for word in wordCount..<chunkWords { words[word] = 0 }
        masks[target].recount()
    }

    // MARK: Choices

    private func choose(_ condition: Int, _ then: Int, _ otherwise: Int, _ target: Int) {
        loadTrue(condition, into: scratch)
        let (a, b) = (registers[then], registers[otherwise])
        if a.validity == nil && b.validity == nil {
            registers[target].validity = nil
        } else {
            let words = validityWords(of: target)
            for word in 0..<wordCount {
                words[word] =
                    (scratch[word] & (a.validity?[word] ?? ~0)) | (~scratch[word] & (b.validity?[word] ?? ~0))
            }
            registers[target].validity = UnsafePointer(words)
        }
        merge(a, b, where: scratch, into: registers[target].values, layouts[target].type)
    }

    private func coalesce(_ operands: [Int], _ target: Int) {
        let (taken, known) = (scratch, validityWords(of: target))
        let first = registers[operands[0]]
        for word in 0..<wordCount { known[word] = first.validity?[word] ?? ~0 }
        var left = first
        for operand in operands.dropFirst() {
            let right = registers[operand]
            for word in 0..<wordCount { taken[word] = known[word] }
            for word in 0..<wordCount { known[word] |= right.validity?[word] ?? ~0 }
            merge(left, right, where: taken, into: registers[target].values, layouts[target].type)
            left = registers[target]
            left.isConstant = false
        }
        var isComplete = true
        for word in 0..<wordCount { isComplete = isComplete && known[word] == ~0 }
        if operands.count == 1 {
            merge(first, first, where: known, into: registers[target].values, layouts[target].type)
        }
        registers[target].validity = isComplete ? nil : UnsafePointer(known)
    }

    /// Takes each row from `a` where its bit is set, else from `b`; `target` may be either's memory.
    private func merge(
        _ a: Register, _ b: Register, where bits: RowMask, into target: UnsafeMutableRawPointer, _ type: PhysicalType
    ) {
        switch type.stride {
        case 1: mergeValues(a, b, bits, target, UInt8.self)
        case 2: mergeValues(a, b, bits, target, UInt16.self)
        case 4: mergeValues(a, b, bits, target, UInt32.self)
        case 8: mergeValues(a, b, bits, target, UInt64.self)
        case 16: mergeValues(a, b, bits, target, TwoWords.self)
        default: mergeValues(a, b, bits, target, FourWords.self)
        }
    }

    private struct TwoWords: BitwiseCopyable { var a, b: UInt64 }
    private struct FourWords: BitwiseCopyable { var a, b, c, d: UInt64 }

    @inline(__always) private func mergeValues<T: BitwiseCopyable>(
        _ a: Register, _ b: Register, _ bits: RowMask, _ target: UnsafeMutableRawPointer, _ type: T.Type
    ) {
        let (x, y) = (a.values.assumingMemoryBound(to: T.self), b.values.assumingMemoryBound(to: T.self))
        let result = target.assumingMemoryBound(to: T.self)
        let (stepX, stepY) = (a.isConstant ? 0 : 1, b.isConstant ? 0 : 1)
        for word in 0..<wordCount {
            let (taken, start) = (bits[word], word &* 64)
            let end = min(start &+ 64, count)
            for row in start..<end {
                let isTaken = (taken &>> UInt64(truncatingIfNeeded: row &- start)) & 1 != 0
                result[row] = isTaken ? x[row &* stepX] : y[row &* stepY]
            }
        }
    }

    // MARK: Results

    /// Zeroes the values of NULL rows of a computed register, so that its bytes do not depend on the way here.
    func zeroNulls(_ register: Int) {
        guard case .computed = layouts[register].source, let validity = registers[register].validity else { return }
        let stride = layouts[register].type.stride
        for word in 0..<wordCount {
            var nulls = masks[0].words[word] & ~validity[word]
            while nulls != 0 {
                let row = word &* 64 &+ nulls.trailingZeroBitCount
                (registers[register].values + row &* stride).initializeMemory(
                    as: UInt8.self, repeating: 0, count: stride)
                nulls &= nulls &- 1
            }
        }
    }

    /// A register as a column of the chunk.
    func spreadColumn(_ register: Int) -> ColumnView {
        let source = registers[register]
        guard source.isConstant else { return ColumnView(values: source.values, validity: source.validity) }
        if let values = spread[register] { return ColumnView(values: values, validity: source.validity) }
        // Made once: a constant stays what it is.
        let stride = layouts[register].type.stride
        let values = Self.allocate(chunkRows * stride)
        for row in 0..<chunkRows { (values + row * stride).copyMemory(from: source.values, byteCount: stride) }
        spread[register] = values
        return ColumnView(values: values, validity: source.validity)
    }

    private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        let size = max(bytes, 64) + 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        return memory
    }
}

/// Writes a constant in its physical layout; NULL as zeros.
func store(
    _ value: Value, as type: PhysicalType, at memory: UnsafeMutableRawPointer, arena: inout Arena
) {
    switch value {
    case .null: memory.initializeMemory(as: UInt8.self, repeating: 0, count: type.stride)
    case .boolean(let value): memory.storeBytes(of: value, as: Bool.self)
    case .integer(let value):
        switch type {
        case .int16: memory.storeBytes(of: Int16(truncatingIfNeeded: value), as: Int16.self)
        case .int32: memory.storeBytes(of: Int32(truncatingIfNeeded: value), as: Int32.self)
        default: memory.storeBytes(of: value, as: Int64.self)
        }
    case .unsigned(let value): memory.storeBytes(of: value, as: UInt64.self)
    case .real(let value): memory.storeBytes(of: value, as: Float.self)
    case .double(let value): memory.storeBytes(of: value, as: Double.self)
    case .decimal(let value): memory.storeBytes(of: value, as: Decimal.self)
    case .text(let value): memory.storeBytes(of: arena.copy(value), as: StringView.self)
    case .bytes(let value):
        let view = value.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { arena.copy(StringView($0, count: bytes.count)) } ?? StringView()
        }
        memory.storeBytes(of: view, as: StringView.self)
    case .date(let value): memory.storeBytes(of: value, as: Int32.self)
    case .time(let value), .timestamp(let value): memory.storeBytes(of: value, as: Int64.self)
    case .interval(let value): memory.storeBytes(of: value, as: Interval.self)
    case .uuid(let high, let low): memory.storeBytes(of: TwoHalves(high: high, low: low), as: TwoHalves.self)
    case .array, .row:
        // Nested values have no physical form yet; binding refuses them.
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: type.stride)
    }
}

private struct TwoHalves: BitwiseCopyable { var high, low: UInt64 }
