/// How many digits the integers at one place are expected to have, and whether that can be expected.
///
/// Where neighbouring rows have equally many, a branch on that count costs nothing, whereas moving behind the number by a
/// count computed from its text would put that computation on the critical path. Where counts vary, the branch would be
/// mispredicted more often than not, which costs more. Whether they do is told from samples: counting would cost each row
/// more than it brings.
package struct DigitPrediction: BitwiseCopyable, Sendable {
    /// The digits of the last integer that was scanned by prediction; 17 matches none.
    package var count = 4
    /// Whether the count is better computed.
    package private(set) var varies = false
    private var sampledCount: UInt8 = 4
    private var samples: UInt8 = 0
    private var changes: UInt8 = 0

    package init() {}

    /// Looks at the last integer of some rows. Six changes in sixteen samples say that counts vary; after 256 more it is
    /// tried again to predict them.
    package mutating func sample() {
        samples &+= 1
        if varies {
            if samples == 0 { varies = false }
            return
        }
        let last = UInt8(truncatingIfNeeded: count)
        if sampledCount != last { changes += 1 }
        sampledCount = last
        if samples == 16 {
            varies = changes >= 6
            samples = 0
            changes = 0
        }
    }
}
