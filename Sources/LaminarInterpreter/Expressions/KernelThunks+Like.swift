import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Like.swift`.
    mutating func addLike() {
        register("like(string,string)", .canFail) { $0.each(like as FallibleBinary<StringView, StringView, Bool>) }
        register("like(string,string,string)", .canFail) {
            $0.each(like as FallibleTernary<StringView, StringView, StringView, Bool>)
        }
        register("ilike(string,string)", .canFail) { $0.each(ilike as FallibleBinary<StringView, StringView, Bool>) }
        register("ilike(string,string,string)", .canFail) {
            $0.each(ilike as FallibleTernary<StringView, StringView, StringView, Bool>)
        }
    }
}
