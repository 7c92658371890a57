import CZlib
import CZstd
import LaminarFormats

/// Where a sink's bytes go: a file, through a library that compresses them where that is asked for.
final class OutputBytes {
    /// What has to be in the file when a call returns.
    enum Extent {
        /// What the library gives out of itself.
        case some
        /// All that was written, so that a reader can decompress it.
        case everything
        /// Everything, and the end of the compressed stream.
        case end
    }

    private var file: FileDescriptor
    private var encoder: (any Compressor)?
    private var compressed = OutputBuffer(capacity: 128 << 10)
    /// Bytes that the library has and did not yet give out.
    private var isHolding = false
    private var isEnded = false
    /// Bytes that the system has taken.
    private(set) var byteCount = 0

    init(_ path: String, _ compression: FileCompression) throws(FileError) {
        file = try FileDescriptor(writing: path)
        encoder =
            switch compression {
            case .none: nil
            case .gzip: GzipCompressor()
            case .zstd: ZstdCompressor()
            }
    }

    /// Takes bytes out of `output` and hands them on; what the system did not take stays for another try.
    func write(_ output: inout OutputBuffer, _ extent: Extent) throws(FileError) {
        guard let encoder else { return try drain(&output) }
        if isEnded { return try drain(&compressed) }
        if output.count > 0 {
            encoder.compress(output.bytes, .some, to: &compressed)
            output.removeAll()
            isHolding = true
        }
        if extent == .end || extent == .everything && isHolding {
            encoder.compress(UnsafeRawBufferPointer(start: nil, count: 0), extent, to: &compressed)
            isHolding = false
            isEnded = extent == .end
        }
        try drain(&compressed)
    }

    func close() throws(FileError) { try file.close() }

    private func drain(_ bytes: inout OutputBuffer) throws(FileError) {
        var written = 0
        defer {
            bytes.consume(written)
            byteCount += written
        }
        try file.write(bytes.bytes, written: &written)
    }
}

/// A library that compresses a stream. Memory is all that could be missing, so its calls do not fail.
private protocol Compressor: AnyObject {
    func compress(_ input: UnsafeRawBufferPointer, _ extent: OutputBytes.Extent, to output: inout OutputBuffer)
}

private let blockSize = 64 << 10

private final class GzipCompressor: Compressor {
    private var stream = z_stream()

    init() {
        let code = laminar_deflate_init_gzip(&stream)
        precondition(code == Z_OK, "zlib could not be initialised: \(code)")
    }

    deinit { deflateEnd(&stream) }

    func compress(_ input: UnsafeRawBufferPointer, _ extent: OutputBytes.Extent, to output: inout OutputBuffer) {
        let flush =
            switch extent {
            case .some: Z_NO_FLUSH
            case .everything: Z_SYNC_FLUSH
            case .end: Z_FINISH
            }
        var taken = 0
        repeat {
            // Sound: zlib only reads from next_in, and both buffers outlive the call.
            stream.next_in = input.baseAddress.map {
                UnsafeMutablePointer(mutating: ($0 + taken).assumingMemoryBound(to: UInt8.self))
            }
            stream.avail_in = UInt32(clamping: input.count - taken)
            let room = Int(stream.avail_in)
            stream.next_out = output.reserve(blockSize)
            stream.avail_out = UInt32(blockSize)
            let code = deflate(&stream, flush)
            precondition(code >= 0 || code == Z_BUF_ERROR, "zlib could not compress: \(code)")
            taken += room - Int(stream.avail_in)
            output.advance(blockSize - Int(stream.avail_out))
        } while taken < input.count || stream.avail_out == 0
    }
}

private final class ZstdCompressor: Compressor {
    private let context: OpaquePointer

    init() {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("zstd could not be initialised.") }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        self.context = context
    }

    deinit { ZSTD_freeCCtx(context) }

    func compress(_ input: UnsafeRawBufferPointer, _ extent: OutputBytes.Extent, to output: inout OutputBuffer) {
        let directive: ZSTD_EndDirective =
            switch extent {
            case .some: ZSTD_e_continue
            case .everything: ZSTD_e_flush
            case .end: ZSTD_e_end
            }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var left = 0
        repeat {
            var target = ZSTD_outBuffer(dst: output.reserve(blockSize), size: blockSize, pos: 0)
            left = ZSTD_compressStream2(context, &target, &source, directive)
            precondition(ZSTD_isError(left) == 0, "zstd could not compress: \(String(cString: ZSTD_getErrorName(left)))")
            output.advance(target.pos)
        } while source.pos < source.size || directive != ZSTD_e_continue && left > 0
    }
}
