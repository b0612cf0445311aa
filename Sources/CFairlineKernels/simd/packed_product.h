// Products with a weight that was packed once: panels of FL_PANEL columns, each [depth, FL_PANEL].
//
// A tile of FL_TILE rows and one panel stays in registers over the whole depth.

#if FL_LEVEL == 2
#define FL_TILE 12
#else
#define FL_TILE 3
#endif
#define FL_PANEL 32

// w is [n, k]; the packed panel p holds w[p * FL_PANEL + c][d] at (p * k + d) * FL_PANEL + c, 0 beyond n.
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

// c[rows][32] = a[rows][k] panel + start; `columns` of the 32 are stored.
#define FL_PACKED_TILE(ROWS)                                                                                   \
  static void packed_tile_##ROWS(float *c, int64_t ldc, const float *a, int64_t lda, const float *panel,       \
                                 int64_t k, vf start0, vf start1, int64_t columns) {                           \
    vf sum[ROWS][2];                                                                                           \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                                        \
      sum[r][0] = start0;                                                                                      \
      sum[r][1] = start1;                                                                                      \
      __builtin_prefetch(c + r * ldc, 1);                                                                      \
      __builtin_prefetch(c + r * ldc + FL_WIDTH, 1);                                                           \
    }                                                                                                          \
    for (int64_t d = 0; d < k; ++d, panel += FL_PANEL) {                                                       \
      const vf b0 = load(panel), b1 = load(panel + FL_WIDTH);                                                  \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                                      \
        const float x = a[r * lda + d];                                                                        \
        sum[r][0] += x * b0;                                                                                   \
        sum[r][1] += x * b1;                                                                                   \
      }                                                                                                        \
    }                                                                                                          \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                                        \
      give(c + r * ldc, sum[r][0], smaller(columns, FL_WIDTH));                                                \
      if (columns > FL_WIDTH) give(c + r * ldc + FL_WIDTH, sum[r][1], columns - FL_WIDTH);                     \
    }                                                                                                          \
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
  packed_tile_1, packed_tile_2, packed_tile_3,
#if FL_LEVEL == 2
  packed_tile_4, packed_tile_5, packed_tile_6, packed_tile_7, packed_tile_8, packed_tile_9, packed_tile_10,
  packed_tile_11, packed_tile_12,
#endif
};

// Rows are shared out evenly over as few tiles as possible.
static void k_packed_product(float *c, int64_t ldc, const float *a, int64_t lda, const float *packed, const float *bias,
                             int64_t m, int64_t n, int64_t k, int64_t first_panel, int64_t last_panel) {
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
      packed_tiles[rows - 1](c + row * ldc + column, ldc, a + row * lda, lda, panel, k, start0, start1, columns);
    }
  }
}
