// Products of 8 bit rows with packed 8 bit weights: exact sums of 32 bits, then one scale for each
// cell.
//
// How both are stored depends on the instructions of the level in use: fl_int8_layout.

#if FL_TYPES
// How rows of activations and packed weights are stored.
typedef enum fl_int8_layout {
  // Rows are bytes with 128 added, as the instructions want one side unsigned, and four of a
  // weight's
  // numbers stand together. [depth / 4, 32, 4]
  FL_INT8_BYTES_OF_FOUR,
  // Rows are 16 bit integers, and two of a weight's numbers stand together. [depth / 2, 32, 2]
  FL_INT8_WORDS_OF_TWO,
} fl_int8_layout;
// A packed weight with what its product does besides: bias (may be NULL), and max(0, x).
typedef struct fl_int8_weight {
  int64_t n, k;
  const int8_t *packed;    // fl_packed_panels(n) * 32 * fl_int8_depth(k) bytes
  const int32_t *offsets;  // 128 times the sum of each row of w; fl_packed_panels(n) * 32 of them
  const float *scales, *bias;
  bool rectifies;
} fl_int8_weight;
#endif

// Panels first_panel..<last_panel of c = a w^T + bias: c [m, n], a [m, lda] from
// fl_quantize_rows with lda >= fl_int8_row(k). Sums are exact, so that a row's result does not
// depend on the other rows.
FL_KERNEL(void, int8_product,
          (float *c, int64_t ldc, const uint8_t *a, int64_t lda, const float *a_scale,
           const fl_int8_weight *w, int64_t m, int64_t first_panel, int64_t last_panel),
          (c, ldc, a, lda, a_scale, w, m, first_panel, last_panel))

#if FL_BODIES
// Scales 16 sums of one row and stores them.
FL_INLINE void give_scaled(float *c, vi sum, const fl_int8_weight *w, int64_t column, int64_t lanes,
                           float scale) {
#pragma clang fp contract(off)
  vf value = to_float(sum) * (take(w->scales + column, lanes) * scale);
  if (w->bias) value += take(w->bias + column, lanes);
  if (w->rectifies) value = vmax(value, (vf)(0.0f));
  give(c, value, lanes);
}

#if FL_DOT_PRODUCT
#include "int8_dot.h"
#else
// Brings part `part` of `parts` of a panel into the second-level cache.
FL_INLINE void ask_for_panel(const fl_int8_weight *w, int64_t panel, int64_t part, int64_t parts) {
  const int64_t size = fl_int8_depth(w->k) * int8_panel, end = (part + 1) * size / parts;
  const int8_t *start = w->packed + panel * size;
  for (int64_t i = part * size / parts; i < end; i += 64) __builtin_prefetch(start + i, 0, 2);
}

// The same for a panel's sums.
static void give_scaled_panel(float *c, const int32_t *sums, const fl_int8_weight *w,
                              int64_t column, float scale, fl_int8_layout layout) {
  for (int64_t half = 0; half < int8_panel && column + half < w->n; half += FL_WIDTH) {
    vi sum, offset = 0;
    memcpy(&sum, sums + half, sizeof sum);
    if (layout == FL_INT8_BYTES_OF_FOUR) memcpy(&offset, w->offsets + column + half, sizeof offset);
    give_scaled(c + half, sum - offset, w, column + half, smaller(FL_WIDTH, w->n - column - half),
                scale);
  }
}

// Sums of up to int8_rows rows and a panel. [row, 32]
#if FL_LEVEL > 0
#include "int8_tile.h"
#define FL_INT8_WIDENED
#include "int8_tile.h"
#undef FL_INT8_WIDENED

// Rows of a tile; and the greatest depth, and the least number of rows, for which half a panel is
// widened once for all rows, and then stays in the first-level cache.
enum { int8_rows = 6, widened_depth = 512, widened_rows = 13 };

FL_INLINE void panel_sums(int32_t *sums, const uint8_t *a, int64_t lda, int64_t rows,
                          const int8_t *panel, int64_t depth, fl_int8_layout layout) {
#if FL_LEVEL == 1
  if (layout == FL_INT8_BYTES_OF_FOUR) {
    int8_sums_vnni(sums, a, lda, rows, panel, depth);
    return;
  }
#endif
  int8_sums_wide(sums, a, lda, rows, panel, depth);
}

// Half `half` of panel p for all rows; panel `next` is asked for on the way.
static void widened_product(float *c, int64_t ldc, const uint8_t *a, int64_t lda,
                            const float *a_scale, const fl_int8_weight *w, int64_t m, int64_t p,
                            int64_t half, int64_t next) {
  const int64_t depth = fl_int8_depth(w->k), tiles = (m + int8_rows - 1) / int8_rows;
  const int64_t column = p * int8_panel + half * FL_WIDTH;
  const int8_t *from = w->packed + p * depth * int8_panel + half * 2 * FL_WIDTH;
  __m256i wide[widened_depth / 2 * 2];
  for (int64_t i = 0; i < depth / 2; ++i, from += 2 * int8_panel) {
    wide[2 * i] = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)from));
    wide[2 * i + 1] = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(from + 16)));
  }
  for (int64_t t = 0; t < tiles; ++t) {
    const int64_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
    int32_t sums[int8_rows * int8_panel];
    ask_for_panel(w, next, half * tiles + t, 2 * tiles);
    int8_tiles_widened[rows - 3](sums, a + row * lda, lda, (const int8_t *)wide, depth / 2);
    for (int64_t r = 0; r < rows; ++r) {
      vi sum;
      memcpy(&sum, sums + r * int8_panel, sizeof sum);
      give_scaled(c + (row + r) * ldc + column, sum, w, column, smaller(FL_WIDTH, w->n - column),
                  a_scale[row + r]);
    }
  }
}
#else
enum { int8_rows = 1 };

FL_INLINE void panel_sums(int32_t *sums, const uint8_t *a, int64_t lda, int64_t rows,
                          const int8_t *panel, int64_t depth, fl_int8_layout layout) {
  memset(sums, 0, int8_panel * sizeof *sums);
  for (int64_t d = 0; d < depth; d += 4, a += 4) {
    for (int64_t c = 0; c < int8_panel; ++c, panel += 4) {
      sums[c] += a[0] * panel[0] + a[1] * panel[1] + a[2] * panel[2] + a[3] * panel[3];
    }
  }
}
#endif

static void k_int8_product(float *c, int64_t ldc, const uint8_t *a, int64_t lda,
                           const float *a_scale, const fl_int8_weight *w, int64_t m,
                           int64_t first_panel, int64_t last_panel) {
#if FL_LEVEL == 2
  if (__builtin_cpu_supports("avx512vnni")) {
    vnni_product(c, ldc, a, lda, a_scale, w, m, first_panel, last_panel);
    return;
  }
#endif
  const int64_t depth = fl_int8_depth(w->k), tiles = (m + int8_rows - 1) / int8_rows;
  const fl_int8_layout layout = fl_int8_layout_in_use();
  for (int64_t p = first_panel; p < last_panel; ++p) {
    const int64_t next = smaller(p + 1, last_panel - 1);
#if FL_LEVEL > 0
    if (layout == FL_INT8_WORDS_OF_TWO && m >= widened_rows && depth <= widened_depth) {
      widened_product(c, ldc, a, lda, a_scale, w, m, p, 0, next);
      if (p * int8_panel + FL_WIDTH < w->n) {
        widened_product(c, ldc, a, lda, a_scale, w, m, p, 1, next);
      }
      continue;
    }
#endif
    const int8_t *panel = w->packed + p * depth * int8_panel;
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
      int32_t sums[int8_rows * int8_panel];
      ask_for_panel(w, next, t, tiles);
      panel_sums(sums, a + row * lda, lda, rows, panel, depth, layout);
      for (int64_t r = 0; r < rows; ++r) {
        give_scaled_panel(c + (row + r) * ldc + p * int8_panel, sums + r * int8_panel, w,
                          p * int8_panel, a_scale[row + r], layout);
      }
    }
  }
}
#endif
#endif
