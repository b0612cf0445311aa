// Products with a weight that was packed once: panels of FL_PANEL columns, each [depth, FL_PANEL].
//
// A tile of FL_TILE rows and one panel stays in registers over the whole depth.

// Packs w [n, k] into panels of 32 rows: fl_packed_panels(n) * 32 * k floats.
FL_KERNEL(void, pack_weight, (float *packed, const float *w, int64_t n, int64_t k),
          (packed, w, n, k))
// Panels first_panel..<last_panel of c = a w^T + bias: c [m, n], a [m, k]; bias may be NULL. A
// row's result does not depend on the other rows.
FL_KERNEL(void, packed_product,
          (float *c, int64_t ldc, const float *a, int64_t lda, const float *packed,
           const float *bias, int64_t m, int64_t n, int64_t k, int64_t first_panel,
           int64_t last_panel),
          (c, ldc, a, lda, packed, bias, m, n, k, first_panel, last_panel))

#if FL_BODIES
#define FL_PANEL 32

// w is [n, k]; the packed panel p holds w[p * FL_PANEL + c][d] at (p * k + d) * FL_PANEL + c, 0
// beyond n.
static void k_pack_weight(float *packed, const float *w, int64_t n, int64_t k) {
  const int64_t panels = (n + FL_PANEL - 1) / FL_PANEL;
  for (int64_t p = 0; p < panels; ++p) {
    float *panel = packed + p * k * FL_PANEL;
    for (int64_t c = 0; c < FL_PANEL; ++c) {
      const int64_t row = p * FL_PANEL + c;
      for (int64_t d = 0; d < k; ++d) panel[d * FL_PANEL + c] = row < n ? w[row * k + d] : 0.0f;
    }
  }
}

// Brings part `part` of `parts` of the numbers begin..<end into the second-level cache.
FL_INLINE void ask_for_block(const float *begin, const float *end, int64_t part, int64_t parts) {
  const float *last = begin + (part + 1) * (end - begin) / parts;
  for (const float *p = begin + part * (end - begin) / parts; p < last; p += FL_WIDTH) {
    __builtin_prefetch(p, 0, 2);
  }
}

#if FL_LEVEL == 1
#include "narrow_tile.h"

FL_NARROW_TILE(1, 4)
FL_NARROW_TILE(2, 4)
FL_NARROW_TILE(3, 2)
FL_NARROW_TILE(4, 2)
FL_NARROW_TILE(5, 2)
FL_NARROW_TILE(6, 2)

// Rows of a tile, and steps of the depth for which a panel stays in the first-level cache.
enum { packed_rows = 6, packed_depth = 128 };

// The tile of each number of rows, and how many columns it takes.
static __typeof__(narrow_tile_1_4) *const packed_tiles[packed_rows] = {
    narrow_tile_1_4, narrow_tile_2_4, narrow_tile_3_2,
    narrow_tile_4_2, narrow_tile_5_2, narrow_tile_6_2,
};

FL_INLINE int64_t packed_columns(int64_t rows) { return rows < 3 ? 32 : 16; }

// A tile of which C has only some columns: it is computed beside C.
static void packed_edge(const float *a, int64_t lda, const float *b, int64_t depth, int64_t rows,
                        int64_t columns, const narrow_place *to) {
  float part[packed_rows * FL_PANEL];
  const narrow_place beside = {part, FL_PANEL, to->start};
  for (int64_t r = 0; r < rows && !to->start; ++r) {
    memcpy(part + r * FL_PANEL, to->c + r * to->c_row, (size_t)columns * sizeof *part);
  }
  packed_tiles[rows - 1](a, lda, 1, b, FL_PANEL, depth, packed_depth * FL_PANEL, &beside);
  for (int64_t r = 0; r < rows; ++r) {
    memcpy(to->c + r * to->c_row, part + r * FL_PANEL, (size_t)columns * sizeof *part);
  }
}

// Rows are shared out evenly over as few tiles as possible. The sums of several tiles go through C
// from one block of the depth to the next, which changes none of their bits.
static void k_packed_product(float *c, int64_t ldc, const float *a, int64_t lda,
                             const float *packed, const float *bias, int64_t m, int64_t n,
                             int64_t k, int64_t first_panel, int64_t last_panel) {
  const int64_t tiles = (m + packed_rows - 1) / packed_rows, block = packed_depth;
  const float *end = packed + last_panel * k * FL_PANEL;
  for (int64_t p = first_panel; p < last_panel; ++p) {
    const int64_t column = p * FL_PANEL, columns = smaller(n - column, FL_PANEL);
    float start[FL_PANEL] = {0};
    if (bias) memcpy(start, bias + column, (size_t)columns * sizeof *start);
    int64_t first = 0;
    do {
      const int64_t depth = smaller(block, k - first);
      const float *next = packed + (p * k + first + depth) * FL_PANEL;
      for (int64_t t = 0; t < tiles; ++t) {
        ask_for_block(next, next + smaller(end - next, block * FL_PANEL), t, tiles);
        const int64_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
        const int64_t step = packed_columns(rows);
        for (int64_t j = 0; j < columns; j += step) {
          const narrow_place to = {c + row * ldc + column + j, ldc, first > 0 ? NULL : start + j};
          const float *x = a + row * lda + first, *b = packed + (p * k + first) * FL_PANEL + j;
          if (j + step <= columns) {
            packed_tiles[rows - 1](x, lda, 1, b, FL_PANEL, depth, packed_depth * FL_PANEL, &to);
          } else {
            packed_edge(x, lda, b, depth, rows, columns - j, &to);
          }
        }
      }
      first += depth;
    } while (first < k);
  }
}
#else
#if FL_LEVEL == 2
#define FL_TILE 12
#else
#define FL_TILE 3
#endif

// c[rows][32] = a[rows][k] panel + start; `columns` of the 32 are stored.
#define FL_PACKED_TILE(ROWS)                                                               \
  static void packed_tile_##ROWS(float *c, int64_t ldc, const float *a, int64_t lda,       \
                                 const float *panel, int64_t k, vf start0, vf start1,      \
                                 int64_t columns) {                                        \
    vf sum[ROWS][2];                                                                       \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                    \
      sum[r][0] = start0;                                                                  \
      sum[r][1] = start1;                                                                  \
      __builtin_prefetch(c + r * ldc, 1);                                                  \
      __builtin_prefetch(c + r * ldc + FL_WIDTH, 1);                                       \
    }                                                                                      \
    for (int64_t d = 0; d < k; ++d, panel += FL_PANEL) {                                   \
      const vf b0 = load(panel), b1 = load(panel + FL_WIDTH);                              \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                  \
        const float x = a[r * lda + d];                                                    \
        sum[r][0] += x * b0;                                                               \
        sum[r][1] += x * b1;                                                               \
      }                                                                                    \
    }                                                                                      \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                    \
      give(c + r * ldc, sum[r][0], smaller(columns, FL_WIDTH));                            \
      if (columns > FL_WIDTH) give(c + r * ldc + FL_WIDTH, sum[r][1], columns - FL_WIDTH); \
    }                                                                                      \
  }

FL_PACKED_TILE(1)
FL_PACKED_TILE(2)
FL_PACKED_TILE(3)
#if FL_LEVEL == 2
FL_PACKED_TILE(4)
FL_PACKED_TILE(5)
FL_PACKED_TILE(6)
FL_PACKED_TILE(7)
FL_PACKED_TILE(8)
FL_PACKED_TILE(9)
FL_PACKED_TILE(10)
FL_PACKED_TILE(11)
FL_PACKED_TILE(12)
#endif

// The tile of each number of rows.
static __typeof__(packed_tile_1) *const packed_tiles[FL_TILE] = {
    packed_tile_1, packed_tile_2,  packed_tile_3,
#if FL_LEVEL == 2
    packed_tile_4, packed_tile_5,  packed_tile_6,  packed_tile_7,  packed_tile_8,
    packed_tile_9, packed_tile_10, packed_tile_11, packed_tile_12,
#endif
};

// Rows are shared out evenly over as few tiles as possible.
static void k_packed_product(float *c, int64_t ldc, const float *a, int64_t lda,
                             const float *packed, const float *bias, int64_t m, int64_t n,
                             int64_t k, int64_t first_panel, int64_t last_panel) {
  const int64_t tiles = (m + FL_TILE - 1) / FL_TILE;
  for (int64_t p = first_panel; p < last_panel; ++p) {
    const float *panel = packed + p * k * FL_PANEL;
    const int64_t column = p * FL_PANEL, columns = smaller(n - column, FL_PANEL);
    vf start0 = {0}, start1 = {0};
    if (bias) {
      start0 = take(bias + column, smaller(columns, FL_WIDTH));
      if (columns > FL_WIDTH) start1 = take(bias + column + FL_WIDTH, columns - FL_WIDTH);
    }
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
      packed_tiles[rows - 1](c + row * ldc + column, ldc, a + row * lda, lda, panel, k, start0,
                             start1, columns);
    }
  }
}
#endif
#endif
