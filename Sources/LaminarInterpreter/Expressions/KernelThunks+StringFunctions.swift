import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `StringFunctions.swift`.
    mutating func addStringFunctions() {
        register("characterLength(string)") { $0.each(characterLength as Unary<StringView, Int32>) }
        register("octetLength(string)") { $0.each(octetLength as Unary<StringView, Int32>) }
        register("bitLength(string)") { $0.each(bitLength as Unary<StringView, Int32>) }
        register("concatenate(string,string)", .allocates) {
            $0.each(concatenate as MakingBinary<StringView, StringView, StringView>)
        }
        register("formatText(string,string)", [.canFail, .allocates]) {
            $0.each(formatText as FallibleMakingBinary<StringView, StringView, StringView>)
        }
        register("quotedIdentifier(string)", .allocates) {
            $0.each(quotedIdentifier as MakingUnary<StringView, StringView>)
        }
        register("quotedLiteral(string)", .allocates) {
            $0.each(quotedLiteral as MakingUnary<StringView, StringView>)
        }
        register("repeated(string,int32)", [.canFail, .allocates]) {
            $0.each(repeated as FallibleMakingBinary<StringView, Int32, StringView>)
        }
        register("substring(string,int32)") { $0.each(substring as Binary<StringView, Int32, StringView>) }
        register("substring(string,int32,int32)", .canFail) {
            $0.each(substring as FallibleTernary<StringView, Int32, Int32, StringView>)
        }
        register("left(string,int32)") { $0.each(left as Binary<StringView, Int32, StringView>) }
        register("right(string,int32)") { $0.each(right as Binary<StringView, Int32, StringView>) }
        register("splitPart(string,string,int32)", .canFail) {
            $0.each(splitPart as FallibleTernary<StringView, StringView, Int32, StringView>)
        }
        register("position(string,string)") { $0.each(position as Binary<StringView, StringView, Int32>) }
        register("startsWith(string,string)") { $0.each(startsWith as Binary<StringView, StringView, Bool>) }
        register("endsWith(string,string)") { $0.each(endsWith as Binary<StringView, StringView, Bool>) }
        register("containsText(string,string)") { $0.each(containsText as Binary<StringView, StringView, Bool>) }
        register("replace(string,string,string)", .allocates) {
            $0.each(replace as MakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("translate(string,string,string)", .allocates) {
            $0.each(translate as MakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("overlay(string,string,int32,int32)", [.canFail, .allocates]) {
            $0.each(overlay as FallibleMakingQuaternary<StringView, StringView, Int32, Int32, StringView>)
        }
        register("overlay(string,string,int32)", [.canFail, .allocates]) {
            $0.each(overlay as FallibleMakingTernary<StringView, StringView, Int32, StringView>)
        }
    }
}
