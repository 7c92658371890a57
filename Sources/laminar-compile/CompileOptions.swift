import Glibc

/// Files and options of one call.
struct CompileOptions {
    struct Mistake: Error {
        let message: String
    }

    private(set) var files: [String] = []
    private var options: [(name: String, value: String)] = []
    /// Values for `${NAME}`: the environment, then `--set`.
    private(set) var substitutions: [String: String] = CompileOptions.environment

    /// Options that have no value.
    private static let switches: Set<String> = ["--strict-state", "--accept"]

    init(_ arguments: [String], allowed: Set<String>) throws(Mistake) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "-" || !argument.hasPrefix("-") {
                files.append(argument == "-" ? "/dev/stdin" : argument)
                continue
            }
            var name = argument
            var value: String?
            if argument.hasPrefix("--"), let sign = argument.firstIndex(of: "=") {
                name = String(argument[..<sign])
                value = String(argument[argument.index(after: sign)...])
            }
            guard allowed.contains(name) else { throw Mistake(message: "there is no option \"\(name)\" here") }
            if Self.switches.contains(name) {
                if value != nil { throw Mistake(message: "\(name) takes no value") }
                options.append((name, ""))
                continue
            }
            guard let value = value ?? rest.popFirst() else { throw Mistake(message: "\(name) needs a value") }
            options.append((name, value))
            if name == "--set" {
                guard let sign = value.firstIndex(of: "=") else {
                    throw Mistake(message: "--set needs NAME=VALUE, not \"\(value)\"")
                }
                substitutions[String(value[..<sign])] = String(value[value.index(after: sign)...])
            }
        }
        if files.isEmpty { throw Mistake(message: "a .sql file is missing") }
    }

    func value(_ name: String) -> String? { options.last { $0.name == name }?.value }

    func isSet(_ name: String) -> Bool { options.contains { $0.name == name } }

    func values(_ name: String) -> [String] { options.filter { $0.name == name }.map(\.value) }

    /// The file's name relative to `--root`, if it lies there; the last component of other absolute names.
    func relativeName(_ path: String) -> String {
        if let root = value("--root") {
            let prefix = root.hasSuffix("/") ? root : root + "/"
            if path.hasPrefix(prefix) { return String(path.dropFirst(prefix.count)) }
        }
        guard path.hasPrefix("/") else { return path }
        return path.split(separator: "/").last.map(String.init) ?? path
    }

    private static var environment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let sign = text.firstIndex(of: "=") {
                result[String(text[..<sign])] = String(text[text.index(after: sign)...])
            }
            entry += 1
        }
        return result
    }
}
