import LaminarPlan
import LaminarText

/// Reports the operators of a query whose state nothing frees: 01L01, an error where state is strict.
///
/// What an operator keeps of input that ends, or of tables whose rows are known by key or taken back, is as large as that
/// input is, and not reported.
func reportUnboundedState(of plan: LogicalPlan, isStrict: Bool, _ diagnostics: inout Diagnostics) {
    var reported = Set(diagnostics.all.filter { $0.sqlState == "01L01" }.map(\.span))
    func report(_ span: Span, _ message: String, _ hint: String) {
        guard reported.insert(span).inserted else { return }
        diagnostics.report(isStrict ? .error : .warning, "01L01", at: span, message, hint: hint)
    }
    func visit(_ plan: LogicalPlan) {
        for input in plan.inputs { visit(input) }
        switch plan.node {
        case .aggregate(let input, let aggregation)
        where aggregation.window == nil && !aggregation.keys.isEmpty && aggregation.timeToLive == nil && !input.isLimited:
            report(
                plan.span,
                aggregation.calls.isEmpty
                    ? "the rows that DISTINCT has seen are never freed" : "the groups of this aggregation are never freed",
                "Group by windows of an event time with a watermark, such as TUMBLE, or write SET 'state.ttl' = '1 day' before it.")
        case .over(let input, let over) where !input.isLimited:
            if over.settling == nil || over.settledStateBound == .unbounded, plan.properties.stateBound == .unbounded {
                report(
                    plan.span, "the rows of this window function are never freed",
                    "Order it by an event time with a watermark, and end its frame at the current row.")
            }
        case .join(let left, let right, let join):
            if join.timing == nil {
                let isBound = (left.isLimited || join.readsLatest || join.leftTimeToLive != nil) && (right.isLimited || join.rightTimeToLive != nil)
                if isBound { return }
                report(
                    plan.span, "the rows of this join are never freed",
                    "Bound how far apart their event times are (right.ts BETWEEN left.ts AND left.ts + INTERVAL '1 hour'), "
                        + "join windows, or write SET 'state.ttl' = '1 day' before it.")
            } else if case .interval(let leftBound, let rightBound) = plan.properties.stateBound {
                guard leftBound == nil && !left.isLimited || rightBound == nil && !right.isLimited else { return }
                report(
                    plan.span, "the rows of one side of this join are never freed",
                    "Bound the distance of the event times from both sides.")
            }
        case .eventTimeOrder(let input, _, _) where plan.properties.stateBound == .unbounded && !input.isLimited:
            report(
                plan.span, "the rows wait for the end of the input to be put in order",
                "Order by an event time with a watermark first, or order them where they are read.")
        default: break
        }
    }
    visit(plan)
}
