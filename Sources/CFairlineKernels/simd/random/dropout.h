// Inverted dropout whose mask is a function of key, stream and element index: the backward pass
// computes it again.

// Inverted dropout: element i (counted from `first`) is kept when its word >= p * 2^32, and
// divided by (1 - p).
FL_KERNEL(void, dropout,
          (float *dst, const float *x, float p, uint64_t key, uint64_t stream, uint64_t first,
           int64_t n),
          (dst, x, p, key, stream, first, n))
// dx +=
FL_KERNEL(void, dropout_grad,
          (float *dx, const float *dy, float p, uint64_t key, uint64_t stream, uint64_t first,
           int64_t n),
          (dx, dy, p, key, stream, first, n))

#if FL_BODIES
typedef struct dropout {
  uint64_t key, stream;
  uint32_t threshold;  // words below it drop their element
  float scale;         // 1 / (1 - p)
} dropout;

FL_INLINE dropout make_dropout(float p, uint64_t key, uint64_t stream) {
  if (p >= 1.0f) return (dropout){key, stream, UINT32_MAX, 0.0f};
  return (dropout){key, stream, (uint32_t)ceil((double)p * 0x1p32), 1.0f / (1.0f - p)};
}

FL_INLINE vf drop(vf x, vu word, dropout d) { return word >= d.threshold ? x * d.scale : (vf)0.0f; }

static void k_dropout(float *dst, const float *x, float p, uint64_t key, uint64_t stream,
                      uint64_t first, int64_t n) {
  if (!(p > 0.0f)) {
    if (dst != x) memmove(dst, x, (size_t)n * sizeof(float));
    return;
  }
  const dropout d = make_dropout(p, key, stream);
  FL_EACH_WORD(n, key, stream, first, { give(dst + i, drop(take(x + i, lanes), word, d), lanes); });
}

static void k_dropout_grad(float *dx, const float *dy, float p, uint64_t key, uint64_t stream,
                           uint64_t first, int64_t n) {
  if (!(p > 0.0f)) {
    k_add(dx, dx, dy, n);
    return;
  }
  const dropout d = make_dropout(p, key, stream);
  FL_EACH_WORD(n, key, stream, first,
               { give(dx + i, take(dx + i, lanes) + drop(take(dy + i, lanes), word, d), lanes); });
}
#endif
