import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `ByteStrings.swift`.
    mutating func addByteStrings() {
        register("substringOfBytes(string,int32)") {
            $0.each(substringOfBytes as Binary<StringView, Int32, StringView>)
        }
        register("substringOfBytes(string,int32,int32)", .canFail) {
            $0.each(substringOfBytes as FallibleTernary<StringView, Int32, Int32, StringView>)
        }
        register("positionOfBytes(string,string)") { $0.each(positionOfBytes as Binary<StringView, StringView, Int32>) }
        register("overlayBytes(string,string,int32,int32)", [.canFail, .allocates]) {
            $0.each(overlayBytes as FallibleMakingQuaternary<StringView, StringView, Int32, Int32, StringView>)
        }
        register("overlayBytes(string,string,int32)", [.canFail, .allocates]) {
            $0.each(overlayBytes as FallibleMakingTernary<StringView, StringView, Int32, StringView>)
        }
        register("trimBytesBoth(string,string)") {
            $0.each(trimBytesBoth as Binary<StringView, StringView, StringView>)
        }
        register("trimBytesLeading(string,string)") {
            $0.each(trimBytesLeading as Binary<StringView, StringView, StringView>)
        }
        register("trimBytesTrailing(string,string)") {
            $0.each(trimBytesTrailing as Binary<StringView, StringView, StringView>)
        }
        register("byte(string,int32)", .canFail) { $0.each(byte as FallibleBinary<StringView, Int32, Int32>) }
        register("bit(string,int64)", .canFail) { $0.each(bit as FallibleBinary<StringView, Int64, Int32>) }
        register("settingByte(string,int32,int32)", [.canFail, .allocates]) {
            $0.each(settingByte as FallibleMakingTernary<StringView, Int32, Int32, StringView>)
        }
        register("settingBit(string,int64,int32)", [.canFail, .allocates]) {
            $0.each(settingBit as FallibleMakingTernary<StringView, Int64, Int32, StringView>)
        }
        register("bitCount(string)") { $0.each(bitCount as Unary<StringView, Int64>) }
        register("textFromBytes(string,string)", .canFail) {
            $0.each(textFromBytes as FallibleBinary<StringView, StringView, StringView>)
        }
        register("bytesFromText(string,string)", .canFail) {
            $0.each(bytesFromText as FallibleBinary<StringView, StringView, StringView>)
        }
    }
}
