// Transposition of matrices, in tiles that stay in registers.

// dst[r][c] = src[c][r], or += with add; dst has `rows` rows of `cols`, rows are dst_row and
// src_row floats apart.
FL_KERNEL(void, transpose,
          (float *dst, int64_t dst_row, const float *src, int64_t src_row, int64_t rows,
           int64_t cols, bool add),
          (dst, dst_row, src, src_row, rows, cols, add))

#if FL_BODIES
#include "small_product.h"

static void k_transpose(float *dst, int64_t dst_row, const float *src, int64_t src_row,
                        int64_t rows, int64_t cols, bool add) {
  for (int64_t row = 0; row < rows; row += FL_WIDTH) {
    const int64_t height = smaller(FL_WIDTH, rows - row);
    for (int64_t col = 0; col < cols; col += FL_WIDTH) {
      const int64_t width = smaller(FL_WIDTH, cols - col);
      vf x[16];
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; ++i) {
        x[i] = i < width ? take(src + (col + i) * src_row + row, height) : (vf)0.0f;
      }
      transpose_tile(x);
      float *to = dst + row * dst_row + col;
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; ++i) {
        if (i >= height) continue;
        give(to + i * dst_row, add ? take(to + i * dst_row, width) + x[i] : x[i], width);
      }
    }
  }
}
#endif
