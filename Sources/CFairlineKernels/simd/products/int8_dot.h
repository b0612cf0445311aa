// The 8 bit product with AArch64's dot products (SDOT, FEAT_DotProd): a tile of up to three rows
// and one panel stays in registers over the whole depth.
//
// SDOT takes both sides with a sign, so the 128 that rows carry is taken off again, and the sums
// need no offsets.

enum { dot_rows = 3, dot_columns = int8_panel / 4, int8_shift = 128 };

// Four groups of a row as numbers with a sign; what lies behind the depth counts as 0.
FL_INLINE int8x16_t dot_row(const uint8_t *a, int64_t bytes) {
  const uint8x16_t sign = vdupq_n_u8(int8_shift);
  if (bytes >= 16) return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(a), sign));
  uint8_t rest[16];
  memset(rest, int8_shift, sizeof rest);
  memcpy(rest, a, (size_t)bytes);
  return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(rest), sign));
}

// Adds the products of one group, which is a lane of each row.
#define FL_DOT_GROUP(LANE)                                                     \
  if (d + 4 * LANE < depth) {                                                  \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < dot_columns; ++i) { \
      const int8x16_t columns = vld1q_s8(panel + 16 * i);                      \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; ++r) {      \
        sum[r][i] = vdotq_laneq_s32(sum[r][i], columns, x[r], LANE);           \
      }                                                                        \
    }                                                                          \
    panel += 16 * dot_columns;                                                 \
  }

FL_INLINE void dot_tile(const int rows, float *c, int64_t ldc, const uint8_t *a, int64_t lda,
                        const float *a_scale, const fl_int8_weight *w, const int8_t *panel,
                        int64_t column) {
  const int64_t depth = fl_int8_depth(w->k);
  int32x4_t sum[dot_rows][dot_columns];
  _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; ++r) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < dot_columns; ++i) {
      sum[r][i] = vdupq_n_s32(0);
    }
  }
  for (int64_t d = 0; d < depth; d += 16) {
    int8x16_t x[dot_rows];
    _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; ++r) {
      x[r] = dot_row(a + r * lda + d, depth - d);
    }
    FL_DOT_GROUP(0)
    FL_DOT_GROUP(1)
    FL_DOT_GROUP(2)
    FL_DOT_GROUP(3)
  }
  for (int r = 0; r < rows; ++r) {
    for (int64_t half = 0; half < int8_panel && column + half < w->n; half += FL_WIDTH) {
      vi whole;
      memcpy(&whole, &sum[r][half / 4], sizeof whole);
      give_scaled(c + r * ldc + half, whole, w, column + half,
                  smaller(FL_WIDTH, w->n - column - half), a_scale[r]);
    }
  }
}

static void k_int8_product(float *c, int64_t ldc, const uint8_t *a, int64_t lda,
                           const float *a_scale, const fl_int8_weight *w, int64_t m,
                           int64_t first_panel, int64_t last_panel) {
  for (int64_t p = first_panel; p < last_panel; ++p) {
    const int8_t *panel = w->packed + p * fl_int8_depth(w->k) * int8_panel;
    const int64_t column = p * int8_panel;
    for (int64_t row = 0; row < m; row += dot_rows) {
      float *to = c + row * ldc + column;
      const uint8_t *from = a + row * lda;
      const float *scale = a_scale + row;
      switch (smaller(dot_rows, m - row)) {
        case 1:
          dot_tile(1, to, ldc, from, lda, scale, w, panel, column);
          break;
        case 2:
          dot_tile(2, to, ldc, from, lda, scale, w, panel, column);
          break;
        default:
          dot_tile(3, to, ldc, from, lda, scale, w, panel, column);
      }
    }
  }
}
