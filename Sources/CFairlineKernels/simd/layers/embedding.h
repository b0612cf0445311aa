// Rows of a table by index.

// dst[t] = scale * table[ids[t]] + positions[position[t]] (positions NULL: none)
FL_KERNEL(void, embed,
          (float *dst, const float *table, const int32_t *ids, const float *positions,
           const int32_t *position, int64_t tokens, int64_t cols, float scale),
          (dst, table, ids, positions, position, tokens, cols, scale))
// table_grad[ids[t]][c0..<c1] += scale * dy[t][c0..<c1], in order of t; ids equal to skip are
// left out (-1: none).
FL_KERNEL(void, embed_grad,
          (float *table_grad, const float *dy, const int32_t *ids, int64_t tokens, int64_t cols,
           int64_t c0, int64_t c1, float scale, int32_t skip),
          (table_grad, dy, ids, tokens, cols, c0, c1, scale, skip))

#if FL_BODIES
static void k_embed(float *dst, const float *table, const int32_t *ids, const float *positions,
                    const int32_t *position, int64_t tokens, int64_t cols, float scale) {
  for (int64_t t = 0; t < tokens; ++t) {
    float *to = dst + t * cols;
    const float *row = table + ids[t] * cols;
    const float *place = positions ? positions + position[t] * cols : NULL;
    FL_EACH_VECTOR(cols, {
      const vf value = take(row + i, lanes) * scale;
      give(to + i, place ? value + take(place + i, lanes) : value, lanes);
    });
  }
}

static void k_embed_grad(float *table_grad, const float *dy, const int32_t *ids, int64_t tokens,
                         int64_t cols, int64_t c0, int64_t c1, float scale, int32_t skip) {
  for (int64_t t = 0; t < tokens; ++t) {
    if (ids[t] == skip || ids[t] < 0) continue;
    k_axpy(table_grad + ids[t] * cols + c0, scale, dy + t * cols + c0, c1 - c0);
  }
}
#endif
