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

// Keys whose scores, and whose values, are worked on for all queries before the next ones: they stay in the first cache.
enum { keys_at_once = 4 };

FL_INLINE void prefetch_row(const float *row, int64_t n) {
  for (int64_t i = 0; i < n; i += FL_WIDTH) __builtin_prefetch(row + i);
}

// weights[h * keys + j] = scale * q_h . k_jh for keys first..<last, sixteen (key, head) at a time.
static void step_scores(const fl_step *a, float *weights, const float *q, const int32_t *rows, int64_t first,
                        int64_t last) {
  vf products[16];
  float *places[16];
  int count = 0;
  for (int64_t j = first; j < last; ++j) {
    const float *key = a->cache + (int64_t)rows[j] * a->ld;
    for (int64_t h = 0; h < a->heads; ++h) {
      products[count] = head_products(q + h * a->head_dim, key + h * a->head_dim, a->head_dim);
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

// Adds values first..<last to `VECTORS` vectors of the result from channel `c` on; a head has whole vectors.
#define FL_STEP_VALUES(VECTORS)                                                                                  \
  static void step_values_##VECTORS(const fl_step *a, float *out, const float *weights, const int32_t *rows,     \
                                    int64_t first, int64_t last, int64_t c) {                                    \
    vf sum[VECTORS];                                                                                             \
    const float *w[VECTORS];                                                                                     \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                                       \
      sum[v] = first == 0 ? (vf)(0.0f) : load(out + c + v * FL_WIDTH);                                           \
      w[v] = weights + (c + v * FL_WIDTH) / a->head_dim * a->keys;                                               \
    }                                                                                                            \
    for (int64_t j = first; j < last; ++j) {                                                                     \
      const float *row = a->cache + (int64_t)rows[j] * a->ld + a->value + c;                                     \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                                     \
        sum[v] += w[v][j] * load(row + v * FL_WIDTH);                                                            \
      }                                                                                                          \
    }                                                                                                            \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) store(out + c + v * FL_WIDTH, sum[v]);  \
  }

FL_STEP_VALUES(8)
FL_STEP_VALUES(4)
FL_STEP_VALUES(1)

static void step_values(const fl_step *a, float *out, const float *weights, const int32_t *rows, int64_t first,
                        int64_t last) {
  const int64_t cols = a->heads * a->head_dim;
  if (a->head_dim % FL_WIDTH == 0) {
    int64_t c = 0;
    for (; c + 8 * FL_WIDTH <= cols; c += 8 * FL_WIDTH) step_values_8(a, out, weights, rows, first, last, c);
    for (; c + 4 * FL_WIDTH <= cols; c += 4 * FL_WIDTH) step_values_4(a, out, weights, rows, first, last, c);
    for (; c < cols; c += FL_WIDTH) step_values_1(a, out, weights, rows, first, last, c);
    return;
  }
  for (int64_t h = 0; h < a->heads; ++h) {
    float *head = out + h * a->head_dim;
    FL_EACH_VECTOR(a->head_dim, {
      vf sum = {0};
      if (first > 0) sum = take(head + i, lanes);
      for (int64_t j = first; j < last; ++j) {
        const float *row = a->cache + (int64_t)rows[j] * a->ld + a->value + h * a->head_dim;
        sum += weights[h * a->keys + j] * take(row + i, lanes);
      }
      give(head + i, sum, lanes);
    });
  }
}

// Rows of the cache lie scattered: those to come are asked for before they are read.
static void k_step_attention(const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows) {
  const int64_t cols = a->heads * a->head_dim, size = a->heads * a->keys;
  for (int64_t j = 0; j < smaller(a->keys, keys_at_once); ++j) prefetch_row(a->cache + (int64_t)rows[j] * a->ld, cols);
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t last = smaller(first + keys_at_once, a->keys), next = smaller(last + keys_at_once, a->keys);
    for (int64_t j = last; j < next; ++j) prefetch_row(a->cache + (int64_t)rows[j] * a->ld, cols);
    for (int64_t r = 0; r < a->queries; ++r) {
      step_scores(a, weights + r * size, q + r * a->ldq, rows + r * a->ldr, first, last);
    }
  }
  k_softmax(weights, weights, a->queries * a->heads, a->keys);
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t last = smaller(first + keys_at_once, a->keys), next = smaller(last + keys_at_once, a->keys);
    for (int64_t j = last; j < next; ++j) prefetch_row(a->cache + (int64_t)rows[j] * a->ld + a->value, cols);
    for (int64_t r = 0; r < a->queries; ++r) {
      step_values(a, out + r * a->ldo, weights + r * size, rows + r * a->ldr, first, last);
    }
  }
}
