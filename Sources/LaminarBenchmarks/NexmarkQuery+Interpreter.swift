package import JoinQueries
internal import LaminarCompiler
internal import LaminarInterpreter
package import LaminarRuntime
internal import LaminarText
package import WindowQueries

extension NexmarkQuery {
    /// The interpreter's pipeline of the same SQL.
    package func makeInterpretedPipeline() throws(BenchmarkError) -> any RunnablePipeline {
        try interpretedPipeline(of: sql, name: rawValue)
    }
}

extension WindowQuery {
    /// The interpreter's pipeline of the same SQL.
    package func makeInterpretedPipeline() throws(BenchmarkError) -> any RunnablePipeline {
        try interpretedPipeline(of: sql, name: rawValue)
    }
}

extension JoinQuery {
    /// The interpreter's pipeline of the same SQL.
    package func makeInterpretedPipeline() throws(BenchmarkError) -> any RunnablePipeline {
        try interpretedPipeline(of: sql, name: rawValue)
    }
}

private func interpretedPipeline(of sql: [UInt8], name: String) throws(BenchmarkError) -> any RunnablePipeline {
    let file = SourceFile(name: "\(name).sql", bytes: sql)
    // A stream that nothing reads is a result here, as it is in compiled code.
    var options = CompilationOptions()
    options.binding.exposesStreams = true
    let compilation = compile(file, options: options)
    guard let plan = compilation.plan else {
        throw BenchmarkError("the query does not compile:\n\(compilation.diagnostics.rendered(in: file))")
    }
    do throws(UnsupportedPlan) {
        return try InterpretedPipeline(plan, file: file)
    } catch {
        throw BenchmarkError(error.description)
    }
}
