// The hot loop of aggregation with the query left as holes, compiled from the very file that generated code uses.
//
// A JIT fills the holes with a query's own functions; this file keeps that way open. `check.sh` makes bitcode of it,
// has LLVM's verifier read it and looks at what it still calls.
import LaminarRuntime

@_silgen_name("hole_passes") func holePasses(_ columns: UnsafeRawPointer, _ row: Int) -> Bool
@_silgen_name("hole_key") func holeKey(_ columns: UnsafeRawPointer, _ row: Int) -> Int64
@_silgen_name("hole_fold") func holeFold(_ accumulators: UnsafeMutableRawPointer, _ columns: UnsafeRawPointer, _ row: Int) -> UInt64

struct HoleAccumulators: BitwiseCopyable {
    var first: Int64
}

struct HoleProgram: GroupProgram {
    static var outputTypes: [PhysicalType] { [] }

    func columns(of batch: BatchView) -> UnsafeRawPointer { UnsafeRawPointer(batch.columns) }

    func passes(_ columns: UnsafeRawPointer, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Bool {
        holePasses(columns, row)
    }

    func key(_ columns: UnsafeRawPointer, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64 {
        holeKey(columns, row)
    }

    func fold(
        _ accumulators: inout HoleAccumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: UnsafeRawPointer, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        fault.sites |= holeFold(&accumulators, columns, row)
    }

    func emit(
        _ key: Int64, _ accumulators: HoleAccumulators, _ window: WindowBounds, into batch: ColumnBatch,
        _ fault: inout Fault
    ) {}
}

@_silgen_name("update_groups_template") public func updateGroupsTemplate(
    _ table: UnsafeMutablePointer<GroupTable>, _ columns: UnsafeRawPointer, _ from: Int, _ to: Int,
    _ scratch: inout Arena, _ fault: inout Fault
) {
    updateGroups(HoleProgram(), table, columns, from, to, weights: nil, NoObserver(), &scratch, &fault)
}
