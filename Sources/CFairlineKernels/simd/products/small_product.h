// Products of small matrices, C = A B or C += A B, a tile of C in registers. A is read element by
// element, so that its transpose costs nothing; rows of B are whole vectors (packed when they are
// not).
#pragma once

typedef struct product {
  int64_t m, n, k;  // C is [m, n]; only its last vector of columns may be partial
  const float *a;   // element (i, p) stands at a[i * a_row + p * a_step]
  int64_t a_row, a_step;
  const float *b;  // rows of at least n floats, rounded up to whole vectors
  int64_t b_row;
  float *c;
  int64_t c_row;
  bool add;
} product;

// The largest tile whose accumulators fit in the registers.
#if FL_LEVEL == 2
#define FL_TILE_ROWS 6
#define FL_TILE_VECTORS 4
#elif FL_LEVEL == 1 || !defined(__x86_64__)
#define FL_TILE_ROWS 6
#define FL_TILE_VECTORS 1
#else
#define FL_TILE_ROWS 2
#define FL_TILE_VECTORS 1
#endif

FL_INLINE void product_tile(const int rows, const int vectors, const product *g, int64_t i,
                            int64_t j) {
  vf sum[FL_TILE_ROWS][FL_TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) sum[r][v] = 0;
  }
  const int64_t a_row = g->a_row, a_step = g->a_step, b_row = g->b_row;
  const float *a = g->a + i * a_row;
  const float *b = g->b + j;
  for (int64_t p = g->k; p > 0; --p, a += a_step, b += b_row) {
    vf line[FL_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) line[v] = load(b + v * FL_WIDTH);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) {
      const vf factor = a[r * a_row];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) sum[r][v] += factor * line[v];
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) {
      float *c = g->c + (i + r) * g->c_row + j + v * FL_WIDTH;
      const int64_t lanes = smaller(FL_WIDTH, g->n - j - v * FL_WIDTH);
      give(c, g->add ? take(c, lanes) + sum[r][v] : sum[r][v], lanes);
    }
  }
}

// All rows of C for one group of columns.
FL_INLINE void product_columns(const int vectors, const product *g, int64_t j) {
  int64_t i = 0;
  for (; i + FL_TILE_ROWS <= g->m; i += FL_TILE_ROWS) product_tile(FL_TILE_ROWS, vectors, g, i, j);
#if FL_TILE_ROWS > 4
  for (; i + 4 <= g->m; i += 4) product_tile(4, vectors, g, i, j);
#endif
#if FL_TILE_ROWS > 2
  for (; i + 2 <= g->m; i += 2) product_tile(2, vectors, g, i, j);
#endif
  for (; i < g->m; ++i) product_tile(1, vectors, g, i, j);
}

static __attribute__((noinline)) void small_product(const product *g) {
  for (int64_t j = 0; j < g->n;) {
    const int64_t left = (g->n - j + FL_WIDTH - 1) / FL_WIDTH;
    const int64_t vectors = smaller(left, FL_TILE_VECTORS);
    switch (vectors) {
#if FL_TILE_VECTORS == 4
      case 4:
        product_columns(4, g, j);
        break;
      case 3:
        product_columns(3, g, j);
        break;
      case 2:
        product_columns(2, g, j);
        break;
#endif
      default:
        product_columns(1, g, j);
        break;
    }
    j += vectors * FL_WIDTH;
  }
}

FL_INLINE int64_t whole_vectors(int64_t n) { return (n + FL_WIDTH - 1) / FL_WIDTH * FL_WIDTH; }

// One step of a 16 x 16 transpose: exchanges blocks of `far` lanes between rows that far apart.
#define FL_EXCHANGE(x, far, low, high)                                    \
  for (int r_ = 0; r_ < 16; ++r_) {                                       \
    if (r_ & far) continue;                                               \
    const vf first_ = x[r_], second_ = x[r_ + far];                       \
    x[r_] = __builtin_shufflevector(first_, second_, FL_LIST low);        \
    x[r_ + far] = __builtin_shufflevector(first_, second_, FL_LIST high); \
  }
#define FL_LIST(...) __VA_ARGS__

FL_INLINE void transpose_tile(vf x[16]) {
#pragma clang loop unroll(full)
  FL_EXCHANGE(x, 8, (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
              (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#pragma clang loop unroll(full)
  FL_EXCHANGE(x, 4, (0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
              (4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
#pragma clang loop unroll(full)
  FL_EXCHANGE(x, 2, (0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
              (2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
#pragma clang loop unroll(full)
  FL_EXCHANGE(x, 1, (0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
              (1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
}

// Transposed copies stand in panels of up to 64 columns, each [cols, width] without gaps: a panel
// fits in the first-level cache.
enum { panel_width = 64 };

FL_INLINE int64_t width_of_panel(int64_t rows, int64_t panel) {
  return smaller(panel_width, whole_vectors(rows - panel * panel_width));
}

// dst = s * src^T in panels; src is [rows, cols], its rows `stride` floats apart. Columns past
// `rows` become 0.
static __attribute__((noinline)) void pack_transposed(float *dst, const float *src, int64_t stride,
                                                      int64_t rows, int64_t cols, float s) {
  for (int64_t row = 0; row < rows; row += FL_WIDTH) {
    const int64_t panel = row / panel_width;
    const int64_t width = width_of_panel(rows, panel);
    float *to = dst + panel * panel_width * cols + row % panel_width;
    for (int64_t c = 0; c < cols; c += FL_WIDTH) {
      const int64_t lanes = smaller(FL_WIDTH, cols - c);
      vf x[16];
#pragma clang loop unroll(full)
      for (int r = 0; r < 16; ++r) {
        x[r] = row + r < rows ? take(src + (row + r) * stride + c, lanes) * s : (vf)0.0f;
      }
      transpose_tile(x);
      if (lanes == FL_WIDTH) {
#pragma clang loop unroll(full)
        for (int r = 0; r < 16; ++r) store(to + (c + r) * width, x[r]);
      } else {
        float t[16 * FL_WIDTH];
        memcpy(t, x, sizeof t);
        for (int64_t r = 0; r < lanes; ++r) store(to + (c + r) * width, load(t + r * FL_WIDTH));
      }
    }
  }
}

// dst[r] = src[r] without gaps, each row rounded up to whole vectors with zeros.
FL_INLINE void pack_rows(float *dst, const float *src, int64_t stride, int64_t rows, int64_t cols) {
  const int64_t width = whole_vectors(cols);
  for (int64_t r = 0; r < rows; ++r) {
    FL_EACH_VECTOR(cols, { store(dst + r * width + i, take(src + r * stride + i, lanes)); });
  }
}
