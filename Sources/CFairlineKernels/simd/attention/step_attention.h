// Attention of one query over cached keys and values that lie at listed rows.

#if FL_TYPES
// Attention of a few queries over cached rows of float32, or float16 when `half`: query r is at q +
// r * ldq; its key j is at cache + rows[r * ldr + j] * ld, and its value `value` elements further.
// weights receives the probabilities [queries, heads, keys]. A query's result does not depend on
// the others; it is best that they share most of their rows.
typedef struct fl_step {
  int64_t queries, keys, heads, head_dim, ldq, ldo, ldr;
  const void *cache;
  int64_t ld, value;
  float scale;
  bool half;
  const int32_t *
      next;  // rows that the call after this one reads first, and how many; NULL and 0 when unknown
  int64_t next_keys;
} fl_step;
#endif

FL_KERNEL(void, step_attention,
          (const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows),
          (a, out, weights, q, rows))

#if FL_BODIES
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
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; ++i) v[i] =
      fold_8(v[2 * i], v[2 * i + 1]);
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; ++i) v[i] =
      fold_4(v[2 * i], v[2 * i + 1]);
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 2; ++i) v[i] =
      fold_2(v[2 * i], v[2 * i + 1]);
  return fold_1(v[0], v[1]);
}

// The products of one head, not summed over lanes. Where a kernel says `half`, it is a constant
// after inlining, and `head_dim` is where it is 32, 64 or 128.
FL_INLINE vf head_products(const float *q, const void *key, int64_t c, int64_t head_dim,
                           bool half) {
  vf sum = {0};
  FL_EACH_VECTOR(head_dim,
                 { sum += take(q + c + i, lanes) * take_either(key, c + i, lanes, half); });
  return sum;
}

FL_INLINE int64_t element_size(bool half) { return half ? 2 : 4; }

FL_INLINE const void *cached(const fl_step *a, int32_t row, bool half) {
  return (const char *)a->cache + (int64_t)row * a->ld * element_size(half);
}

// Keys that are worked on for all queries before the next ones: they stay in the first cache.
enum { keys_at_once = 16 };

// Cached rows that will be read soon: those of the next keys or values, or the first ones of the
// next call. Rows lie scattered, and most are far away.
typedef struct coming_rows {
  const int32_t *rows;
  int64_t count, first;  // the element of a row with which its keys or values begin
} coming_rows;

FL_INLINE coming_rows next_rows(const int32_t *rows, int64_t begin, int64_t keys, int64_t first) {
  return (coming_rows){rows + begin, smaller(keys - begin, keys_at_once), first};
}

// Asks for elements c..<c + n of one coming row.
FL_INLINE void ask_for(const fl_step *a, coming_rows coming, int64_t row, int64_t c, int64_t n,
                       bool half) {
  if (row >= coming.count) return;
  const char *p =
      (const char *)cached(a, coming.rows[row], half) + (coming.first + c) * element_size(half);
  for (int64_t i = 0; i < n * element_size(half); i += 64) __builtin_prefetch(p + i);
}

// The scores of up to `places` keys of one head, a constant after inlining; lanes beyond `count`
// repeat the last key's.
FL_INLINE vf score_keys(const fl_step *a, const float *q, const int32_t *rows, int64_t count,
                        int places, int64_t c, int64_t head_dim, bool half) {
  vf products[16];
  _Pragma("clang loop unroll(full)") for (int j = 0; j < 16; ++j) {
    products[j] = j < places ? head_products(q, cached(a, rows[smaller(j, count - 1)], half), c,
                                             head_dim, half)
                             : (vf)(0.0f);
  }
  return lane_sums(products) * a->scale;
}

// weights[h * keys + j] = scale * q_h . k_jh for `count` keys from key `first` on.
FL_INLINE void step_scores(const fl_step *a, float *weights, const float *q, const int32_t *rows,
                           int64_t first, int64_t count, coming_rows coming, int64_t head_dim,
                           bool half) {
  for (int64_t h = 0; h < a->heads; ++h) {
    const int64_t c = h * head_dim;
    for (int64_t j = 0; j < coming.count; ++j) ask_for(a, coming, j, c, head_dim, half);
    const vf scores = count > 8   ? score_keys(a, q, rows + first, count, 16, c, head_dim, half)
                      : count > 4 ? score_keys(a, q, rows + first, count, 8, c, head_dim, half)
                                  : score_keys(a, q, rows + first, count, 4, c, head_dim, half);
    give(weights + h * a->keys + first, scores, count);
  }
}

// Adds values first..<last to the result of `heads` heads, together at most 128 channels, from
// channel `c` on. Both numbers and head_dim, whole vectors, are constants after inlining.
FL_INLINE void step_value_block(const fl_step *a, float *out, const float *weights,
                                const int32_t *rows, int64_t first, int64_t last,
                                coming_rows coming, int64_t c, int heads, int head_dim, bool half) {
  const int vectors = head_dim / FL_WIDTH;
  vf sum[8];
  _Pragma("clang loop unroll(full)") for (int v = 0; v < heads * vectors; ++v) {
    sum[v] = first == 0 ? (vf)(0.0f) : load(out + c + v * FL_WIDTH);
  }
  const float *w = weights + c / head_dim * a->keys;
  for (int64_t j = first; j < last; ++j) {
    ask_for(a, coming, j - first, c, heads * head_dim, half);
    const void *row = cached(a, rows[j], half);
    _Pragma("clang loop unroll(full)") for (int h = 0; h < heads; ++h) {
      const vf weight = (vf)(w[h * a->keys + j]);
      _Pragma("clang loop unroll(full)") for (int v = h * vectors; v < (h + 1) * vectors; ++v) {
        sum[v] += weight * take_either(row, a->value + c + v * FL_WIDTH, FL_WIDTH, half);
      }
    }
  }
  for (int64_t j = last - first; j < coming.count; ++j)
    ask_for(a, coming, j, c, heads * head_dim, half);
  _Pragma("clang loop unroll(full)") for (int v = 0; v < heads * vectors; ++v)
      store(out + c + v * FL_WIDTH, sum[v]);
}

FL_INLINE void step_values(const fl_step *a, float *out, const float *weights, const int32_t *rows,
                           int64_t first, int64_t last, coming_rows coming, int64_t head_dim,
                           bool half) {
  if (__builtin_constant_p(head_dim)) {
    const int64_t cols = a->heads * head_dim;
    int64_t c = 0;
    for (; c + 128 <= cols; c += 128) {
      step_value_block(a, out, weights, rows, first, last, coming, c, 128 / head_dim, head_dim,
                       half);
    }
    for (; c < cols; c += head_dim) {
      step_value_block(a, out, weights, rows, first, last, coming, c, 1, head_dim, half);
    }
    return;
  }
  for (int64_t h = 0; h < a->heads; ++h) {
    float *head = out + h * head_dim;
    FL_EACH_VECTOR(head_dim, {
      vf sum = {0};
      if (first > 0) sum = take(head + i, lanes);
      for (int64_t j = first; j < last; ++j) {
        const void *row = cached(a, rows[j], half);
        sum +=
            weights[h * a->keys + j] * take_either(row, a->value + h * head_dim + i, lanes, half);
      }
      give(head + i, sum, lanes);
    });
  }
}

FL_INLINE void step_attention(const fl_step *a, float *out, float *weights, const float *q,
                              const int32_t *rows, int64_t head_dim, bool half) {
  const int64_t size = a->heads * a->keys;
  const coming_rows none = {0};
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t count = smaller(keys_at_once, a->keys - first), next = first + count;
    const coming_rows coming =
        next < a->keys ? next_rows(rows, next, a->keys, 0) : next_rows(a->next, 0, a->next_keys, 0);
    for (int64_t r = 0; r < a->queries; ++r) {
      step_scores(a, weights + r * size, q + r * a->ldq, rows + r * a->ldr, first, count,
                  r == 0 ? coming : none, head_dim, half);
    }
  }
  k_softmax(weights, weights, a->queries * a->heads, a->keys);
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t last = smaller(first + keys_at_once, a->keys);
    const coming_rows coming = last < a->keys ? next_rows(rows, last, a->keys, a->value)
                                              : next_rows(a->next, 0, a->next_keys, a->value);
    for (int64_t r = 0; r < a->queries; ++r) {
      step_values(a, out + r * a->ldo, weights + r * size, rows + r * a->ldr, first, last,
                  r == 0 ? coming : none, head_dim, half);
    }
  }
}

#define FL_STEP_ATTENTION(HEAD_DIM, KIND, HALF)                                                \
  static void step_attention_##KIND##_##HEAD_DIM(const fl_step *a, float *out, float *weights, \
                                                 const float *q, const int32_t *rows) {        \
    step_attention(a, out, weights, q, rows, HEAD_DIM ? HEAD_DIM : a->head_dim, HALF);         \
  }

FL_STEP_ATTENTION(0, float32, false)
FL_STEP_ATTENTION(32, float32, false)
FL_STEP_ATTENTION(64, float32, false)
FL_STEP_ATTENTION(128, float32, false)
FL_STEP_ATTENTION(0, float16, true)
FL_STEP_ATTENTION(32, float16, true)
FL_STEP_ATTENTION(64, float16, true)
FL_STEP_ATTENTION(128, float16, true)

static void k_step_attention(const fl_step *a, float *out, float *weights, const float *q,
                             const int32_t *rows) {
#define FL_CASE(KIND, HEAD_DIM) step_attention_##KIND##_##HEAD_DIM(a, out, weights, q, rows)
#define FL_CHOOSE(KIND)   \
  switch (a->head_dim) {  \
    case 32:              \
      FL_CASE(KIND, 32);  \
      break;              \
    case 64:              \
      FL_CASE(KIND, 64);  \
      break;              \
    case 128:             \
      FL_CASE(KIND, 128); \
      break;              \
    default:              \
      FL_CASE(KIND, 0);   \
  }
  if (a->half) {
    FL_CHOOSE(float16)
  } else {
    FL_CHOOSE(float32)
  }
#undef FL_CHOOSE
#undef FL_CASE
}
#endif
