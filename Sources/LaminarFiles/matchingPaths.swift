import Glibc

/// The files that a path names: itself, or what its `*`, `?` and `[...]` match, in byte order, without folders.
///
/// A path without such characters is not looked at. One with them that matches nothing is an error (58P01).
func matchingPaths(_ path: String) throws(FileError) -> [String] {
    if path == "-" || !path.utf8.contains(where: { $0 == 0x2a || $0 == 0x3f || $0 == 0x5b }) { return [path] }
    var matches = glob_t()
    defer { globfree(&matches) }
    let code = glob(path, GLOB_NOSORT | GLOB_MARK, nil, &matches)
    if code != 0 && code != GLOB_NOMATCH {
        throw FileError("58030", "could not look for files that match \"\(path)\"", path: path)
    }
    var paths: [String] = []
    for index in 0..<Int(matches.gl_pathc) {
        guard let match = matches.gl_pathv[index] else { continue }
        let name = String(cString: match)
        if !name.hasSuffix("/") { paths.append(name) }
    }
    // A file may bear such a name itself.
    if paths.isEmpty {
        if access(path, F_OK) == 0 { return [path] }
        throw FileError("58P01", "no file matches \"\(path)\"", path: path)
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
