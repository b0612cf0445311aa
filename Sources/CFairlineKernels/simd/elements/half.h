// Vectors of float16 in memory.

// Rounds to float16, to nearest even; values beyond its range become its largest ones, what is
// no number the least.
FL_KERNEL(void, to_half, (uint16_t *dst, const float *x, int64_t n), (dst, x, n))

#if FL_BODIES
typedef uint16_t vs __attribute__((ext_vector_type(16)));

FL_INLINE vf load_half(const uint16_t *p) {
#if FL_LEVEL == 2
  return (vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
#elif FL_LEVEL == 1
  vf v;
  v.lo = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
  v.hi = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p + 8)));
  return v;
#else
  vs s;
  __builtin_memcpy(&s, p, sizeof s);
  const vu h = __builtin_convertvector(s, vu);
  // The exponents' biases differ by 112; the product is exact for subnormal numbers too.
  const vf size = from_bits((vi)((h & 0x7fff) << 13)) * 0x1p112f;
  return from_bits(bits(size) | (vi)((h & 0x8000) << 16));
#endif
}

FL_INLINE void store_half(uint16_t *p, vf v) {
  v = vmin(vmax(v, (vf)(-65504.0f)), (vf)(65504.0f));
#if FL_LEVEL == 2
  _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT));
#elif FL_LEVEL == 1
  _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph((__m256)v.lo, _MM_FROUND_TO_NEAREST_INT));
  _mm_storeu_si128((__m128i *)(p + 8), _mm256_cvtps_ph((__m256)v.hi, _MM_FROUND_TO_NEAREST_INT));
#else
  const vu sign = (vu)bits(v) >> 16 & 0x8000;
  const vf size = vabs(v);
  // Below the smallest normal number, adding 1/2 rounds to multiples of 2^-24.
  const vu small = (vu)bits(size + 0.5f) - 0x3f000000;
  const vu whole = (vu)bits(size);
  const vu large = (whole - (112u << 23) + 0xfff + (whole >> 13 & 1)) >> 13;
  const vu h = (vu)(size < 0x1p-14f) ? small : large;
  const vs s = __builtin_convertvector(h | sign, vs);
  __builtin_memcpy(p, &s, sizeof s);
#endif
}

// Elements of a row of either kind, from element `i` on; the first `lanes` count, the others are 0.
FL_INLINE vf take_either(const void *row, int64_t i, int64_t lanes, bool half) {
  if (!half) return take((const float *)row + i, lanes);
  const uint16_t *p = (const uint16_t *)row + i;
  if (lanes == FL_WIDTH) return load_half(p);
  uint16_t part[FL_WIDTH] = {0};
  __builtin_memcpy(part, p, (size_t)lanes * sizeof *part);
  return load_half(part);
}

static void k_to_half(uint16_t *dst, const float *x, int64_t n) {
  FL_EACH_VECTOR(n, {
    uint16_t part[FL_WIDTH];
    store_half(part, take(x + i, lanes));
    __builtin_memcpy(dst + i, part, (size_t)lanes * sizeof *part);
  });
}
#endif
