import LaminarExpressions
import LaminarPlan
import LaminarTypes

extension PipelineEmitter {
    /// The construction of the operator that computes window functions.
    func overOperator(_ over: OverPlan, inputs: [Field], checksRetractions: Bool) -> SwiftExpression {
        var arguments = [
            SwiftArgument("types", columnTypes(inputs[...])),
            SwiftArgument("columns", .integer(Int128(over.columns))),
            SwiftArgument("partition", integers(over.partition.map(\.column))),
            SwiftArgument(
                "order",
                .array(
                    over.order.map { item in
                        .call(
                            .implicitMember("init"),
                            [
                                SwiftArgument("column", .integer(Int128(item.column))),
                                SwiftArgument("isDescending", .boolean(item.isDescending)),
                                SwiftArgument("nullsFirst", .boolean(item.nullsFirst)),
                            ])
                    })),
        ]
        if !over.tieBreakers.isEmpty { arguments.append(SwiftArgument("tieBreakers", integers(over.tieBreakers))) }
        arguments.append(SwiftArgument("calls", .array(over.calls.map(overCall))))
        if let settling = over.settling {
            arguments.append(SwiftArgument("time", .integer(Int128(settling.time))))
            if settling.isWindowEnd { arguments.append(SwiftArgument("isWindowEnd", .boolean(true))) }
            if settling.lateness != 0 {
                arguments.append(SwiftArgument("lateness", .integer(Int128(settling.lateness))))
            }
            arguments.append(SwiftArgument("nullEventTime", .member(.identifier("policies"), "nullEventTime")))
        } else if checksRetractions {
            arguments.append(SwiftArgument("checksRetractions", .boolean(true)))
            arguments.append(SwiftArgument("policy", .member(.identifier("policies"), "evaluationError")))
        }
        return .call(.identifier(over.operatorType), arguments)
    }

    private func integers(_ values: [Int]) -> SwiftExpression { .array(values.map { .integer(Int128($0)) }) }

    private func overCall(_ call: OverPlan.Call) -> SwiftExpression {
        var arguments = [
            SwiftArgument(nil, function(call)), SwiftArgument("frame", frame(call.frame)),
            SwiftArgument("result", .implicitMember(String(describing: call.result))),
        ]
        if let constant = call.constant { arguments.append(SwiftArgument("constant", .integer(Int128(constant)))) }
        return .call(.identifier("OverCall"), arguments)
    }

    private func function(_ call: OverPlan.Call) -> SwiftExpression {
        func argument(_ label: String?, _ index: Int) -> SwiftArgument {
            let value: SwiftExpression =
                call.arguments.indices.contains(index)
                ? .integer(Int128(call.arguments[index])) : .identifier("nil")
            return SwiftArgument(label, value)
        }
        let member = SwiftExpression.implicitMember(call.function.rawValue)
        switch call.function {
        case .rowNumber, .rank, .denseRank, .percentRank, .cumulativeDistribution, .countOfRows: return member
        case .bucket: return .call(member, [argument("count", 0)])
        case .lag, .lead:
            return .call(member, [argument("value", 0), argument("offset", 1), argument("otherwise", 2)])
        case .firstValue, .lastValue: return .call(member, [argument(nil, 0)])
        case .nthValue: return .call(member, [argument(nil, 0), argument("position", 1)])
        case .aggregate:
            let type = SwiftExpression.member(.type(.named(call.kernel.map(typeName) ?? "CountOfRows")), "self")
            let label = call.kernel?.isUserDefined == true ? "user" : call.kernel?.resultMakesString == true ? "making" : nil
            return .call(
                member, [SwiftArgument(nil, .call("FrameAggregate", SwiftArgument(label, type))), argument("argument", 0)])
        }
    }

    private func frame(_ frame: OverPlan.Frame) -> SwiftExpression {
        var arguments = [
            SwiftArgument("unit", .implicitMember(frame.unit.rawValue)), SwiftArgument("start", bound(frame.start)),
            SwiftArgument("end", bound(frame.end)),
        ]
        if frame.exclusion != .none {
            arguments.append(SwiftArgument("exclusion", .implicitMember(frame.exclusion.rawValue)))
        }
        if let column = frame.rangeColumn { arguments.append(SwiftArgument("rangeColumn", .integer(Int128(column)))) }
        if let distance = frame.startDistance {
            arguments.append(SwiftArgument("startDistance", .integer(Int128(distance))))
        }
        return .call(.identifier("OverFrame"), arguments)
    }

    private func bound(_ bound: OverPlan.Frame.Bound) -> SwiftExpression {
        switch bound {
        case .unboundedPreceding: .implicitMember("unboundedPreceding")
        case .preceding(let distance):
            .call(.implicitMember("preceding"), [SwiftArgument(nil, .integer(Int128(distance)))])
        case .currentRow: .implicitMember("currentRow")
        case .following(let distance):
            .call(.implicitMember("following"), [SwiftArgument(nil, .integer(Int128(distance)))])
        case .unboundedFollowing: .implicitMember("unboundedFollowing")
        case .value(let column):
            .call(.implicitMember("value"), [SwiftArgument("column", .integer(Int128(column)))])
        }
    }
}

extension OverPlan {
    /// The runtime's operator that computes it.
    var operatorType: String { settling == nil ? "PartitionedOver" : "EventTimeOver" }
}
