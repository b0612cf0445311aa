// Checks of attention: forward, backward, and single steps over cached rows.
#include "check.h"

// The probabilities of one query, and the log of their sum.
static double weigh(const fl_attention *a, double *p, const float *q, const float *k, int64_t i) {
  const int64_t last = a->causal ? i + 1 + a->keys - a->queries : a->keys;
  double total = 0;
  for (int64_t j = 0; j < a->keys; ++j) {
    double score = 0;
    for (int64_t d = 0; d < a->head_dim; ++d)
      score += (double)q[i * a->ldq + d] * k[j * a->ldk + d];
    p[j] = j < last ? exp(a->scale * score) : 0;
    total += p[j];
  }
  for (int64_t j = 0; j < a->keys; ++j) p[j] /= total;
  return log(total);
}

static void check_head(int64_t queries, int64_t keys, int64_t head_dim, bool causal, float p) {
  const int64_t row = 3 * head_dim + 1;
  const fl_attention a = {queries, keys, head_dim, row, row, row, row, 0.2f, causal, p, 5, 6, 7};
  const float *q = numbers(queries * row, -1, 1), *k = numbers(keys * row, -1, 1);
  const float *v = numbers(keys * row, -1, 1), *dout = numbers(queries * row, -1, 1);
  float *out = zeros(queries * row), *lse = zeros(queries), *mask = zeros(queries * keys);
  float *dq = zeros(queries * row), *dk = zeros(keys * row), *dv = zeros(keys * row);
  float *probabilities = zeros(queries * keys);
  fl_attention_forward(&a, out, lse, probabilities, q, k, v);
  fl_attention_backward(&a, dq, dk, dv, dout, out, lse, q, k, v);
  float *ones = zeros(queries * keys);
  fl_fill(ones, 1, queries * keys);
  fl_dropout(mask, ones, p, a.key, a.stream, a.first, queries * keys);
  double *w = calloc((size_t)keys, sizeof *w), *dw = calloc((size_t)keys, sizeof *dw);
  double *want_q = calloc((size_t)head_dim, sizeof *want_q);
  double *want_k = calloc((size_t)(keys * row), sizeof *want_k);
  double *want_v = calloc((size_t)(keys * row), sizeof *want_v);
  for (int64_t i = 0; i < queries; ++i) {
    about("attention_forward");
    near(lse[i], weigh(&a, w, q, k, i), 1e-5);
    double along = 0;
    for (int64_t j = 0; j < keys; ++j) {
      near(probabilities[i * keys + j], w[j], 1e-5);
      dw[j] = 0;
      for (int64_t d = 0; d < head_dim; ++d) {
        dw[j] += (double)mask[i * keys + j] * dout[i * row + d] * v[j * row + d];
        want_v[j * row + d] += w[j] * mask[i * keys + j] * dout[i * row + d];
      }
      along += w[j] * dw[j];
    }
    for (int64_t d = 0; d < head_dim; ++d) {
      double sum = want_q[d] = 0;
      for (int64_t j = 0; j < keys; ++j) {
        const double slope = a.scale * w[j] * (dw[j] - along);
        sum += w[j] * mask[i * keys + j] * v[j * row + d];
        want_q[d] += slope * k[j * row + d];
        want_k[j * row + d] += slope * q[i * row + d];
      }
      near(out[i * row + d], sum, 1e-5);
    }
    about("attention_backward");
    all_near(dq + i * row, want_q, head_dim, 3e-5);
  }
  for (int64_t j = 0; j < keys; ++j) {
    all_near(dk + j * row, want_k + j * row, head_dim, 3e-5);
    all_near(dv + j * row, want_v + j * row, head_dim, 3e-5);
  }
}

static void check_step(int64_t queries, int64_t keys, int64_t heads, int64_t head_dim, bool half) {
  about("step_attention");
  const int64_t width = heads * head_dim, ld = 2 * width, places = keys + 9;
  float *cache = numbers(places * ld, -1, 1);
  const float *q = numbers(queries * width, -1, 1);
  uint16_t *halves = calloc((size_t)(places * ld), sizeof *halves);
  if (half) {
    // Numbers that float16 has.
    for (int64_t i = 0; i < places * ld; ++i) cache[i] = rintf(cache[i] * 64) / 64;
    fl_to_half(halves, cache, places * ld);
  }
  int32_t *rows = calloc((size_t)(queries * keys), sizeof *rows);
  for (int64_t i = 0; i < queries * keys; ++i) rows[i] = (int32_t)(i * 7 % places);
  const fl_step a = {.queries = queries,
                     .keys = keys,
                     .heads = heads,
                     .head_dim = head_dim,
                     .ldq = width,
                     .ldo = width,
                     .ldr = keys,
                     .cache = half ? (void *)halves : cache,
                     .ld = ld,
                     .value = width,
                     .scale = 0.3f,
                     .half = half};
  float *out = zeros(queries * width), *weights = zeros(queries * heads * keys);
  fl_step_attention(&a, out, weights, q, rows);
  double *p = calloc((size_t)keys, sizeof *p);
  for (int64_t r = 0; r < queries; ++r) {
    for (int64_t h = 0; h < heads; ++h) {
      double total = 0;
      for (int64_t j = 0; j < keys; ++j) {
        const float *key = cache + rows[r * keys + j] * ld + h * head_dim;
        double score = 0;
        for (int64_t d = 0; d < head_dim; ++d)
          score += (double)q[r * width + h * head_dim + d] * key[d];
        total += p[j] = exp(a.scale * score);
      }
      for (int64_t j = 0; j < keys; ++j)
        near(weights[(r * heads + h) * keys + j], p[j] / total, 1e-5);
      for (int64_t d = 0; d < head_dim; ++d) {
        double sum = 0;
        for (int64_t j = 0; j < keys; ++j) {
          sum += p[j] / total * cache[rows[r * keys + j] * ld + width + h * head_dim + d];
        }
        near(out[r * width + h * head_dim + d], sum, 1e-5);
      }
    }
  }
}

void check_attention(void) {
  const int64_t dims[] = {1, 7, 16, 32, 40, 64, 128};
  for (int d = 0; d < 7; ++d) {
    check_head(5, 5, dims[d], true, 0);
    check_head(9, 21, dims[d], false, 0.3f);
    check_head(33, 40, dims[d], true, 0.3f);
    check_step(1, 1, 2, dims[d], false);
    check_step(3, 19, 4, dims[d], false);
    check_step(3, 37, 4, dims[d], true);
  }
}
