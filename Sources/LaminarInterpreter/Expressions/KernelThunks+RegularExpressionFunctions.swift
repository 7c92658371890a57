import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `RegularExpressionFunctions.swift`.
    mutating func addRegularExpressionFunctions() {
        register("matchesRegularExpression(string,string)", .canFail) {
            $0.each(matchesRegularExpression as FallibleBinary<StringView, StringView, Bool>)
        }
        register("matchesRegularExpressionIgnoringCase(string,string)", .canFail) {
            $0.each(matchesRegularExpressionIgnoringCase as FallibleBinary<StringView, StringView, Bool>)
        }
        register("matchesRegularExpression(string,string,string)", .canFail) {
            $0.each(matchesRegularExpression as FallibleTernary<StringView, StringView, StringView, Bool>)
        }
        register("similarTo(string,string)", .canFail) {
            $0.each(similarTo as FallibleBinary<StringView, StringView, Bool>)
        }
        register("similarTo(string,string,string)", .canFail) {
            $0.each(similarTo as FallibleTernary<StringView, StringView, StringView, Bool>)
        }
        register("replaceRegularExpression(string,string,string)", [.canFail, .allocates]) {
            $0.each(replaceRegularExpression as FallibleMakingTernary<StringView, StringView, StringView, StringView>)
        }
        register("replaceRegularExpression(string,string,string,string)", [.canFail, .allocates]) {
            $0.each(
                replaceRegularExpression
                    as FallibleMakingQuaternary<StringView, StringView, StringView, StringView, StringView>)
        }
        register("replaceRegularExpression(string,string,string,int32,int32,string)", [.canFail, .allocates]) {
            let arena = $0.arena
            $0.eachRow { (frame, row, fault, site) -> StringView in
                replaceRegularExpression(
                    frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row),
                    frame.value(4, row), frame.value(5, row),
                    &arena.pointee, &fault, at: site)
            }
        }
        register("replaceRegularExpression(string,string,string,int32)", [.canFail, .allocates]) {
            $0.each(
                replaceRegularExpression
                    as FallibleMakingQuaternary<StringView, StringView, StringView, Int32, StringView>)
        }
        register("replaceRegularExpression(string,string,string,int32,int32)", [.canFail, .allocates]) {
            let arena = $0.arena
            $0.eachRow { (frame, row, fault, site) -> StringView in
                replaceRegularExpression(
                    frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row),
                    frame.value(4, row),
                    &arena.pointee, &fault, at: site)
            }
        }
        register("countRegularExpression(string,string,int32,string)", .canFail) {
            $0.each(countRegularExpression as FallibleQuaternary<StringView, StringView, Int32, StringView, Int32>)
        }
        register("countRegularExpression(string,string,int32)", .canFail) {
            $0.each(countRegularExpression as FallibleTernary<StringView, StringView, Int32, Int32>)
        }
        register("countRegularExpression(string,string)", .canFail) {
            $0.each(countRegularExpression as FallibleBinary<StringView, StringView, Int32>)
        }
        register("positionOfRegularExpression(string,string,int32,int32,int32,string,int32)", .canFail) {
            $0.eachRow { (frame, row, fault, site) -> Int32 in
                positionOfRegularExpression(
                    frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row),
                    frame.value(4, row), frame.value(5, row), frame.value(6, row),
                    &fault, at: site)
            }
        }
        register("hasRegularExpression(string,string,int32,int32,string,int32)", .canFail) {
            $0.eachRow { (frame, row, fault, site) -> Bool in
                hasRegularExpression(
                    frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row),
                    frame.value(4, row), frame.value(5, row),
                    &fault, at: site)
            }
        }
        register("substringOfRegularExpression(string,string,int32,int32,string,int32)", .canFail) {
            $0.eachRow { (frame, row, fault, site) -> StringView in
                substringOfRegularExpression(
                    frame.value(0, row), frame.value(1, row), frame.value(2, row), frame.value(3, row),
                    frame.value(4, row), frame.value(5, row),
                    &fault, at: site)
            }
        }
        register("hasSubstringMatching(string,string)", .canFail) {
            $0.each(hasSubstringMatching as FallibleBinary<StringView, StringView, Bool>)
        }
        register("substringMatching(string,string)", .canFail) {
            $0.each(substringMatching as FallibleBinary<StringView, StringView, StringView>)
        }
    }
}
