extension LogicalPlan {
    /// The plan with state freed that nothing else bounds, so many microseconds of processing time after it was last
    /// touched: running groups, and the rows that joins keep of streams.
    public func expiring(after microseconds: Int64) -> LogicalPlan {
        func expiring(_ plan: LogicalPlan) -> LogicalPlan { plan.expiring(after: microseconds) }
        var plan = self
        switch node {
        case .source, .values, .feedback: break
        case .project(let input, let expressions): plan.node = .project(expiring(input), expressions)
        case .filter(let input, let predicate): plan.node = .filter(expiring(input), predicate)
        case .window(let input, let assignment): plan.node = .window(expiring(input), assignment)
        case .over(let input, let over): plan.node = .over(expiring(input), over)
        case .expand(let input, let count, let keepsEmpty):
            plan.node = .expand(expiring(input), count: count, keepsEmpty: keepsEmpty)
        case .unionAll(let inputs): plan.node = .unionAll(inputs.map(expiring))
        // What goes round must all be there.
        case .recursion: break
        case .keyed(let input, let changes): plan.node = .keyed(expiring(input), changes)
        case .periodic(let input, let emission): plan.node = .periodic(expiring(input), emission)
        case .lateRows(let input, let window): plan.node = .lateRows(expiring(input), window)
        case .eventTimeOrder(let input, let lateness, let ties):
            plan.node = .eventTimeOrder(expiring(input), lateness: lateness, ties: ties)
        case .keyedWindows(let input, let windows): plan.node = .keyedWindows(expiring(input), windows)
        case .aggregate(let input, var aggregation):
            if aggregation.window == nil, !aggregation.keys.isEmpty, !input.isLimited {
                aggregation.timeToLive = microseconds
                plan.properties.stateBound = .timeToLive(microseconds: microseconds)
            }
            plan.node = .aggregate(expiring(input), aggregation)
        case .join(let left, let right, var join):
            if join.timing == nil {
                if !left.isLimited { join.leftTimeToLive = microseconds }
                if !right.isLimited { join.rightTimeToLive = microseconds }
                if !left.isLimited || !right.isLimited {
                    plan.properties.stateBound = .timeToLive(microseconds: microseconds)
                }
            }
            plan.node = .join(expiring(left), expiring(right), join)
        }
        return plan
    }

    /// Whether no more rows are ever there than its sources hold at one time: files end, and rows that are known by key or
    /// taken back do not add up for ever.
    public var isLimited: Bool {
        switch node {
        case .source(let source): source.isLimited
        case .values, .keyed, .feedback: true
        default: isOneRow || inputs.allSatisfy(\.isLimited)
        }
    }

    /// Whether it is an aggregation without GROUP BY.
    private var isOneRow: Bool {
        switch node {
        case .aggregate(_, let aggregation): aggregation.keys.isEmpty && aggregation.window == nil
        case .project(let input, _), .filter(let input, _): input.isOneRow
        default: false
        }
    }
}

extension SourceDefinition {
    fileprivate var isLimited: Bool {
        if changes != .append { return true }
        guard let connector, ["file", "files", "filesystem"].contains(connector.name) else { return false }
        return connector.options.contains { $0.key.lowercased() == "path" && $0.value != "-" }
    }
}
