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

// The products of one head, not summed over lanes. Where a kernel says `half`, it is a constant after inlining.
FL_INLINE vf head_products(const float *q, const void *key, int64_t c, int64_t head_dim, bool half) {
  vf sum = {0};
  FL_EACH_VECTOR(head_dim, { sum += take(q + c + i, lanes) * take_either(key, c + i, lanes, half); });
  return sum;
}

FL_INLINE const void *cached(const fl_step *a, int32_t row, bool half) {
  return (const char *)a->cache + (int64_t)row * a->ld * (half ? 2 : 4);
}

// Keys whose scores, and whose values, are worked on for all queries before the next ones: they stay in the first cache.
enum { keys_at_once = 4 };

// Asks for the elements of some rows from element `first` on.
FL_INLINE void prefetch_rows(const fl_step *a, const int32_t *rows, int64_t begin, int64_t end, int64_t first,
                             bool half) {
  const int64_t line = half ? 32 : 16, n = a->heads * a->head_dim;
  for (int64_t j = begin; j < end; ++j) {
    const char *row = (const char *)cached(a, rows[j], half) + first * (half ? 2 : 4);
    for (int64_t i = 0; i < n; i += line) __builtin_prefetch(row + i * (half ? 2 : 4));
  }
}

// weights[h * keys + j] = scale * q_h . k_jh for keys first..<last, sixteen (key, head) at a time.
FL_INLINE void step_scores(const fl_step *a, float *weights, const float *q, const int32_t *rows, int64_t first,
                           int64_t last, bool half) {
  vf products[16];
  float *places[16];
  int count = 0;
  for (int64_t j = first; j < last; ++j) {
    const void *key = cached(a, rows[j], half);
    for (int64_t h = 0; h < a->heads; ++h) {
      products[count] = head_products(q, key, h * a->head_dim, a->head_dim, half);
      places[count] = weights + h * a->keys + j;
      if (++count < 16) continue;
      const vf sums = lane_sums(products) * a->scale;
      for (int i = 0; i < 16; ++i) *places[i] = sums[i];
      count = 0;
    }
  }
  if (count == 0) return;
  for (int i = count; i < 16; ++i) products[i] = (vf)(0.0f);
  const vf sums = lane_sums(products) * a->scale;
  for (int i = 0; i < count; ++i) *places[i] = sums[i];
}

// Adds values first..<last to `vectors` vectors, at most 8, of the result from channel `c` on; a head has whole vectors.
FL_INLINE void step_value_block(const fl_step *a, float *out, const float *weights, const int32_t *rows, int64_t first,
                                int64_t last, int64_t c, int vectors, bool half) {
  vf sum[8];
  const float *w[8];
  _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; ++v) {
    sum[v] = first == 0 ? (vf)(0.0f) : load(out + c + v * FL_WIDTH);
    w[v] = weights + (c + v * FL_WIDTH) / a->head_dim * a->keys;
  }
  for (int64_t j = first; j < last; ++j) {
    const void *row = cached(a, rows[j], half);
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; ++v) {
      sum[v] += w[v][j] * take_either(row, a->value + c + v * FL_WIDTH, FL_WIDTH, half);
    }
  }
  _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; ++v) store(out + c + v * FL_WIDTH, sum[v]);
}

FL_INLINE void step_values(const fl_step *a, float *out, const float *weights, const int32_t *rows, int64_t first,
                           int64_t last, bool half) {
  const int64_t cols = a->heads * a->head_dim;
  if (a->head_dim % FL_WIDTH == 0) {
    int64_t c = 0;
    for (; c + 8 * FL_WIDTH <= cols; c += 8 * FL_WIDTH) step_value_block(a, out, weights, rows, first, last, c, 8, half);
    for (; c + 4 * FL_WIDTH <= cols; c += 4 * FL_WIDTH) step_value_block(a, out, weights, rows, first, last, c, 4, half);
    for (; c < cols; c += FL_WIDTH) step_value_block(a, out, weights, rows, first, last, c, 1, half);
    return;
  }
  for (int64_t h = 0; h < a->heads; ++h) {
    float *head = out + h * a->head_dim;
    FL_EACH_VECTOR(a->head_dim, {
      vf sum = {0};
      if (first > 0) sum = take(head + i, lanes);
      for (int64_t j = first; j < last; ++j) {
        const void *row = cached(a, rows[j], half);
        sum += weights[h * a->keys + j] * take_either(row, a->value + h * a->head_dim + i, lanes, half);
      }
      give(head + i, sum, lanes);
    });
  }
}

// Rows of the cache lie scattered, and most are far away: those to come are asked for long before they are read.
enum { keys_ahead = 12 };

FL_INLINE void step_attention(const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows,
                              bool half) {
  const int64_t size = a->heads * a->keys;
  prefetch_rows(a, rows, 0, smaller(a->keys, keys_ahead), 0, half);
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t last = smaller(first + keys_at_once, a->keys), ahead = first + keys_ahead;
    prefetch_rows(a, rows, ahead, smaller(ahead + keys_at_once, a->keys), 0, half);
    for (int64_t r = 0; r < a->queries; ++r) {
      step_scores(a, weights + r * size, q + r * a->ldq, rows + r * a->ldr, first, last, half);
    }
  }
  prefetch_rows(a, rows, 0, smaller(a->keys, keys_ahead), a->value, half);
  k_softmax(weights, weights, a->queries * a->heads, a->keys);
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t last = smaller(first + keys_at_once, a->keys), ahead = first + keys_ahead;
    prefetch_rows(a, rows, ahead, smaller(ahead + keys_at_once, a->keys), a->value, half);
    for (int64_t r = 0; r < a->queries; ++r) {
      step_values(a, out + r * a->ldo, weights + r * size, rows + r * a->ldr, first, last, half);
    }
  }
}

static void step_attention_float32(const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows) {
  step_attention(a, out, weights, q, rows, false);
}

static void step_attention_float16(const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows) {
  step_attention(a, out, weights, q, rows, true);
}

static void k_step_attention(const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows) {
  (a->half ? step_attention_float16 : step_attention_float32)(a, out, weights, q, rows);
}
