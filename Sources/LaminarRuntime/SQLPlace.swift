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
    /// The error with its stage and the SQL it came from.
    ///
    /// - Parameters:
    ///   - places: by fault site; the last stands for all sites from 63 on.
    ///   - isPushedRow: whether the stage reads a source itself, so that its row is the one that was pushed.
    ///   - stagePlace: the place of what no single expression is to blame for.
    public func located(
        stage: String, at places: [SQLPlace], isPushedRow: Bool, else stagePlace: SQLPlace? = nil
    ) -> PipelineError {
        var error = self
        error.stage = stage
        if !isPushedRow { error.row = nil }
        if let site, site < places.count {
            let place = places[site]
            error.place = "\(place.file):\(place.line):\(place.column)"
            error.message += ", in \(place.text)"
        } else if let stagePlace {
            error.place = "\(stagePlace.file):\(stagePlace.line):\(stagePlace.column)"
        }
        return error
    }
}
