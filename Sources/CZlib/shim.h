#pragma once
#include <zlib.h>

// zlib's initialisers are macros that Swift does not import. 16 + MAX_WBITS: gzip's header and checksum.
static inline int laminar_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

static inline int laminar_deflate_init_gzip(z_stream *stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}
