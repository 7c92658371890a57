import Glibc
import LaminarReference

/// Writes a file of random cases of each family; says how many, or why not.
func writeRandomCases(_ path: String, count: Int, seed: String) -> Bool {
    var lines = ["# Random cases; expected is what a naive evaluation of the logical plan gives."]
    for family in RandomFamily.allCases {
        var number = 0
        // Some queries cannot be expected to run; for those others are taken.
        for attempt in 0..<(count * 4) where number < count {
            guard let line = RandomCase(family, seed: "\(seed)-\(attempt)").line else { continue }
            lines.append(line)
            number += 1
        }
    }
    guard let file = fopen(path, "w") else {
        StandardError.write("laminar test: error: \(path): \(String(cString: strerror(errno)))\n")
        return false
    }
    let text = lines.joined(separator: "\n") + "\n"
    let isWritten = fputs(text, file) >= 0
    if fclose(file) != 0 || !isWritten {
        StandardError.write("laminar test: error: \(path): \(String(cString: strerror(errno)))\n")
        return false
    }
    print("\(lines.count - 1) random cases in \(path)")
    return true
}
