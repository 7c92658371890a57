import CZlib
import CZstd

/// A stream that a library decompresses step by step.
protocol Decompression: AnyObject {
    /// Whether what was read so far ends where a file may end.
    var isAtBoundary: Bool { get }
    /// Whether decompressed bytes wait that had no room.
    var holdsOutput: Bool { get }
    /// Decompresses from `input` into `output`.
    ///
    /// - Returns: how many bytes were taken and made, and what is wrong with the bytes at that place, if anything.
    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) -> (consumed: Int, produced: Int, problem: DecompressionProblem?)
}

struct DecompressionProblem {
    var message: String
    var hint: String?
}

/// Members of gzip's format one behind another; zeros may follow the last, as tapes and `gzip` itself allow.
final class GzipDecompression: Decompression {
    private var stream = z_stream()
    private var isBehindMember = false
    private var isFirstMember = true
    private(set) var isAtBoundary = false
    private(set) var holdsOutput = false

    init() {
        let code = laminar_inflate_init_gzip(&stream)
        precondition(code == Z_OK, "zlib could not be initialised: \(code)")
    }

    deinit { inflateEnd(&stream) }

    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) -> (consumed: Int, produced: Int, problem: DecompressionProblem?) {
        var taken = 0
        if isBehindMember {
            while taken < input.count && input[taken] == 0 { taken += 1 }
            if taken == input.count { return (taken, 0, nil) }
            if input[taken] != 0x1f {
                return (taken, 0, DecompressionProblem(message: "no gzip member starts there"))
            }
            isBehindMember = false
            isFirstMember = false
            isAtBoundary = false
            inflateReset(&stream)
        }
        // Sound: zlib only reads from next_in, and both buffers outlive the call.
        stream.next_in = input.baseAddress.map {
            UnsafeMutablePointer(mutating: ($0 + taken).assumingMemoryBound(to: UInt8.self))
        }
        stream.avail_in = UInt32(clamping: input.count - taken)
        let inputRoom = Int(stream.avail_in)
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(clamping: output.count)
        let outputRoom = Int(stream.avail_out)
        let code = inflate(&stream, Z_NO_FLUSH)
        let consumed = taken + inputRoom - Int(stream.avail_in)
        let produced = outputRoom - Int(stream.avail_out)
        holdsOutput = stream.avail_out == 0
        switch code {
        case Z_OK, Z_BUF_ERROR: return (consumed, produced, nil)
        case Z_STREAM_END:
            isBehindMember = true
            isAtBoundary = true
            holdsOutput = false
            return (consumed, produced, nil)
        default:
            let reason = stream.msg.map { String(cString: $0) } ?? "error \(code) of zlib"
            let isForeign = isFirstMember && reason == "incorrect header check"
            return (
                consumed, produced,
                isForeign
                    ? DecompressionProblem(
                        message: "it is not in gzip's format",
                        hint: "Set compression = 'none' if it is not compressed.")
                    : DecompressionProblem(message: "corrupt data (\(reason))")
            )
        }
    }
}

/// Frames of zstd's format one behind another.
final class ZstdDecompression: Decompression {
    private let context: OpaquePointer
    private var total = 0
    private(set) var isAtBoundary = false
    private(set) var holdsOutput = false

    init() {
        guard let context = ZSTD_createDCtx() else { preconditionFailure("zstd could not be initialised.") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) -> (consumed: Int, produced: Int, problem: DecompressionProblem?) {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let code = ZSTD_decompressStream(context, &target, &source)
        total += target.pos
        if ZSTD_isError(code) != 0 {
            let reason = String(cString: ZSTD_getErrorName(code))
            holdsOutput = false
            return (
                source.pos, target.pos,
                total == 0 && reason == "Unknown frame descriptor"
                    ? DecompressionProblem(
                        message: "it is not in zstd's format",
                        hint: "Set compression = 'none' if it is not compressed.")
                    : DecompressionProblem(
                        message: "corrupt data (\(reason))",
                        hint: reason.hasPrefix("Frame requires too much memory")
                            ? "Compress it with a window of at most 128 MiB (zstd without --long=28 or more)." : nil)
            )
        }
        // A call that neither takes nor makes anything says nothing about where the stream stands.
        if source.pos > 0 || target.pos > 0 { isAtBoundary = code == 0 }
        holdsOutput = target.pos == target.size && !isAtBoundary
        return (source.pos, target.pos, nil)
    }
}
