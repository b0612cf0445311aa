// Attention of one head over one segment: what the forward and the backward pass share. Queries are
// handled in blocks, whose scores [query, key] stand in scratch memory.
#pragma once
#include "../products/small_product.h"

FL_INLINE int64_t keys_of(const fl_attention *a, int64_t query) {
  return a->causal ? larger(0, smaller(a->keys, query + 1 + a->keys - a->queries)) : a->keys;
}

// A row of scores: whole vectors, an odd number of cache lines, so that columns do not fall in few
// cache sets.
FL_INLINE int64_t score_stride(const fl_attention *a) { return whole_vectors(a->keys) | FL_WIDTH; }

// Queries of a block: its scores should stay in the second-level cache.
FL_INLINE int64_t block_queries(const fl_attention *a) {
  const int64_t fit = 65536 / score_stride(a) / 6 * 6;
  return smaller(a->queries, larger(12, smaller(96, fit)));
}

// Queries, or keys, of a causal block whose products run together: only over what one of them sees,
// or is seen by.
FL_INLINE int64_t part_rows(const fl_attention *a, int64_t count) { return a->causal ? 12 : count; }

// scores[i][0..<n] = a's rows . the panels' columns, for each query's own keys; the rows are those
// of the queries from `query` on.
FL_INLINE void block_scores(const fl_attention *a, float *scores, const float *rows, int64_t stride,
                            int64_t query, int64_t count, const float *panels) {
  const int64_t step = part_rows(a, count);
  for (int64_t row = 0; row < count; row += step) {
    const int64_t m = smaller(step, count - row), n = keys_of(a, query + row + m - 1);
    for (int64_t panel = 0; panel * panel_width < n; ++panel) {
      const int64_t width = width_of_panel(a->keys, panel);
      const product g = {
          .m = m,
          .n = smaller(width, whole_vectors(n - panel * panel_width)),
          .k = a->head_dim,
          .a = rows + row * stride,
          .a_row = stride,
          .a_step = 1,
          .b = panels + panel * panel_width * a->head_dim,
          .b_row = width,
          .c = scores + row * score_stride(a) + panel * panel_width,
          .c_row = score_stride(a),
      };
      small_product(&g);
    }
  }
}

// to[i], rows ldt floats apart, = (or +=) the sum over the query's own keys of weights[i][key] *
// rows[key].
FL_INLINE void weighted_rows(const fl_attention *a, float *to, int64_t ldt, const float *weights,
                             const float *rows, int64_t stride, int64_t query, int64_t count,
                             bool add) {
  const int64_t step = part_rows(a, count);
  for (int64_t row = 0; row < count; row += step) {
    const int64_t m = smaller(step, count - row);
    const product g = {
        .m = m,
        .n = a->head_dim,
        .k = keys_of(a, query + row + m - 1),
        .a = weights + row * score_stride(a),
        .a_row = score_stride(a),
        .a_step = 1,
        .b = rows,
        .b_row = stride,
        .c = to + row * ldt,
        .c_row = ldt,
        .add = add,
    };
    small_product(&g);
  }
}

// Where the random words of a block begin in their buffer: words are made from a whole Philox block
// on.
FL_INLINE uint64_t first_word(const fl_attention *a, int64_t query) {
  return a->first + (uint64_t)(query * a->keys);
}

FL_INLINE int64_t word_count(const fl_attention *a) {
  return a->p > 0.0f ? block_queries(a) * a->keys + 4 + FL_WIDTH : 0;
}

// The random words of the rows query..<query + count, of which the last uses n keys. A long causal
// block makes them row by row.
static __attribute__((noinline)) void block_words(const fl_attention *a, uint32_t *words,
                                                  int64_t query, int64_t count, int64_t n) {
  const uint64_t begin = first_word(a, query);
  const uint64_t base = begin & ~(uint64_t)3;
  if (n + 256 > a->keys) {
    k_random_words(words, a->key, a->stream, base, (int64_t)(begin - base) + count * a->keys);
    return;
  }
  for (int64_t r = 0; r < count; ++r) {
    const uint64_t row = first_word(a, query + r);
    const uint64_t from = row & ~(uint64_t)3;
    k_random_words(words + (from - base), a->key, a->stream, from, n + (int64_t)(row - from));
  }
}

FL_INLINE vu load_words(const uint32_t *p) {
  vu v;
  memcpy(&v, p, sizeof v);
  return v;
}

// Sets the places of a row's last vector that lie past its n keys, and zeros from there to `end`.
FL_INLINE void close_row(float *row, int64_t n, int64_t end, float value) {
  const int64_t whole = whole_vectors(n);
  if (n % FL_WIDTH) {
    float *last = row + whole - FL_WIDTH;
    store(last, lane_numbers() < (vi)(int32_t)(n % FL_WIDTH) ? load(last) : (vf)value);
  }
  for (int64_t j = whole; j < end; j += FL_WIDTH) store(row + j, (vf)0.0f);
}
