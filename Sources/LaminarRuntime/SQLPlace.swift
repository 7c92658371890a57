/// A place in a SQL file that generated code stands for: where a run-time error points.
public struct SQLPlace: Sendable, Equatable {
    /// Relative to the package, as the compiler was given it.
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// The SQL of the expression.
    public let text: String

    public init(_ file: String, line: Int, column: Int, _ text: String) {
        self.file = file
        self.line = line
        self.column = column
        self.text = text
    }
}

extension PipelineError {
    /// The error with its stage and the SQL it came from, unless a stage behind has said so already.
    ///
    /// - Parameters:
    ///   - places: by fault site; the last stands for all sites from 63 on.
    ///   - isPushedRow: whether the stage reads a source itself, so that its row is the one that was pushed.
    public func located(stage: String, at places: [SQLPlace], isPushedRow: Bool) -> PipelineError {
        if self.stage != nil { return self }
        var error = self
        error.stage = stage
        if !isPushedRow { error.row = nil }
        if let site, site < places.count {
            let place = places[site]
            error.place = "\(place.file):\(place.line):\(place.column)"
            error.message += ", in \(place.text)"
        }
        return error
    }

    /// The error with the source whose batch was pushed.
    public func located(source: Int) -> PipelineError {
        var error = self
        error.source = source
        return error
    }
}
