import Foundation
import PackagePlugin

/// Compiles each `.sql` file of a target to Swift: a pipeline type with typed rows, part of the target's module.
@main struct LaminarPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let tool = try context.tool(named: "laminar-compile")
        let root = context.package.directoryURL
        // A committed lock is held against what the files keep as state.
        let lock = [target.directoryURL, root].map { $0.appending(path: "laminar.lock") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
        return target.sourceFiles.filter { $0.url.pathExtension == "sql" }.map { file in
            let name = Self.relativePath(of: file.url, in: target.directoryURL).replacing("/", with: "_")
            let output = context.pluginWorkDirectoryURL.appending(path: name + ".swift")
            return .buildCommand(
                displayName: "Compiling \(file.url.lastPathComponent)",
                executable: tool.url,
                arguments: ["emit", file.url.path, "-o", output.path, "--root", root.path]
                    + (lock.map { ["--lock", $0.path] } ?? []),
                inputFiles: [file.url] + (lock.map { [$0] } ?? []),
                outputFiles: [output])
        }
    }

    /// `queries/trades.sql`: files of one name in several folders become files of several names.
    private static func relativePath(of file: URL, in folder: URL) -> String {
        let prefix = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
        return file.path.hasPrefix(prefix) ? String(file.path.dropFirst(prefix.count)) : file.lastPathComponent
    }
}
