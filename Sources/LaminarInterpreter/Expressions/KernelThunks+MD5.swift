import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `MD5.swift`.
    mutating func addMD5() {
        register("md5(string)", .allocates) { $0.each(md5 as MakingUnary<StringView, StringView>) }
    }
}
