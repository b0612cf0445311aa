// Checks of products with 8 bit weights. Their sums are exact, so the results must be, to the
// rounding of one multiplication and one addition.
#include "check.h"

// What a row is rounded to: whole numbers, ties to even ones, and the scale.
static float quantized(int32_t *q, const float *x, int64_t k) {
  float most = 0;
  for (int64_t i = 0; i < k; ++i) most = fmaxf(most, fabsf(x[i]));
  const float factor = most < 1e-30f ? 0 : 127 / most;
  for (int64_t i = 0; i < k; ++i) q[i] = (int32_t)rintf(x[i] * factor);
  return most < 1e-30f ? 0 : most / 127;
}

static void check_product(int64_t m, int64_t n, int64_t k) {
  const int64_t panels = fl_packed_panels(n), depth = fl_int8_depth(k), lda = 2 * depth + 64;
  float *x = numbers(m * k, -3, 3), *w = numbers(n * k, -1, 1);
  // The largest sums there are.
  for (int64_t i = 0; i < k; ++i) x[i] = w[i] = i % 2 ? 3 : -3;
  const float *bias = numbers(n, -1, 1);
  int32_t *xq = calloc((size_t)(m * k), sizeof *xq), *wq = calloc((size_t)(n * k), sizeof *wq);
  float *x_scales = zeros(m), *w_scales = zeros(panels * 32);
  int8_t *weight = calloc((size_t)(n * k), 1);
  int8_t *packed = calloc((size_t)(panels * 32 * 2 * depth), 1);
  int32_t *offsets = calloc((size_t)panels * 32, sizeof *offsets);
  uint8_t *rows = calloc((size_t)(m * lda), 1);
  about("quantize_weight");
  fl_quantize_weight(weight, w_scales, w, n, k);
  for (int64_t j = 0; j < n; ++j) {
    near(w_scales[j], quantized(wq + j * k, w + j * k, k), 1e-6);
    for (int64_t i = 0; i < k; ++i) same(weight[j * k + i], wq[j * k + i]);
  }
  about("dequantize_rows");
  float *back = zeros(n * k);
  fl_dequantize_rows(back, k, weight, w_scales, n, k);
  EACH_NEAR(back, n * k, 1e-6, (double)wq[i] * w_scales[i / k]);
  about("quantize_rows");
  fl_quantize_rows(rows, lda, x_scales, x, k, m, k);
  for (int64_t r = 0; r < m; ++r) near(x_scales[r], quantized(xq + r * k, x + r * k, k), 1e-6);
  for (int chosen = 0; chosen < 2; ++chosen) {
    // All rows of the weight in their order, or the other way round.
    int32_t *order = calloc((size_t)n, sizeof *order);
    float *scales = zeros(panels * 32), *biases = zeros(panels * 32);
    for (int64_t j = 0; j < n; ++j) {
      order[j] = (int32_t)(chosen ? n - 1 - j : j);
      scales[j] = w_scales[order[j]];
      biases[j] = bias[order[j]];
    }
    about("pack_int8");
    fl_pack_int8(packed, offsets, weight, chosen ? order : NULL, n, k);
    for (int rectifies = 0; rectifies < 2; ++rectifies) {
      const fl_int8_weight packed_weight = {n, k, packed, offsets, scales, biases, rectifies};
      float *c = zeros(m * n);
      fl_int8_product(c, n, rows, lda, x_scales, &packed_weight, m, 0, panels);
      for (int64_t r = 0; r < m; ++r) {
        for (int64_t j = 0; j < n; ++j) {
          int32_t sum = 0;
          for (int64_t i = 0; i < k; ++i) sum += xq[r * k + i] * wq[order[j] * k + i];
          const float value = (float)sum * (scales[j] * x_scales[r]) + biases[j];
          about("pack_int8");
          near(c[r * n + j], rectifies ? fmaxf(value, 0) : value, 5e-7);
          about("int8_product");
          near(c[r * n + j], rectifies ? fmaxf(value, 0) : value, 5e-7);
        }
      }
    }
  }
}

static void check_not_finite(void) {
  about("quantize_rows");
  float x[16] = {1, 2, 3}, scale = 0;
  uint8_t row[256];
  x[5] = NAN;
  fl_quantize_rows(row, sizeof row, &scale, x, 16, 1, 16);
  near(scale, NAN, 0);
  x[5] = INFINITY;
  fl_quantize_rows(row, sizeof row, &scale, x, 16, 1, 16);
  near(scale, NAN, 0);
  memset(x, 0, sizeof x);
  fl_quantize_rows(row, sizeof row, &scale, x, 16, 1, 16);
  near(scale, 0, 0);
}

void check_integers(void) {
  const int64_t shapes[][3] = {{1, 1, 1},     {1, 33, 5},   {2, 32, 16},
                               {3, 31, 18},   {4, 70, 63},  {5, 100, 256},
                               {13, 64, 250}, {29, 40, 31}, {7, 32, 2048}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s) {
    check_product(shapes[s][0], shapes[s][1], shapes[s][2]);
  }
  check_not_finite();
}
