// Vectors of 16 floats, whatever the width of the machine's registers; the compiler splits them.
#pragma once
#define FL_INLINE static inline __attribute__((always_inline))
#define FL_WIDTH 16

typedef float vf __attribute__((ext_vector_type(16)));
typedef int32_t vi __attribute__((ext_vector_type(16)));
typedef uint32_t vu __attribute__((ext_vector_type(16)));
typedef uint64_t vq __attribute__((ext_vector_type(8)));

FL_INLINE vf load(const float *p) {
  vf v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

FL_INLINE void store(float *p, vf v) { __builtin_memcpy(p, &v, sizeof v); }

FL_INLINE vi lane_numbers(void) {
  return (vi){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
}

// The first `lanes` floats at p; the other lanes are 0.
FL_INLINE vf load_part(const float *p, int64_t lanes) {
#if FL_LEVEL == 2
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << lanes) - 1), p);
#elif FL_LEVEL == 1
  const vi inside = lane_numbers() < (vi)(int32_t)lanes;
  vf v;
  v.lo = _mm256_maskload_ps(p, (__m256i)inside.lo);
  v.hi = _mm256_maskload_ps(p + 8, (__m256i)inside.hi);
  return v;
#else
  float t[FL_WIDTH] = {0};
  for (int64_t i = 0; i < lanes; ++i) t[i] = p[i];
  return load(t);
#endif
}

// In pieces where vectors are wide: AMD's processors take ten times as long for a masked store as
// for a whole one.
FL_INLINE void store_part(float *p, vf v, int64_t lanes) {
#if FL_LEVEL > 0
  if (lanes >= FL_WIDTH) {
    store(p, v);
    return;
  }
  __m256 eight = v.lo;
  if (lanes & 8) {
    _mm256_storeu_ps(p, eight);
    p += 8;
    eight = v.hi;
  }
  __m128 four = _mm256_castps256_ps128(eight);
  if (lanes & 4) {
    _mm_storeu_ps(p, four);
    p += 4;
    four = _mm256_extractf128_ps(eight, 1);
  }
  if (lanes & 2) {
    _mm_storel_pi((__m64 *)p, four);
    p += 2;
    four = _mm_movehl_ps(four, four);
  }
  if (lanes & 1) _mm_store_ss(p, four);
#else
  float t[FL_WIDTH];
  store(t, v);
  for (int64_t i = 0; i < lanes; ++i) p[i] = t[i];
#endif
}

// All 16 lanes, or the first few at the end of a range.
FL_INLINE vf take(const float *p, int64_t lanes) {
  return lanes == FL_WIDTH ? load(p) : load_part(p, lanes);
}

FL_INLINE void give(float *p, vf v, int64_t lanes) {
  if (lanes == FL_WIDTH) {
    store(p, v);
  } else {
    store_part(p, v, lanes);
  }
}

FL_INLINE vf vmax(vf a, vf b) { return a > b ? a : b; }
FL_INLINE vf vmin(vf a, vf b) { return a < b ? a : b; }

// a * b + c, rounded once where the level has such an instruction. The compiler makes them by
// itself; it is told which of two products of a sum to take where results must not depend on its
// choice.
FL_INLINE vf fused(vf a, vf b, vf c) {
#if FL_LEVEL > 0
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

FL_INLINE vi bits(vf x) { return (vi)x; }
FL_INLINE vf from_bits(vi x) { return (vf)x; }
FL_INLINE vf vabs(vf x) { return from_bits(bits(x) & 0x7fffffff); }
FL_INLINE vf vsqrt(vf x) { return __builtin_elementwise_sqrt(x); }
FL_INLINE vf to_float(vi x) { return __builtin_convertvector(x, vf); }

// Sum and maximum of the lanes, always as the same tree.
FL_INLINE float lane_sum(vf v) {
  const __typeof__(v.lo) a = v.lo + v.hi;
  const __typeof__(a.lo) b = a.lo + a.hi;
  const __typeof__(b.lo) c = b.lo + b.hi;
  return c.x + c.y;
}

FL_INLINE float lane_max(vf v) {
  const __typeof__(v.lo) a = v.lo > v.hi ? v.lo : v.hi;
  const __typeof__(a.lo) b = a.lo > a.hi ? a.lo : a.hi;
  const __typeof__(b.lo) c = b.lo > b.hi ? b.lo : b.hi;
  return c.x > c.y ? c.x : c.y;
}

FL_INLINE bool any_lane(vi condition) {
#if FL_LEVEL == 2
  return _mm512_movepi32_mask((__m512i)condition) != 0;
#else
  const __typeof__(condition.lo) a = condition.lo | condition.hi;
  const __typeof__(a.lo) b = a.lo | a.hi;
  return (b.x | b.y | b.z | b.w) != 0;
#endif
}

FL_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
FL_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

// Runs a body for each vector of a range of n elements, with `i`, the vector's offset, and `lanes`,
// 16 or fewer at the end.
#define FL_EACH_VECTOR(n, ...)                  \
  do {                                          \
    const int64_t n_ = (n);                     \
    int64_t i = 0;                              \
    for (; i + FL_WIDTH <= n_; i += FL_WIDTH) { \
      const int64_t lanes = FL_WIDTH;           \
      __VA_ARGS__                               \
    }                                           \
    if (i < n_) {                               \
      const int64_t lanes = n_ - i;             \
      __VA_ARGS__                               \
    }                                           \
  } while (0)
