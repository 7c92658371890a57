/// Checks that Swift lays the state of a program out as the plan says, on which snapshots of every executor rely.
public func requireLayout<Program: GroupProgram>(of program: Program.Type, keyWords: Int, accumulatorBytes: Int) {
    precondition(
        Program.layout.keyWords == keyWords && Program.layout.accumulatorBytes == accumulatorBytes,
        "The state of \(program) is not laid out as it was planned; this is a bug of laminar-compile.")
}
