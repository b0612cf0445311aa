// Attention of one query over cached keys and values that lie at listed rows.

// Sums of the lanes of 16 vectors, as one vector: pairs of vectors are folded together four times.
#define FL_FOLD(a, b, ...) (__builtin_shufflevector(a, b, __VA_ARGS__))
FL_INLINE vf fold_8(vf a, vf b) {
  return FL_FOLD(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
         FL_FOLD(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}
FL_INLINE vf fold_4(vf a, vf b) {
  return FL_FOLD(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
         FL_FOLD(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
FL_INLINE vf fold_2(vf a, vf b) {
  return FL_FOLD(a, b, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29) +
         FL_FOLD(a, b, 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31);
}
FL_INLINE vf fold_1(vf a, vf b) {
  return FL_FOLD(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +
         FL_FOLD(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

FL_INLINE vf lane_sums(vf v[16]) {
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; ++i) v[i] = fold_8(v[2 * i], v[2 * i + 1]);
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; ++i) v[i] = fold_4(v[2 * i], v[2 * i + 1]);
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 2; ++i) v[i] = fold_2(v[2 * i], v[2 * i + 1]);
  return fold_1(v[0], v[1]);
}

// The products of one head, not summed over lanes.
FL_INLINE vf head_products(const float *q, const float *key, int64_t head_dim) {
  vf sum = {0};
  FL_EACH_VECTOR(head_dim, { sum += take(q + i, lanes) * take(key + i, lanes); });
  return sum;
}

// weights[h * keys + j] = scale * q_h . k_jh, sixteen (key, head) at a time.
static void step_scores(float *weights, const float *q, const float *cache, int64_t ld, int64_t value,
                        const int32_t *rows, int64_t keys, int64_t heads, int64_t head_dim, float scale) {
  vf products[16];
  float *places[16];
  int count = 0;
  for (int64_t j = 0; j < keys; ++j) {
    const float *key = cache + (int64_t)rows[j] * ld;
    // The values are read next.
    for (int64_t c = 0; c < heads * head_dim; c += FL_WIDTH) __builtin_prefetch(key + value + c);
    for (int64_t h = 0; h < heads; ++h) {
      products[count] = head_products(q + h * head_dim, key + h * head_dim, head_dim);
      places[count] = weights + h * keys + j;
      if (++count < 16) continue;
      const vf sums = lane_sums(products) * scale;
      for (int i = 0; i < 16; ++i) *places[i] = sums[i];
      count = 0;
    }
  }
  if (count == 0) return;
  for (int i = count; i < 16; ++i) products[i] = (vf)(0.0f);
  const vf sums = lane_sums(products) * scale;
  for (int i = 0; i < count; ++i) *places[i] = sums[i];
}

// Sums `VECTORS` vectors of the values, each value row from its beginning to its end; a head has whole vectors.
#define FL_STEP_VALUES(VECTORS)                                                                                    \
  static void step_values_##VECTORS(float *out, const float *weights, const float *values, int64_t ld,            \
                                    const int32_t *rows, int64_t keys, int64_t first, int64_t head_dim) {         \
    vf sum[VECTORS];                                                                                               \
    const float *w[VECTORS];                                                                                       \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                                         \
      sum[v] = (vf)(0.0f);                                                                                         \
      w[v] = weights + (first + v * FL_WIDTH) / head_dim * keys;                                                   \
    }                                                                                                              \
    for (int64_t j = 0; j < keys; ++j) {                                                                           \
      const float *row = values + (int64_t)rows[j] * ld + first;                                                   \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                                       \
        sum[v] += w[v][j] * load(row + v * FL_WIDTH);                                                              \
      }                                                                                                            \
    }                                                                                                              \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) store(out + first + v * FL_WIDTH, sum[v]); \
  }

FL_STEP_VALUES(8)
FL_STEP_VALUES(4)
FL_STEP_VALUES(1)

static void k_step_attention(float *out, float *weights, const float *q, const float *cache, int64_t ld, int64_t value,
                             const int32_t *rows, int64_t keys, int64_t heads, int64_t head_dim, float scale) {
  step_scores(weights, q, cache, ld, value, rows, keys, heads, head_dim, scale);
  k_softmax(weights, weights, heads, keys);
  const int64_t cols = heads * head_dim;
  const float *values = cache + value;
  if (head_dim % FL_WIDTH == 0) {
    int64_t c = 0;
    for (; c + 8 * FL_WIDTH <= cols; c += 8 * FL_WIDTH) step_values_8(out, weights, values, ld, rows, keys, c, head_dim);
    for (; c + 4 * FL_WIDTH <= cols; c += 4 * FL_WIDTH) step_values_4(out, weights, values, ld, rows, keys, c, head_dim);
    for (; c < cols; c += FL_WIDTH) step_values_1(out, weights, values, ld, rows, keys, c, head_dim);
    return;
  }
  for (int64_t h = 0; h < heads; ++h) {
    FL_EACH_VECTOR(head_dim, {
      vf sum = {0};
      for (int64_t j = 0; j < keys; ++j) {
        sum += weights[h * keys + j] * take(values + (int64_t)rows[j] * ld + h * head_dim + i, lanes);
      }
      give(out + h * head_dim + i, sum, lanes);
    });
  }
}
