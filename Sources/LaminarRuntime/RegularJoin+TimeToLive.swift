public import LaminarColumns

extension RegularJoin {
    /// Does what is due at a time of the clock, microseconds since the epoch: forgets rows whose time is over. What came out
    /// of them stays, and nothing comes out.
    public mutating func tick(at now: Int64, into output: ColumnBatch) throws(PipelineError) {
        leftRows.pointee.now = now
        rightRows.pointee.now = now
        for (side, rows) in [(JoinSide.left, leftRows), (.right, rightRows)] {
            guard let timeToLive = rows.pointee.timeToLive, let nextEnd = rows.pointee.nextEnd, nextEnd <= now else {
                continue
            }
            var next: Int64?
            for group in 0..<table.pointee.count {
                let heads = table.pointee.accumulator(group).assumingMemoryBound(to: JoinHeads.self)
                if heads.pointee.isEmpty { continue }
                var last = heads.pointee[side]
                if last == 0 { continue }
                let end = last
                var previous = last
                var slot: UInt32
                repeat {
                    slot = rows.pointee.header(previous).pointee.next
                    let leaves = timeToLive.end(of: rows.pointee.time(slot))
                    if leaves <= now {
                        last = rows.pointee.remove(slot, behind: previous, last: last)
                    } else {
                        previous = slot
                        next = min(next ?? leaves, leaves)
                    }
                } while slot != end
                heads.pointee[side] = last
                if heads.pointee.isEmpty { emptied += 1 }
            }
            rows.pointee.nextEnd = next
        }
    }

    /// When the next row may go.
    public var nextTimer: Int64? {
        [leftRows.pointee.nextEnd, rightRows.pointee.nextEnd].compactMap { $0 }.min()
    }
}
