// Tiles of products for 16 registers of 8 floats (AVX2): up to 6 rows of 16 columns, or one and two
// rows of 32, so that 12 sums, the line of B and an element of A stay in registers.
#pragma once

typedef float v8 __attribute__((ext_vector_type(8)));

FL_INLINE v8 load8(const float *p) { return (v8)_mm256_loadu_ps(p); }
FL_INLINE void store8(float *p, v8 v) { _mm256_storeu_ps(p, (__m256)v); }

// Where a tile of C stands and what its sums start from.
typedef struct narrow_place {
  float *c;
  int64_t c_row;
  const float *start;  // the columns' first numbers, for every row; NULL: what C holds
} narrow_place;

// The multiply-adds of one step of the depth. The empty assembly keeps the element of A in one
// register: the compiler would load it again for each vector, and run out of load slots.
#define FL_NARROW_STEP(ROWS, VECTORS)                                           \
  do {                                                                          \
    v8 line[VECTORS];                                                           \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {      \
      line[v] = load8(b + 8 * v);                                               \
    }                                                                           \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {         \
      const __m256 x = _mm256_broadcast_ss(a + r * a_row);                      \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {    \
        sum[r][v] = (v8)_mm256_fmadd_ps(x, (__m256)line[v], (__m256)sum[r][v]); \
      }                                                                         \
    }                                                                           \
  } while (0)

// C[ROWS][8 VECTORS] = start + A B over `depth`; the element of row r and step p of A stands at
// a[r * a_row + p * a_step], B's lines are b_row floats apart.
#define FL_NARROW_TILE(ROWS, VECTORS)                                                              \
  static __attribute__((noinline)) void narrow_tile_##ROWS##_##VECTORS(                            \
      const float *a, int64_t a_row, int64_t a_step, const float *b, int64_t b_row, int64_t depth, \
      int64_t ahead, const narrow_place *to) {                                                     \
    v8 sum[ROWS][VECTORS];                                                                         \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                            \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                       \
        sum[r][v] = load8((to->start ? to->start : to->c + r * to->c_row) + 8 * v);                \
      }                                                                                            \
    }                                                                                              \
    _Pragma("clang loop unroll(disable)") for (; depth > 0; --depth, a += a_step, b += b_row) {    \
      __builtin_prefetch(b + ahead, 0, 2);                                                         \
      FL_NARROW_STEP(ROWS, VECTORS);                                                               \
    }                                                                                              \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                            \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                       \
        store8(to->c + r * to->c_row + 8 * v, sum[r][v]);                                          \
      }                                                                                            \
    }                                                                                              \
  }
