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
  // Lists of the call after this one, ldr places apart; NULL and 0 when unknown.
  const int32_t *next;
  int64_t next_queries, next_keys;
} fl_step;
#endif

FL_KERNEL(void, step_attention,
          (const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows),
          (a, out, weights, q, rows))

#if FL_BODIES
#include "step_scores.h"
#include "step_values.h"

// Channels of whole heads that are worked on at once.
FL_INLINE int64_t slab(int64_t head_dim) {
  return larger(1, channels_at_once / head_dim) * head_dim;
}

// `in_half`: the cache is float16; `copied`: it is converted to float32 for all queries first.
FL_INLINE void step_attention(const fl_step *a, float *out, float *weights, const float *q,
                              const int32_t *rows, int64_t head_dim, bool in_half, bool copied) {
  const int64_t size = a->heads * a->keys, cols = a->heads * head_dim;
  const bool half = in_half && !copied;
  near_rows near;
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t count = smaller(keys_at_once, a->keys - first);
    for (int64_t c = 0; c < cols; c += slab(head_dim)) {
      const int64_t n = smaller(slab(head_dim), cols - c);
      const coming_rows coming = rows_after(a, rows, first + count, c, n);
      float *w = weights + c / head_dim * a->keys + first;
      forget_rows(&near);
      for (int64_t r = 0; r < a->queries; ++r) {
        find_rows(a, &near, rows + r * a->ldr + first, count, c, n, in_half, copied);
        ask_for_own(a, &coming, r, in_half);
        step_scores(a, w + r * size, q + r * a->ldq + c, &near, count, &coming, r, n, head_dim,
                    in_half, half);
      }
    }
  }
  k_softmax(weights, weights, a->queries * a->heads, a->keys);
  for (int64_t first = 0; first < a->keys; first += keys_at_once) {
    const int64_t count = smaller(keys_at_once, a->keys - first);
    for (int64_t c = 0; c < cols; c += slab(head_dim)) {
      const int64_t n = smaller(slab(head_dim), cols - c);
      const coming_rows coming = rows_after(a, rows, first + count, a->value + c, n);
      const float *w = weights + c / head_dim * a->keys + first;
      forget_rows(&near);
      for (int64_t r = 0; r < a->queries; ++r) {
        find_rows(a, &near, rows + r * a->ldr + first, count, a->value + c, n, in_half, copied);
        ask_for_own(a, &coming, r, in_half);
        step_values(a, out + r * a->ldo + c, w + r * size, &near, count, &coming, r, n, head_dim,
                    first == 0, in_half, half);
      }
    }
  }
}

#define FL_STEP_ATTENTION(HEAD_DIM, KIND, HALF, COPIED)                                         \
  static void step_attention_##KIND##_##HEAD_DIM(const fl_step *a, float *out, float *weights,  \
                                                 const float *q, const int32_t *rows) {         \
    step_attention(a, out, weights, q, rows, HEAD_DIM ? HEAD_DIM : a->head_dim, HALF, COPIED); \
  }

FL_STEP_ATTENTION(0, float32, false, false)
FL_STEP_ATTENTION(32, float32, false, false)
FL_STEP_ATTENTION(64, float32, false, false)
FL_STEP_ATTENTION(128, float32, false, false)
FL_STEP_ATTENTION(0, float16, true, false)
FL_STEP_ATTENTION(32, float16, true, false)
FL_STEP_ATTENTION(64, float16, true, false)
FL_STEP_ATTENTION(128, float16, true, false)
FL_STEP_ATTENTION(32, copied, true, true)
FL_STEP_ATTENTION(64, copied, true, true)
FL_STEP_ATTENTION(128, copied, true, true)

static void k_step_attention(const fl_step *a, float *out, float *weights, const float *q,
                             const int32_t *rows) {
  typedef __typeof__(k_step_attention) function;
  static function *const versions[3][4] = {
      {step_attention_float32_0, step_attention_float32_32, step_attention_float32_64,
       step_attention_float32_128},
      {step_attention_float16_0, step_attention_float16_32, step_attention_float16_64,
       step_attention_float16_128},
      {step_attention_float16_0, step_attention_copied_32, step_attention_copied_64,
       step_attention_copied_128},
  };
  const int64_t d = a->head_dim;
  const int size = d == 32 ? 1 : d == 64 ? 2 : d == 128 ? 3 : 0;
  versions[!a->half ? 0 : a->queries == 1 ? 1 : 2][size](a, out, weights, q, rows);
}
#endif
