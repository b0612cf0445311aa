// Attention, backward. With P the probabilities, M the dropout mask over 1 - p, and D = sum of dout
// * out of a query:
//   dV = (M P)^T dout,  dS = scale * P (M (dout V^T) - D),  dQ = dS K,  dK = dS^T Q.
// P comes again from the scores and their log-sum-exp, M from the random stream.

// dq, dk, dv += . Strides of dq, dk, dv are ldq, ldk, ldv; of dout and out, ldo.
FL_KERNEL(void, attention_backward,
          (const fl_attention *a, float *dq, float *dk, float *dv, const float *dout,
           const float *out, const float *lse, const float *q, const float *k, const float *v),
          (a, dq, dk, dv, dout, out, lse, q, k, v))

#if FL_BODIES
typedef struct backward_scratch {
  float *keys_across, *values_across;  // transposed panels of scale * K and V
  float *keys, *queries, *grads;       // K, and a block of Q and dout, without gaps
  float *weights, *slopes;             // M P and dS of a block
  uint32_t *words;
} backward_scratch;

// Scores become M P (weights), and dout V^T becomes dS (slopes).
FL_INLINE void backward_row(float *weights, float *slopes, const uint32_t *words, int64_t n,
                            int64_t end, float lse, float total, float scale, dropout d) {
  for (int64_t j = 0; j < n; j += FL_WIDTH) {
    const vf p = vexp_flush(load(weights + j) - lse);
    const vf slope = load(slopes + j);
    const vf kept = words ? drop(slope, load_words(words + j), d) : slope;
    store(weights + j, words ? drop(p, load_words(words + j), d) : p);
    store(slopes + j, scale * p * (kept - total));
  }
  close_row(weights, n, end, 0);
  close_row(slopes, n, end, 0);
}

FL_INLINE void backward_rows(const fl_attention *a, const backward_scratch *s, const float *dout,
                             const float *out, const float *lse, int64_t query, int64_t count,
                             int64_t n) {
  const int64_t stride = score_stride(a);
  const dropout d = make_dropout(a->p, a->key, a->stream);
  const bool drops = a->p > 0.0f;
  if (drops) block_words(a, s->words, query, count, n);
  const uint32_t *words = s->words + (first_word(a, query) & 3);
  for (int64_t r = 0; r < count; ++r) {
    const float total = range_dot(dout + r * a->ldo, out + r * a->ldo, a->head_dim);
    backward_row(s->weights + r * stride, s->slopes + r * stride,
                 drops ? words + r * a->keys : NULL, keys_of(a, query + r), whole_vectors(n),
                 lse[query + r], total, a->scale, d);
  }
}

// to[key] += sum over the block's queries that see it of weights[query][key] * rows[query]
FL_INLINE void add_to_keys(const fl_attention *a, float *to, int64_t stride, const float *weights,
                           const float *rows, int64_t query, int64_t count, int64_t n) {
  const int64_t step = part_rows(a, n), width = whole_vectors(a->head_dim);
  for (int64_t key = 0; key < n; key += step) {
    const int64_t seen = key - (a->keys - a->queries) - query;  // by this query first
    const int64_t first = a->causal ? larger(0, seen) : 0;
    const product g = {
        .m = smaller(step, n - key),
        .n = a->head_dim,
        .k = count - first,
        .a = weights + first * score_stride(a) + key,
        .a_row = 1,
        .a_step = score_stride(a),
        .b = rows + first * width,
        .b_row = width,
        .c = to + key * stride,
        .c_row = stride,
        .add = true,
    };
    small_product(&g);
  }
}

static void k_attention_backward(const fl_attention *a, float *dq, float *dk, float *dv,
                                 const float *dout, const float *out, const float *lse,
                                 const float *q, const float *k, const float *v) {
  if (a->queries <= 0 || a->keys <= 0) return;
  const int64_t width = whole_vectors(a->head_dim);
  const int64_t most = block_queries(a);
  const int64_t across = whole_vectors(a->keys) * a->head_dim;
  const int64_t score_floats = most * score_stride(a);
  const int64_t floats =
      2 * across + a->keys * width + 2 * most * width + 2 * score_floats + word_count(a);
  const size_t bytes = (size_t)floats * sizeof(float);
  backward_scratch s;
  s.keys_across = fl_memory_take(bytes);
  s.values_across = s.keys_across + across;
  s.keys = s.values_across + across;
  s.queries = s.keys + a->keys * width;
  s.grads = s.queries + most * width;
  s.weights = s.grads + most * width;
  s.slopes = s.weights + score_floats;
  s.words = (uint32_t *)(s.slopes + score_floats);
  pack_transposed(s.keys_across, k, a->ldk, a->keys, a->head_dim, a->scale);
  pack_transposed(s.values_across, v, a->ldv, a->keys, a->head_dim, 1.0f);
  pack_rows(s.keys, k, a->ldk, a->keys, a->head_dim);
  for (int64_t query = 0; query < a->queries; query += most) {
    const int64_t count = smaller(most, a->queries - query);
    const int64_t n = keys_of(a, query + count - 1);
    if (n == 0) continue;
    pack_rows(s.queries, q + query * a->ldq, a->ldq, count, a->head_dim);
    pack_rows(s.grads, dout + query * a->ldo, a->ldo, count, a->head_dim);
    block_scores(a, s.weights, s.queries, width, query, count, s.keys_across);
    block_scores(a, s.slopes, s.grads, width, query, count, s.values_across);
    backward_rows(a, &s, dout + query * a->ldo, out + query * a->ldo, lse, query, count, n);
    add_to_keys(a, dv, a->ldv, s.weights, s.grads, query, count, n);
    add_to_keys(a, dk, a->ldk, s.slopes, s.queries, query, count, n);
    weighted_rows(a, dq + query * a->ldq, a->ldq, s.slopes, s.keys, width, query, count, true);
  }
  fl_memory_give(s.keys_across, bytes);
}
#endif
