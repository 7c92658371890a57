import Glibc
import LaminarCases

/// A Swift package of compiled cases: the cases of a run in shards that build side by side, and one executable that
/// answers as a worker does.
///
/// Names depend on the text of a case alone, and files are only written where they change, so the next build of the
/// same folder compiles what is new.
struct CasePackage {
    struct Failure: Error {
        var message: String
    }

    /// A case whose pipeline was emitted.
    struct Member {
        /// `TestCase.key`
        var key: String
        /// The generated file.
        var swift: String
        /// The type in it that conforms to `RunnablePipeline`.
        var pipeline: String
    }

    let directory: String
    /// The folder of this package, on which the cases depend by path.
    let laminar: String
    /// Whether the cases are built as for production. They check what a query means, not how fast it is, and without
    /// the optimiser they build three times as fast.
    let isOptimized: Bool

    var executable: String { "\(directory)/.build/release/cases" }

    /// Writes the package; cases in `members` are all it has.
    func write(_ members: [Member]) throws(Failure) {
        var shardCount = 1
        while shardCount * 40 < members.count { shardCount *= 2 }
        var shards = [[Member]](repeating: [], count: shardCount)
        for member in members { shards[Self.shard(of: member.key, shardCount)].append(member) }
        let names = shards.indices.map { "Shard\($0)" }
        try makeDirectory(directory)
        try makeDirectory("\(directory)/Sources")
        try makeDirectory("\(directory)/Sources/cases")
        for (name, members) in zip(names, shards) {
            let folder = "\(directory)/Sources/\(name)"
            try makeDirectory(folder)
            var files: Set<String> = ["Pipelines.swift"]
            for member in members {
                files.insert("\(member.key).swift")
                try write(Self.file(of: member), to: "\(folder)/\(member.key).swift")
            }
            try write(Self.registry(name, members), to: "\(folder)/Pipelines.swift")
            try removeOthers(than: files, in: folder)
        }
        try removeOthers(than: Set(names + ["cases"]), in: "\(directory)/Sources")
        try write(Self.main(names), to: "\(directory)/Sources/cases/main.swift")
        try write(manifest(names), to: "\(directory)/Package.swift")
    }

    /// Removes the folder with everything in it.
    func remove() {
        try? removeOthers(than: [], in: directory)
        rmdir(directory)
    }

    /// Builds the package; returns the cases whose code does not compile, with the first error of each.
    func build() throws(Failure) -> [String: String] {
        let log = "\(directory)/build.log"
        var command = ["swift", "build", "-c", "release", "--package-path", directory, "--product", "cases"]
        if !isOptimized { command += ["-Xswiftc", "-Onone"] }
        let status = runProcess(command, loggingTo: log)
        if status == 0 { return [:] }
        var errors: [String: String] = [:]
        let lines = ((try? String(contentsOfLog: log)) ?? "").split(whereSeparator: \.isNewline)
        for line in lines {
            guard let name = line.firstMatch(of: /(case_[0-9a-f]{16})\.(?:swift|sql)/)?.1 else { continue }
            let key = String(name)
            if let error = line.firstMatch(of: /(\d+:\d+): error: (.*)/) {
                if errors[key] == nil { errors[key] = "\(error.1): \(error.2)" }
            } else if line.contains("While "), errors[key] == nil {
                errors[key] = "the Swift compiler crashed: \(line.drop { $0 == " " })"
            }
        }
        if errors.isEmpty {
            let reason = lines.last { $0.contains("error") } ?? lines.last ?? "no output"
            throw Failure(message: "the package of compiled cases does not build: \(reason) (see \(log))")
        }
        return errors
    }

    private static func shard(of key: String, _ count: Int) -> Int {
        Int(truncatingIfNeeded: UInt64(key.suffix(16), radix: 16) ?? 0) & (count - 1)
    }

    /// All cases of a shard share a module, so what a file declares is made private to it.
    private static func file(of member: Member) -> String {
        var text = ""
        for line in member.swift.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.hasPrefix("public ") && !line.hasPrefix("public import") ? "fileprivate\(line.dropFirst(6))" : line
            text += "\n"
        }
        return text + "\nfunc \(member.key)() -> any RunnablePipeline { \(member.pipeline)() }\n"
    }

    private static func registry(_ name: String, _ members: [Member]) -> String {
        """
        public import LaminarRuntime

        public func pipelinesOf\(name)() -> [String: () -> any RunnablePipeline] {
            [\(members.isEmpty ? ":" : members.map { "\"\($0.key)\": \($0.key)" }.joined(separator: ", "))]
        }

        """
    }

    private static func main(_ shards: [String]) -> String {
        """
        import LaminarCases
        import LaminarRuntime
        \(shards.map { "import \($0)\n" }.joined())
        var pipelines: [String: () -> any RunnablePipeline] = [:]
        \(shards.map { "pipelines.merge(pipelinesOf\($0)()) { first, _ in first }\n" }.joined())
        runCompiledCaseWorker(pipelines)

        """
    }

    private func manifest(_ shards: [String]) -> String {
        let runtime = #".product(name: "LaminarRuntime", package: "laminar")"#
        let targets = shards.map { "        .target(name: \"\($0)\", dependencies: [\(runtime)]),\n" }.joined()
        return """
            // swift-tools-version: 6.1
            import PackageDescription

            let package = Package(
                name: "cases",
                dependencies: [.package(name: "laminar", path: "\(laminar)")],
                targets: [
            \(targets)        .executableTarget(
                        name: "cases",
                        dependencies: [
                            \(runtime), .product(name: "LaminarCases", package: "laminar"),
                            \(shards.map { "\"\($0)\"" }.joined(separator: ", ")),
                        ]),
                ],
                swiftLanguageModes: [.v6]
            )

            """
    }
}

extension CasePackage {
    /// The folder of the package that this program was built in, above its executable; nil if it was moved away.
    static func laminarFolder() -> String? {
        guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(resolved) }
        var parts = String(cString: resolved).split(separator: "/")
        while !parts.isEmpty {
            parts.removeLast()
            let folder = "/" + parts.joined(separator: "/")
            if let manifest = try? String(contentsOfLog: "\(folder)/Package.swift"),
                manifest.contains("name: \"laminar\""), manifest.contains("LaminarCases")
            {
                return folder
            }
        }
        return nil
    }

    private func makeDirectory(_ path: String) throws(Failure) {
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw failure(path) }
    }

    private func write(_ text: String, to path: String) throws(Failure) {
        if (try? String(contentsOfLog: path)) == text { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        let isWritten = writeFully(Array(text.utf8), to: descriptor)
        guard close(descriptor) == 0, isWritten else { throw failure(path) }
    }

    /// Removes files and folders of an earlier run, one level deep.
    private func removeOthers(than names: Set<String>, in folder: String) throws(Failure) {
        guard let stream = opendir(folder) else { throw failure(folder) }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != "..", !names.contains(name) { found.append(name) }
        }
        for name in found {
            let path = "\(folder)/\(name)"
            if unlink(path) == 0 { continue }
            try removeOthers(than: [], in: path)
            if rmdir(path) != 0 { throw failure(path) }
        }
    }

    private func failure(_ path: String) -> Failure { Failure(message: "\(path): \(String(cString: strerror(errno)))") }
}

extension String {
    fileprivate init(contentsOfLog path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CasePackage.Failure(message: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        self = String(decoding: bytes, as: UTF8.self)
    }
}

/// Runs a program found on the path with all its output in a file; its exit code, or -1 if it could not be run.
private func runProcess(_ arguments: [String], loggingTo path: String) -> Int32 {
    let log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard log >= 0 else { return -1 }
    defer { close(log) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO)
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    argv.append(nil)
    defer { for argument in argv { free(argument) } }
    var child: pid_t = 0
    guard posix_spawnp(&child, arguments[0], &actions, nil, argv, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? status >> 8 & 0xff : -1
}
