import LaminarKernels
import LaminarTypes

extension FoldTable {
    /// The kernels whose constant results lowering needs: table functions, quantified comparisons, subqueries.
    mutating func addArrays() {
        typealias Making = @Sendable (StringView, StringView, inout Arena, inout Fault, Int) -> StringView
        typealias Making3 = @Sendable (StringView, StringView, StringView, inout Arena, inout Fault, Int) -> StringView
        typealias Casting = @Sendable (StringView, Int32, inout Arena, inout Fault, Int) -> StringView
        unary("arrayNested", arrayNested as @Sendable (StringView, inout Arena) -> StringView)
        binary("concatenateArrays", concatenateArrays as Making)
        binary("castArray", castArray as Casting)
        binary("castTextToArray", castTextToArray as Casting)
        binary("splitToArray", splitToArray as @Sendable (StringView, StringView, inout Arena) -> StringView)
        unary("splitToCharacters", splitToCharacters as @Sendable (StringView, inout Arena) -> StringView)
        ternary("groupsOfRegularExpression", groupsOfRegularExpression as Making3)
        ternary("allGroupsOfRegularExpression", allGroupsOfRegularExpression as Making3)
        ternary("splitByRegularExpression", splitByRegularExpression as Making3)
        unary("castToJSON", castToJSON as @Sendable (StringView, inout Fault, Int) -> StringView)
        unary("castToJSONB", castToJSONB as @Sendable (StringView, inout Arena, inout Fault, Int) -> StringView)
        unary("elementToJSON", elementToJSON as @Sendable (StringView, inout Arena) -> StringView)
        unary("limitCount", limitCount as @Sendable (Int64, inout Fault, Int) -> Int64)
        unary("offsetCount", offsetCount as @Sendable (Int64, inout Fault, Int) -> Int64)
        unary("atMostOneRow", atMostOneRow as @Sendable (Int64, inout Fault, Int) -> Bool)
        binary("rowWithField", rowWithField as @Sendable (StringView, StringView, inout Arena) -> StringView)
        binary("mapOf", mapOf as Making)
        binary("equalArrays", equalArrays as @Sendable (StringView, StringView) -> Bool)
    }
}
