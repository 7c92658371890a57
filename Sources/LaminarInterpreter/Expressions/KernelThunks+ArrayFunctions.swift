import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `ArrayFunctions.swift`, and those of regular expressions that make arrays.
    mutating func addArrayFunctions() {
        addArrayConstruction()
        addArrayElements()
        register("arrayNested(string)", .allocates) {
            $0.each(arrayNested as MakingUnary<StringView, StringView>)
        }
        register("concatenateArrays(string,string)", [.canFail, .allocates]) {
            $0.each(concatenateArrays as FallibleMakingBinary<StringView, StringView, StringView>)
        }
        register("arraySlice(string,string,string)", .allocates) {
            $0.each(arraySlice as MakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("hasDimension(string,int32)") {
            $0.each(hasDimension as Binary<StringView, Int32, Bool>)
        }
        register("dimensionLength(string,int32)") {
            $0.each(dimensionLength as Binary<StringView, Int32, Int32>)
        }
        register("elementCount(string)") {
            $0.each(elementCount as Unary<StringView, Int32>)
        }
        register("dimensionCount(string)") {
            $0.each(dimensionCount as Unary<StringView, Int32>)
        }
        register("arrayDimensions(string)", .allocates) {
            $0.each(arrayDimensions as MakingUnary<StringView, StringView>)
        }
        register("equalArrays(string,string)") {
            $0.each(equalArrays as Binary<StringView, StringView, Bool>)
        }
        register("notEqualArrays(string,string)") {
            $0.each(notEqualArrays as Binary<StringView, StringView, Bool>)
        }
        register("lessArrays(string,string)") {
            $0.each(lessArrays as Binary<StringView, StringView, Bool>)
        }
        register("lessOrEqualArrays(string,string)") {
            $0.each(lessOrEqualArrays as Binary<StringView, StringView, Bool>)
        }
        register("greaterArrays(string,string)") {
            $0.each(greaterArrays as Binary<StringView, StringView, Bool>)
        }
        register("greaterOrEqualArrays(string,string)") {
            $0.each(greaterOrEqualArrays as Binary<StringView, StringView, Bool>)
        }
        register("arrayContains(string,string)") {
            $0.each(arrayContains as Binary<StringView, StringView, Bool>)
        }
        register("arraysOverlap(string,string)") {
            $0.each(arraysOverlap as Binary<StringView, StringView, Bool>)
        }
        register("quantifiedComparison(string,string,int32)") {
            $0.each(quantifiedComparison as Ternary<StringView, StringView, Int32, Int32>)
        }
        register("arrayRemove(string,string)", [.canFail, .allocates]) {
            $0.each(arrayRemove as FallibleMakingBinary<StringView, StringView, StringView>)
        }
        register("arrayReplace(string,string,string)", .allocates) {
            $0.each(arrayReplace as MakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("arrayPosition(string,string,int32)") {
            $0.each(arrayPosition as Ternary<StringView, StringView, Int32, Int32>)
        }
        register("arrayPositions(string,string)", .allocates) {
            $0.each(arrayPositions as MakingBinary<StringView, StringView, StringView>)
        }
        register("trimArray(string,int32)", [.canFail, .allocates]) {
            $0.each(trimArray as FallibleMakingBinary<StringView, Int32, StringView>)
        }
        register("arrayToString(string,string)", .allocates) {
            $0.each(arrayToString as MakingBinary<StringView, StringView, StringView>)
        }
        register("arrayToString(string,string,string)", .allocates) {
            $0.each(arrayToString as MakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("splitToArray(string,string)", .allocates) {
            $0.each(splitToArray as MakingBinary<StringView, StringView, StringView>)
        }
        register("splitToCharacters(string)", .allocates) {
            $0.each(splitToCharacters as MakingUnary<StringView, StringView>)
        }
        register("castArrayToText(string)", .allocates) {
            $0.each(castArrayToText as MakingUnary<StringView, StringView>)
        }
        register("castTextToArray(string,int32)", [.canFail, .allocates]) {
            $0.each(castTextToArray as FallibleMakingBinary<StringView, Int32, StringView>)
        }
        register("castArray(string,int32)", [.canFail, .allocates]) {
            $0.each(castArray as FallibleMakingBinary<StringView, Int32, StringView>)
        }
        register("hasRegularExpression(string,string,string)", .canFail) {
            $0.each(hasRegularExpression as FallibleTernary<StringView, StringView, StringView, Bool>)
        }
        register("groupsOfRegularExpression(string,string,string)", [.canFail, .allocates]) {
            $0.each(groupsOfRegularExpression as FallibleMakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("allGroupsOfRegularExpression(string,string,string)", [.canFail, .allocates]) {
            $0.each(allGroupsOfRegularExpression as FallibleMakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("splitByRegularExpression(string,string,string)", [.canFail, .allocates]) {
            $0.each(splitByRegularExpression as FallibleMakingTernary<StringView, StringView, StringView, StringView>)
        }
    }

    private mutating func addArrayConstruction() {
        register("arrayOf(int32,bool)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Bool, StringView>)
        }
        register("arrayOf(int32,int16)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Int16, StringView>)
        }
        register("arrayOf(int32,int32)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Int32, StringView>)
        }
        register("arrayOf(int32,int64)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Int64, StringView>)
        }
        register("arrayOf(int32,uint64)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, UInt64, StringView>)
        }
        register("arrayOf(int32,float)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Float, StringView>)
        }
        register("arrayOf(int32,double)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Double, StringView>)
        }
        register("arrayOf(int32,decimal)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Decimal, StringView>)
        }
        register("arrayOf(int32,string)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, StringView, StringView>)
        }
        register("arrayOf(int32,interval)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, Interval, StringView>)
        }
        register("arrayOf(int32,uuid)", .allocates) {
            $0.each(arrayOf as MakingBinary<Int32, UUIDBytes, StringView>)
        }
    }

    private mutating func addArrayElements() {
        register("elementAsBool(string,string)") {
            $0.each(elementAsBool as Binary<StringView, StringView, Bool>)
        }
        register("elementAsInt16(string,string)") {
            $0.each(elementAsInt16 as Binary<StringView, StringView, Int16>)
        }
        register("elementAsInt32(string,string)") {
            $0.each(elementAsInt32 as Binary<StringView, StringView, Int32>)
        }
        register("elementAsInt64(string,string)") {
            $0.each(elementAsInt64 as Binary<StringView, StringView, Int64>)
        }
        register("elementAsUInt64(string,string)") {
            $0.each(elementAsUInt64 as Binary<StringView, StringView, UInt64>)
        }
        register("elementAsFloat(string,string)") {
            $0.each(elementAsFloat as Binary<StringView, StringView, Float>)
        }
        register("elementAsDouble(string,string)") {
            $0.each(elementAsDouble as Binary<StringView, StringView, Double>)
        }
        register("elementAsDecimal(string,string)") {
            $0.each(elementAsDecimal as Binary<StringView, StringView, Decimal>)
        }
        register("elementAsInterval(string,string)") {
            $0.each(elementAsInterval as Binary<StringView, StringView, Interval>)
        }
        register("elementAsUUID(string,string)") {
            $0.each(elementAsUUID as Binary<StringView, StringView, UUIDBytes>)
        }
        register("elementAsString(string,string)", .allocates) {
            $0.each(elementAsString as MakingBinary<StringView, StringView, StringView>)
        }
        register("hasElement(string,string)") {
            $0.each(hasElement as Binary<StringView, StringView, Bool>)
        }
    }
}
