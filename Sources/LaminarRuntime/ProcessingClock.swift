import Glibc

/// What time it is: the one place where a pipeline learns of processing time.
///
/// A pipeline reads it when rows or watermarks are pushed and when its host calls `advanceClock`, once for all that a call
/// does, and never takes it back; tests and replays put a clock of their own in its place.
public struct ProcessingClock {
    /// Microseconds since the epoch.
    public let now: () -> Int64

    public init(_ now: @escaping () -> Int64) { self.now = now }

    /// The time of day of this machine.
    public static var system: ProcessingClock {
        ProcessingClock {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
        }
    }
}

/// A clock that stands where it is set.
public final class SetClock {
    /// Microseconds since the epoch.
    public var now: Int64

    public init(_ now: Int64 = 0) { self.now = now }

    /// For `RunnablePipeline.clock`.
    public var clock: ProcessingClock { ProcessingClock { self.now } }
}
