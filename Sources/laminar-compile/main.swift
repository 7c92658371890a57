import Glibc

exit(CompileCommand(Array(CommandLine.arguments.dropFirst())).run())
