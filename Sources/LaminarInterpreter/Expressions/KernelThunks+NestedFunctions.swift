import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `NestedFunctions.swift`.
    mutating func addNestedFunctions() {
        register("rowWithField(string,string)", .allocates) {
            $0.each(rowWithField as MakingBinary<StringView, StringView, StringView>)
        }
        register("hasOnlyNulls(string)") { $0.each(hasOnlyNulls as Unary<StringView, Bool>) }
        register("hasNoNulls(string)") { $0.each(hasNoNulls as Unary<StringView, Bool>) }
        register("mapOf(string,string)", [.canFail, .allocates]) {
            $0.each(mapOf as FallibleMakingBinary<StringView, StringView, StringView>)
        }
        register("mapKeys(string)", .allocates) { $0.each(mapKeys as MakingUnary<StringView, StringView>) }
        register("mapValues(string)", .allocates) { $0.each(mapValues as MakingUnary<StringView, StringView>) }
        register("mapEntries(string)", .allocates) { $0.each(mapEntries as MakingUnary<StringView, StringView>) }
        register("mapCount(string)") { $0.each(mapCount as Unary<StringView, Int32>) }
        register("mapHasKey(string,string)") { $0.each(mapHasKey as Binary<StringView, StringView, Bool>) }
        register("castTextToNested(string,string)", [.canFail, .allocates]) {
            $0.each(castTextToNested as FallibleMakingBinary<StringView, StringView, StringView>)
        }
        register("nestedOrderKey(string)", .allocates) { $0.each(nestedOrderKey as MakingUnary<StringView, StringView>) }
    }
}
