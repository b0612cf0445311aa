// Scores of step attention: products of queries with keys, and the sums of their lanes.
#pragma once
#include "step_rows.h"

// Sums of the lanes of vectors: pairs of vectors are folded together, four times for 16 of them.
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

// The products of one head, not summed over lanes. Where a kernel says `half`, it is a constant
// after inlining, and `head_dim` is where it is 32, 64 or 128.
FL_INLINE vf head_products(const float *q, const void *key, int64_t c, int64_t head_dim,
                           bool half) {
  vf sum = {0};
  FL_EACH_VECTOR(head_dim, { sum += take(q + i, lanes) * take_either(key, c + i, lanes, half); });
  return sum;
}

// The scores of `count` keys of one head, whose elements begin at element c of the rows. Four keys
// at a time: their sums stay in registers.
FL_INLINE vf score_keys(const float *q, const void *const *at, int64_t count, int64_t c,
                        int64_t head_dim, float scale, bool half) {
  vf four[4] = {0};
  _Pragma("clang loop unroll(disable)") for (int64_t j = 0; j < count; j += 4) {
    const vf first = fold_8(head_products(q, at[j], c, head_dim, half),
                            head_products(q, at[j + 1], c, head_dim, half));
    const vf second = fold_8(head_products(q, at[j + 2], c, head_dim, half),
                             head_products(q, at[j + 3], c, head_dim, half));
    four[j / 4] = fold_4(first, second);
  }
  return fold_1(fold_2(four[0], four[1]), fold_2(four[2], four[3])) * scale;
}

// weights[h * keys + j] = scale * q_h . k_jh for query r, `count` keys and the heads of n channels,
// with which the rows begin.
FL_INLINE void step_scores(const fl_step *a, float *weights, const float *q, const near_rows *near,
                           int64_t count, const coming_rows *coming, int64_t r, int64_t n,
                           int64_t head_dim, bool in_half, bool half) {
  const int64_t heads = n / head_dim;
  for (int64_t h = 0; h < heads; ++h) {
    ask_for_part(a, coming, r * heads + h, a->queries * heads, in_half);
    const int64_t c = h * head_dim;
    give(weights + h * a->keys, score_keys(q + c, near->at, count, c, head_dim, a->scale, half),
         count);
  }
}
