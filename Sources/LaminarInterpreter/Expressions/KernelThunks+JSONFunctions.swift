import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `JSONFunctions.swift`.
    mutating func addJSONFunctions() {
        register("castToJSON(string)", .canFail) {
            $0.each(castToJSON as FallibleUnary<StringView, StringView>)
        }
        register("castToJSONB(string)", [.canFail, .allocates]) {
            $0.each(castToJSONB as FallibleMakingUnary<StringView, StringView>)
        }
        register("elementToJSONB(string)", .allocates) {
            $0.each(elementToJSONB as MakingUnary<StringView, StringView>)
        }
        register("elementToJSON(string)", .allocates) {
            $0.each(elementToJSON as MakingUnary<StringView, StringView>)
        }
        register("jsonArrayOfLines(string)", .allocates) {
            $0.each(jsonArrayOfLines as MakingUnary<StringView, StringView>)
        }
        register("nestedToJSON(string,string,bool)", .allocates) {
            $0.each(nestedToJSON as MakingTernary<StringView, StringView, Bool, StringView>)
        }
        register("jsonMemberText(string,string,bool)", .allocates) {
            $0.each(jsonMemberText as MakingTernary<StringView, StringView, Bool, StringView>)
        }
        register("jsonObjectOfMembers(string,bool)", [.canFail, .allocates]) {
            $0.each(jsonObjectOfMembers as FallibleMakingBinary<StringView, Bool, StringView>)
        }
        register("jsonArrayOf(string)", .allocates) {
            $0.each(jsonArrayOf as MakingUnary<StringView, StringView>)
        }
        register("jsonObjectOf(string)", [.canFail, .allocates]) {
            $0.each(jsonObjectOf as FallibleMakingUnary<StringView, StringView>)
        }
        register("hasMember(string,string)") {
            $0.each(hasMember as Binary<StringView, StringView, Bool>)
        }
        register("jsonMember(string,string)", .allocates) {
            $0.each(jsonMember as MakingBinary<StringView, StringView, StringView>)
        }
        register("hasMemberText(string,string)") {
            $0.each(hasMemberText as Binary<StringView, StringView, Bool>)
        }
        register("jsonMemberText(string,string)", .allocates) {
            $0.each(jsonMemberText as MakingBinary<StringView, StringView, StringView>)
        }
        register("hasMember(string,int32)") {
            $0.each(hasMember as Binary<StringView, Int32, Bool>)
        }
        register("jsonMember(string,int32)", .allocates) {
            $0.each(jsonMember as MakingBinary<StringView, Int32, StringView>)
        }
        register("hasMemberText(string,int32)") {
            $0.each(hasMemberText as Binary<StringView, Int32, Bool>)
        }
        register("jsonMemberText(string,int32)", .allocates) {
            $0.each(jsonMemberText as MakingBinary<StringView, Int32, StringView>)
        }
        register("hasPath(string,string)") {
            $0.each(hasPath as Binary<StringView, StringView, Bool>)
        }
        register("jsonPath(string,string)", .allocates) {
            $0.each(jsonPath as MakingBinary<StringView, StringView, StringView>)
        }
        register("hasPathText(string,string)") {
            $0.each(hasPathText as Binary<StringView, StringView, Bool>)
        }
        register("jsonPathText(string,string)", .allocates) {
            $0.each(jsonPathText as MakingBinary<StringView, StringView, StringView>)
        }
        register("equalJSON(string,string)") {
            $0.each(equalJSON as Binary<StringView, StringView, Bool>)
        }
        register("notEqualJSON(string,string)") {
            $0.each(notEqualJSON as Binary<StringView, StringView, Bool>)
        }
        register("jsonContains(string,string)") {
            $0.each(jsonContains as Binary<StringView, StringView, Bool>)
        }
        register("jsonHasKey(string,string)") {
            $0.each(jsonHasKey as Binary<StringView, StringView, Bool>)
        }
        register("jsonHasAnyKey(string,string)") {
            $0.each(jsonHasAnyKey as Binary<StringView, StringView, Bool>)
        }
        register("jsonHasAllKeys(string,string)") {
            $0.each(jsonHasAllKeys as Binary<StringView, StringView, Bool>)
        }
        register("jsonTypeName(string)", .allocates) {
            $0.each(jsonTypeName as MakingUnary<StringView, StringView>)
        }
        register("jsonArrayLength(string)", .canFail) {
            $0.each(jsonArrayLength as FallibleUnary<StringView, Int32>)
        }
        register("jsonPretty(string)", .allocates) {
            $0.each(jsonPretty as MakingUnary<StringView, StringView>)
        }
        register("castJSONToNumeric(string)", .canFail) {
            $0.each(castJSONToNumeric as FallibleUnary<StringView, Decimal>)
        }
        register("castJSONToBoolean(string)", .canFail) {
            $0.each(castJSONToBoolean as FallibleUnary<StringView, Bool>)
        }
    }
}
