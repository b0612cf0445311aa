#pragma once
#include <lzma.h>
#include <string.h>
#include <zlib.h>

/// Begins reading gzip, or bare deflate; zero when that is possible. What is a macro in C has no
/// name in Swift.
static inline int fl_gzip_begin(z_stream *stream, _Bool is_bare) {
  memset(stream, 0, sizeof *stream);
  return inflateInit2(stream, is_bare ? -MAX_WBITS : 16 + MAX_WBITS);
}

/// Begins reading xz with at most so many bytes of memory; zero when that is possible.
static inline int fl_xz_begin(lzma_stream *stream, uint64_t memory) {
  memset(stream, 0, sizeof *stream);
  return lzma_stream_decoder(stream, memory, LZMA_CONCATENATED);
}
