import Glibc

/// What a thread has last made from texts: patterns and templates, which are most often asked for again with the next row.
final class ThreadMemory {
    let patterns = RecentValues<RegularExpression>()
    let dateTimeTemplates = RecentValues<DateTimeTemplate>()

    /// That of the running thread, freed when it ends.
    static func withThread<R, E: Error>(_ body: (ThreadMemory) throws(E) -> R) throws(E) -> R {
        if let known = pthread_getspecific(key) {
            let memory = Unmanaged<ThreadMemory>.fromOpaque(known)
            return try body(memory._withUnsafeGuaranteedRef { $0 })
        }
        let made = ThreadMemory()
        pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
        return try body(made)
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let code = pthread_key_create(&key) { value in
            if let value { Unmanaged<ThreadMemory>.fromOpaque(value).release() }
        }
        precondition(code == 0, "A thread's memory could not be had: \(code)")
        return key
    }()
}

/// The last values that were made from texts: no lock, no hashing, and no reference counted but the result's.
final class RecentValues<Value: AnyObject> {
    private struct Entry {
        let bytes: UnsafeMutablePointer<UInt8>
        let count: Int
        let value: Unmanaged<Value>
    }

    private let capacity = 8
    private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: 8)
    /// How many were added; the last `capacity` of them are there.
    @exclusivity(unchecked) private var added = 0

    deinit {
        for index in 0..<min(added, capacity) { drop(index) }
        entries.deallocate()
    }

    private func drop(_ index: Int) {
        entries[index].bytes.deallocate()
        entries[index].value.release()
    }

    /// - Parameter isMeant: tells apart what was made from the same text in different ways.
    func find(_ text: StringView, _ isMeant: (Value) -> Bool = { _ in true }) -> Value? {
        text.withBytes { bytes in
            for index in 0..<min(added, capacity) where entries[index].count == bytes.count {
                if let base = bytes.baseAddress, memcmp(entries[index].bytes, base, bytes.count) != 0 { continue }
                if entries[index].value._withUnsafeGuaranteedRef(isMeant) {
                    return entries[index].value.takeUnretainedValue()
                }
            }
            return nil
        }
    }

    func add(_ text: StringView, _ value: Value) {
        let index = added % capacity
        if added >= capacity { drop(index) }
        let count = text.count
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
        text.withBytes { if let base = $0.baseAddress { bytes.update(from: base, count: count) } }
        (entries + index).initialize(to: Entry(bytes: bytes, count: count, value: Unmanaged.passRetained(value)))
        // Twice the capacity says the same and never overflows.
        added = added + 1 < 2 * capacity ? added + 1 : capacity
    }
}
