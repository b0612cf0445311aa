// Checks of Philox4x32-10 (Salmon and others 2011) and what is drawn with it.
#include "check.h"

static uint32_t word(uint64_t key, uint64_t stream, uint64_t index) {
  const uint64_t block = index / 4;
  uint32_t c[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream,
                   (uint32_t)(stream >> 32)};
  uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = (uint64_t)c[0] * 0xd2511f53u, second = (uint64_t)c[2] * 0xcd9e8d57u;
    const uint32_t next[4] = {(uint32_t)(second >> 32) ^ c[1] ^ k[0], (uint32_t)second,
                              (uint32_t)(first >> 32) ^ c[3] ^ k[1], (uint32_t)first};
    memcpy(c, next, sizeof c);
    k[0] += 0x9e3779b9u;
    k[1] += 0xbb67ae85u;
  }
  return c[index % 4];
}

static void check_draws(uint64_t first, int64_t n) {
  const uint64_t key = 0x123456789abcdefu, stream = 0xfedcba987u;
  uint32_t *words = calloc((size_t)n, sizeof *words);
  about("random_words");
  fl_random_words(words, key, stream, first, n);
  for (int64_t i = 0; i < n; ++i) same(words[i], word(key, stream, first + (uint64_t)i));
  float *x = zeros(n);
  about("random_uniform");
  fl_random_uniform(x, -1, 3, key, stream, first, n);
  EACH_NEAR(x, n, 1e-6, -1 + 4 * ((words[i] >> 8) * 0x1p-24));
  const float *input = numbers(n, 0.5f, 2);
  const float p = 0.25f;
  about("dropout");
  fl_dropout(x, input, p, key, stream, first, n);
  EACH_NEAR(x, n, 1e-6, words[i] >= 0x40000000u ? input[i] / 0.75 : 0);
  about("dropout_grad");
  float *sum = copy(input, n);
  fl_dropout_grad(sum, input, p, key, stream, first, n);
  EACH_NEAR(sum, n, 1e-6, input[i] + (double)x[i]);
}

static void check_normal(void) {
  enum { n = 20000 };
  about("random_normal");
  float *x = zeros(n), *part = zeros(n);
  fl_random_normal(x, 1, 2, 5, 6, 0, n);
  double mean = 0, square = 0, third = 0, fourth = 0;
  for (int64_t i = 0; i < n; ++i) mean += x[i] / n;
  for (int64_t i = 0; i < n; ++i) {
    const double d = (x[i] - mean) / 2;
    square += d * d / n;
    third += d * d * d / n;
    fourth += d * d * d * d / n;
  }
  near(mean, 1, 0.03);
  near(square, 1, 0.03);
  near(third, 0, 0.1);
  near(fourth, 3, 0.1);
  // A range gives what the whole does.
  fl_random_normal(part, 1, 2, 5, 6, 1003, 777);
  EACH_NEAR(part, 777, 1e-6, x[1003 + i]);
}

void check_random(void) {
  for (int s = 0; s < size_count; ++s) {
    check_draws(0, sizes[s]);
    check_draws(7, sizes[s]);
    check_draws(0x3fffffff7u, sizes[s]);
  }
  check_normal();
}
