import CAllocationCount
import Glibc
import LaminarBenchmarks
import LaminarRuntime
import PushedQueries

// What pipelines cost in their steady state, in units that do not depend on the machine's load. Build it for release.
//
//     pipeline-costs allocations     calls of the allocator per workload; exit 1 if there is one
//     pipeline-costs instructions    counts each workload on its own, under callgrind (see check.sh)

/// Rows that are processed several times, the last of them measured.
let countsAllocations = CommandLine.arguments.dropFirst().first != "instructions"
let blockRows = countsAllocations ? 8192 : 4096
let warmUpRounds = countsAllocations ? 4 : 2
let measuredRounds = 2

struct Workload {
    let name: String
    /// Makes ready, and returns what does one round, and what comes before each without being measured.
    let make: () throws -> (prepare: () -> Void, round: () throws -> Void)
}

func workloads() -> [Workload] {
    var all: [Workload] = []
    func add(_ query: NexmarkQuery, _ form: SyntheticBids.Form, isCompiled: Bool) {
        all.append(
            Workload(name: "\(query.rawValue) \(form.rawValue) \(isCompiled ? "compiled" : "interpreted")") {
                let pipeline = try isCompiled ? query.makeCompiledPipeline() : query.makeInterpretedPipeline()
                let bids = try SyntheticBids(rows: blockRows, form: form, source: pipeline.interface.sources[0])
                let rows = UnsafeMutablePointer<Int>.allocate(capacity: 1)
                rows.initialize(to: 0)
                pipeline.onOutput = { _, batch in rows.pointee &+= batch.rowCount }
                // Windows over processing time must not close as the machine's clock has it.
                if query.readsClock { pipeline.clock = SetClock(1_436_918_400_000_000).clock }
                return ({ bids.advance() }, { try bids.push(into: pipeline) })
            })
    }
    for isCompiled in [true, false] {
        for query in NexmarkQuery.allCases where query.readsBidsOnly && !takesMemory(query) {
            add(query, .columns, isCompiled: isCompiled)
        }
        for form in [SyntheticBids.Form.ndjson, .csv] {
            for query in [NexmarkQuery.q0, .q2, .tumble] { add(query, form, isCompiled: isCompiled) }
        }
    }
    // Their instructions are not recorded yet.
    for isCompiled in countsAllocations ? [true, false] : [] {
        all.append(running(takesBack: false, isCompiled: isCompiled))
        all.append(running(takesBack: true, isCompiled: isCompiled))
    }
    for format in EncodeBenchmark.Format.allCases { all.append(encoder(format)) }
    for portion in [1, 64] {
        all.append(pushes("euros", EurosQuery(), portion))
        all.append(pushes("windows", WindowsQuery(), portion))
    }
    return all
}

/// Whether a query takes memory for groups and distinct values that come new with nearly every batch, or, in q18 and q19, for each
/// partition of rows that is computed anew (15 to 18 times a row).
func takesMemory(_ query: NexmarkQuery) -> Bool { [.q15, .q16, .q17, .q18, .q19].contains(query) }

/// COUNT and SUM by key without a window: a row for each key; of the changelog, half of the rows take the other half back.
func running(takesBack: Bool, isCompiled: Bool) -> Workload {
    let what = takesBack ? "payments and taken back" : "payments"
    return Workload(name: "\(what) columns \(isCompiled ? "compiled" : "interpreted")") {
        let pipeline = try RunningBenchmark.makePipeline(retracts: takesBack, isCompiled: isCompiled)
        let feed = PaymentFeed(keys: takesBack ? blockRows / 2 : blockRows, batchRows: 1024)
        let rows = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        rows.initialize(to: 0)
        pipeline.onOutput = { _, batch in rows.pointee &+= batch.rowCount }
        // Keys that stay, so that rows are taken from what has others.
        try feed.pass(0, into: pipeline, weight: 1)
        return (
            {},
            {
                try feed.pass(1, into: pipeline, weight: 1)
                if takesBack { try feed.pass(1, into: pipeline, weight: -1) }
            }
        )
    }
}

/// All columns of bids as text.
func encoder(_ format: EncodeBenchmark.Format) -> Workload {
    Workload(name: "bids encoded as \(format.rawValue)") {
        let encoder = try BidEncoder(rows: blockRows, format: format)
        return ({}, { try encoder.encode() })
    }
}

func pushes<Query: PushedQuery>(_ name: String, _ query: Query, _ portion: Int) -> Workload {
    Workload(name: "\(name) pushed in portions of \(portion)") {
        query.receiveRows()
        var time: Int64 = 1_436_918_400_000_000
        var rows: [Query.Row] = []
        var arrays: [[Query.Row]] = []
        return (
            {
                rows = (0..<blockRows).map { index in
                    time += 3000
                    return Query.row(
                        Bid(auction: Int64(index * 7919 % 1000), bidder: Int64(index), price: Int64(index % 977), ts: time))
                }
                arrays = stride(from: 0, to: rows.count, by: portion).map { Array(rows[$0..<min($0 + portion, rows.count)]) }
            },
            { if portion == 1 { try query.push(rows) } else { try query.push(arrays: arrays) } }
        )
    }
}

func run() throws -> Bool {
    var isGood = true
    for workload in workloads() {
        let (prepare, round) = try workload.make()
        for _ in 0..<warmUpRounds {
            prepare()
            try round()
        }
        var allocations: UInt64 = 0
        for _ in 0..<(countsAllocations ? measuredRounds : 1) {
            prepare()
            let before = laminar_allocation_count()
            if !countsAllocations { laminar_workload_begins() }
            try round()
            if !countsAllocations { laminar_workload_ends() }
            allocations += laminar_allocation_count() - before
        }
        if countsAllocations {
            print("\(workload.name): \(allocations) allocations in \(measuredRounds * blockRows) rows")
            if allocations > 0 { isGood = false }
        } else {
            print("\(workload.name)\t\(blockRows)")
        }
    }
    return isGood
}

let before = laminar_allocation_count()
let probe = UnsafeMutablePointer<UInt8>.allocate(capacity: 64)
probe.deallocate()
guard laminar_allocation_count() > before else {
    print("the allocator is not counted")
    exit(2)
}
switch CommandLine.arguments.dropFirst().first {
case "allocations", "instructions": exit(try run() ? 0 : 1)
default:
    print("usage: pipeline-costs allocations | instructions")
    exit(2)
}
