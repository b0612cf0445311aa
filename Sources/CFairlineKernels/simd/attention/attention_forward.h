// Attention, forward: scores, softmax and dropout in place, then the weighted sum of values.

#if FL_TYPES
// out[i] = sum_j dropout(softmax_j(scale * q_i . k_j)) v_j ; causal: j <= i + (keys - queries).
// lse[i] = log sum_j exp(score). q, k, v, out rows are `ld*` floats apart. Dropout element index of
// (i, j) is first + i * keys + j. lse and probabilities may be NULL; probabilities (before dropout)
// go to [queries, keys]. Scratch is taken from the memory cache in row blocks: memory grows
// linearly with the length.
typedef struct fl_attention {
  int64_t queries, keys, head_dim, ldq, ldk, ldv, ldo;
  float scale;
  bool causal;
  float p;
  uint64_t key, stream, first;
} fl_attention;
#endif

FL_KERNEL(void, attention_forward,
          (const fl_attention *a, float *out, float *lse, float *probabilities, const float *q,
           const float *k, const float *v),
          (a, out, lse, probabilities, q, k, v))

#if FL_BODIES
#include "attention.h"

// Softmax of a row's n scores; returns their log-sum-exp. Places up to `end` become 0.
FL_INLINE float softmax_row(float *row, int64_t n, int64_t end) {
  if (n == 0) {
    close_row(row, 0, end, 0);
    return -INFINITY;
  }
  close_row(row, n, end, -INFINITY);
  const int64_t whole = whole_vectors(n);
  vf m = load(row);
  for (int64_t j = FL_WIDTH; j < whole; j += FL_WIDTH) m = vmax(m, load(row + j));
  const float most = lane_max(m);
  vf s = 0;
  for (int64_t j = 0; j < whole; j += FL_WIDTH) {
    const vf e = vexp_flush(load(row + j) - most);
    store(row + j, e);
    s += e;
  }
  const float total = lane_sum(s);
  const float share = 1.0f / total;
  for (int64_t j = 0; j < whole; j += FL_WIDTH) store(row + j, load(row + j) * share);
  return most + logf(total);
}

// The places past n hold 0 and stay 0; words past the end of the row belong to others and do no
// harm.
FL_INLINE void drop_row(float *row, const uint32_t *words, int64_t n, dropout d) {
  for (int64_t j = 0; j < n; j += FL_WIDTH)
    store(row + j, drop(load(row + j), load_words(words + j), d));
}

// A few queries: packing the keys does not pay.
FL_INLINE void direct_scores(const fl_attention *a, float *scores, const float *q, const float *k,
                             int64_t count, int64_t n) {
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      scores[i * score_stride(a) + j] =
          a->scale * range_dot(q + i * a->ldq, k + j * a->ldk, a->head_dim);
    }
  }
}

// The scores of a block become its dropped-out probabilities.
FL_INLINE void block_softmax(const fl_attention *a, float *scores, uint32_t *words, float *lse,
                             float *probabilities, int64_t query, int64_t count, int64_t n) {
  const int64_t stride = score_stride(a);
  const dropout d = make_dropout(a->p, a->key, a->stream);
  if (a->p > 0.0f) block_words(a, words, query, count, n);
  const uint32_t *block = words + (first_word(a, query) & 3);
  for (int64_t r = 0; r < count; ++r) {
    float *row = scores + r * stride;
    const int64_t own = keys_of(a, query + r);
    const float log_sum = softmax_row(row, own, whole_vectors(n));
    if (lse) lse[query + r] = log_sum;
    if (probabilities) {
      float *to = probabilities + (query + r) * a->keys;
      memcpy(to, row, (size_t)own * sizeof(float));
      k_fill(to + own, 0, a->keys - own);
    }
    if (a->p > 0.0f) drop_row(row, block + r * a->keys, own, d);
  }
}

static void k_attention_forward(const fl_attention *a, float *out, float *lse, float *probabilities,
                                const float *q, const float *k, const float *v) {
  if (a->queries <= 0) return;
  const bool few = a->queries < 4;
  const bool pack_values = a->head_dim % FL_WIDTH != 0 || a->queries > 2 * FL_TILE_ROWS;
  const int64_t width = whole_vectors(a->head_dim);
  const int64_t most = block_queries(a);
  const int64_t score_floats = most * score_stride(a);
  const int64_t key_floats = few ? 0 : whole_vectors(a->keys) * a->head_dim;
  const int64_t value_floats = pack_values ? a->keys * width : 0;
  const size_t bytes =
      (size_t)(score_floats + key_floats + value_floats + word_count(a)) * sizeof(float);
  float *scores = fl_memory_take(bytes);
  float *keys = scores + score_floats;
  float *values = keys + key_floats;
  uint32_t *words = (uint32_t *)(values + value_floats);
  if (!few) pack_transposed(keys, k, a->ldk, a->keys, a->head_dim, a->scale);
  if (pack_values) pack_rows(values, v, a->ldv, a->keys, a->head_dim);
  for (int64_t query = 0; query < a->queries; query += most) {
    const int64_t count = smaller(most, a->queries - query);
    const int64_t n = keys_of(a, query + count - 1);
    const float *rows = q + query * a->ldq;
    if (few) {
      direct_scores(a, scores, rows, k, count, n);
    } else {
      block_scores(a, scores, rows, a->ldq, query, count, keys);
    }
    block_softmax(a, scores, words, lse, probabilities, query, count, n);
    weighted_rows(a, out + query * a->ldo, a->ldo, scores, pack_values ? values : v,
                  pack_values ? width : a->ldv, query, count, false);
  }
  fl_memory_give(scores, bytes);
}
#endif
