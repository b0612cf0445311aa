// Attention of one head over one segment.

FL_INLINE int64_t keys_of(const fl_attention *a, int64_t query) {
  return a->causal ? larger(0, smaller(a->keys, query + 1 + a->keys - a->queries)) : a->keys;
}

static void k_attention_forward(const fl_attention *a, float *out, float *lse, float *probabilities, const float *q,
                                const float *k, const float *v) {
  float *s = fl_memory_take((size_t)a->keys * sizeof(float));
  for (int64_t i = 0; i < a->queries; ++i) {
    const int64_t n = keys_of(a, i);
    float *to = out + i * a->ldo;
    k_fill(to, 0, a->head_dim);
    for (int64_t j = 0; j < n; ++j) s[j] = a->scale * range_dot(q + i * a->ldq, k + j * a->ldk, a->head_dim);
    if (lse) lse[i] = row_log_sum_exp(s, n);
    if (n > 0) k_softmax(s, s, 1, n);
    if (probabilities) {
      k_fill(probabilities + i * a->keys, 0, a->keys);
      memcpy(probabilities + i * a->keys, s, (size_t)n * sizeof(float));
    }
    k_dropout(s, s, a->p, a->key, a->stream, a->first + (uint64_t)(i * a->keys), n);
    for (int64_t j = 0; j < n; ++j) k_axpy(to, s[j], v + j * a->ldv, a->head_dim);
  }
  fl_memory_give(s, (size_t)a->keys * sizeof(float));
}

static void k_attention_backward(const fl_attention *a, float *dq, float *dk, float *dv, const float *dout,
                                 const float *out, const float *lse, const float *q, const float *k, const float *v) {
  const size_t bytes = (size_t)a->keys * 2 * sizeof(float);
  float *s = fl_memory_take(bytes);
  float *d = s + a->keys;
  for (int64_t i = 0; i < a->queries; ++i) {
    const int64_t n = keys_of(a, i);
    const float *grad = dout + i * a->ldo;
    const float total = range_dot(grad, out + i * a->ldo, a->head_dim);
    for (int64_t j = 0; j < n; ++j) {
      s[j] = expf(a->scale * range_dot(q + i * a->ldq, k + j * a->ldk, a->head_dim) - lse[i]);
      d[j] = range_dot(grad, v + j * a->ldv, a->head_dim);
    }
    k_dropout(d, d, a->p, a->key, a->stream, a->first + (uint64_t)(i * a->keys), n);
    for (int64_t j = 0; j < n; ++j) d[j] = a->scale * s[j] * (d[j] - total);
    k_dropout(s, s, a->p, a->key, a->stream, a->first + (uint64_t)(i * a->keys), n);
    for (int64_t j = 0; j < n; ++j) {
      k_axpy(dv + j * a->ldv, s[j], grad, a->head_dim);
      k_axpy(dk + j * a->ldk, d[j], q + i * a->ldq, a->head_dim);
      k_axpy(dq + i * a->ldq, d[j], k + j * a->ldk, a->head_dim);
    }
  }
  fl_memory_give(s, bytes);
}
