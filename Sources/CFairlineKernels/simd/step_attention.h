// Attention of one query over cached keys and values that lie at listed rows.

static void k_step_attention(float *out, float *weights, const float *q, const float *cache, int64_t ld, int64_t value,
                             const int32_t *rows, int64_t keys, int64_t heads, int64_t head_dim, float scale) {
  for (int64_t j = 0; j < keys; ++j) {
    const float *key = cache + (int64_t)rows[j] * ld;
    for (int64_t h = 0; h < heads; ++h) {
      weights[h * keys + j] = scale * range_dot(q + h * head_dim, key + h * head_dim, head_dim);
    }
  }
  k_softmax(weights, weights, heads, keys);
  const int64_t cols = heads * head_dim;
  if (head_dim % FL_WIDTH == 0) {
    for (int64_t c = 0; c < cols; c += FL_WIDTH) {
      const float *w = weights + c / head_dim * keys;
      vf sum = {0};
      for (int64_t j = 0; j < keys; ++j) sum += w[j] * load(cache + (int64_t)rows[j] * ld + value + c);
      store(out + c, sum);
    }
    return;
  }
  for (int64_t h = 0; h < heads; ++h) {
    FL_EACH_VECTOR(head_dim, {
      vf sum = {0};
      for (int64_t j = 0; j < keys; ++j) {
        sum += weights[h * keys + j] * take(cache + (int64_t)rows[j] * ld + value + h * head_dim + i, lanes);
      }
      give(out + h * head_dim + i, sum, lanes);
    });
  }
}
