// Checks of products in float32: packed weights, sparse rows, large matrices.
#include "check.h"

static double dot(const float *a, int64_t a_step, const float *b, int64_t b_step, int64_t k) {
  double sum = 0;
  for (int64_t i = 0; i < k; ++i) sum += (double)a[i * a_step] * b[i * b_step];
  return sum;
}

static void check_transpose(int64_t rows, int64_t cols) {
  about("transpose");
  const int64_t from = rows + 3, to = cols + 2;
  const float *x = numbers(cols * from, -1, 1), *before = numbers(rows * to, -1, 1);
  for (int add = 0; add < 2; ++add) {
    float *y = copy(before, rows * to);
    fl_transpose(y, to, x, from, rows, cols, add);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < cols; ++c) {
        near(y[r * to + c], x[c * from + r] + (add ? (double)before[r * to + c] : 0), 1e-6);
      }
    }
  }
}

static void check_packed(int64_t m, int64_t n, int64_t k) {
  const int64_t lda = k + 3, ldc = n + 5, panels = fl_packed_panels(n);
  float *a = numbers(m * lda, -1, 1);
  const float *w = numbers(n * k, -1, 1), *bias = numbers(n, -1, 1);
  float *packed = zeros(panels * 32 * k), *c = zeros(m * ldc);
  about("pack_weight");
  fl_pack_weight(packed, w, n, k);
  for (int64_t i = 0; i < panels * 32 * k; ++i) {
    const int64_t row = i / (32 * k) * 32 + i % 32, column = i % (32 * k) / 32;
    near(packed[i], row < n ? w[row * k + column] : 0, 0);
  }
  about("packed_product");
  fl_packed_product(c, ldc, a, lda, packed, bias, m, n, k, 0, panels);
  for (int64_t r = 0; r < m; ++r) {
    for (int64_t j = 0; j < n; ++j)
      near(c[r * ldc + j], bias[j] + dot(a + r * lda, 1, w + j * k, 1, k), 2e-5);
  }
  about("mostly_zero");
  same(fl_mostly_zero(a, lda, m, k), false);
  for (int64_t i = 0; i < m * lda; ++i) {
    if (i % 4 != 0) a[i] = 0;
  }
  int64_t zero_count = 0;
  const int64_t looked = m < 4 ? m : 4;
  for (int64_t r = 0; r < looked; ++r) {
    for (int64_t i = 0; i < k; ++i) zero_count += a[r * m / looked * lda + i] == 0;
  }
  same(fl_mostly_zero(a, lda, m, k), zero_count * 5 >= looked * k * 3);
  about("sparse_product");
  float *sparse = zeros(m * ldc);
  fl_packed_product(c, ldc, a, lda, packed, bias, m, n, k, 0, panels);
  fl_sparse_product(sparse, ldc, a, lda, packed, bias, m, n, k);
  for (int64_t r = 0; r < m; ++r) {
    for (int64_t j = 0; j < n; ++j) near(sparse[r * ldc + j], c[r * ldc + j], 0);
  }
}

// One layout of the operands; the parts of C are computed one after the other.
static void check_blocked(int64_t m, int64_t n, int64_t k, bool a_turned, bool b_turned) {
  const float *a = numbers(m * k, -1, 1), *b = numbers(k * n, -1, 1), *bias = numbers(n, -1, 1);
  const float *before = numbers(m * n, -1, 1), *mask = numbers(m * n, -1, 1);
  const int64_t depth = fl_product_depth(FL_FLOAT32), blocks = (k + depth - 1) / depth;
  const int64_t panels = (n + 31) / 32;
  uint32_t *packed = calloc((size_t)fl_product_words(FL_FLOAT32, n, k) + 64, sizeof *packed);
  for (int kind = 0; kind < 3; ++kind) {
    float *c = copy(before, m * n);
    const fl_product g = {.m = m,
                          .n = n,
                          .k = k,
                          .a = a,
                          .a_row = a_turned ? 1 : k,
                          .a_step = a_turned ? m : 1,
                          .b = b,
                          .b_row = b_turned ? 1 : n,
                          .b_step = b_turned ? k : 1,
                          .c = c,
                          .c_row = n,
                          .bias = kind == 1 ? bias : NULL,
                          .add = kind == 0,
                          .clamp = kind == 1,
                          .mask = kind == 2 ? mask : NULL};
    about("pack_block");
    for (int64_t block = 0; block < blocks; ++block) {
      fl_pack_block(FL_FLOAT32, &g, packed, block, 0, panels);
    }
    int64_t filled = 0;
    for (int64_t i = 0; i < panels * 32 * k; ++i) filled += packed[i] != 0;
    same(filled >= n * k * 9 / 10, true);
    about("product_block");
    const int64_t half = m / 2, middle = panels / 2;
    const fl_part parts[] = {{0, half, 0, middle},
                             {half, m, 0, middle},
                             {0, half, middle, panels},
                             {half, m, middle, panels}};
    for (int p = 0; p < 4; ++p) {
      if (parts[p].first_row == parts[p].last_row || parts[p].first_panel == parts[p].last_panel)
        continue;
      fl_product_block(FL_FLOAT32, &g, packed, parts + p);
    }
    for (int64_t i = 0; i < m * n; ++i) {
      double want = dot(a + i / n * g.a_row, g.a_step, b + i % n * g.b_step, g.b_row, k);
      if (kind == 0) want += before[i];
      if (kind == 1) want = fmax(want + bias[i % n], 0);
      if (kind == 2 && !(mask[i] > 0)) want = 0;
      near(c[i], want, 2e-5);
    }
  }
}

void check_products(void) {
  const int64_t shapes[][3] = {{1, 1, 1},     {2, 33, 7},    {5, 32, 64},  {13, 100, 65},
                               {37, 70, 300}, {70, 129, 33}, {3, 8, 1030}, {66, 64, 513}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s) {
    const int64_t m = shapes[s][0], n = shapes[s][1], k = shapes[s][2];
    check_transpose(m, n);
    check_packed(m, n, k);
    for (int turned = 0; turned < 4; ++turned) check_blocked(m, n, k, turned & 1, turned & 2);
  }
}
