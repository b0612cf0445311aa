// Streams of random words, uniform and normal numbers. An element's number depends on its index
// alone.

// Element i of stream s under key k takes word i % 4 of the block with counter (i / 4 as 64
// bits, s as 64 bits), key k.
FL_KERNEL(void, random_words,
          (uint32_t *dst, uint64_t key, uint64_t stream, uint64_t first, int64_t n),
          (dst, key, stream, first, n))
FL_KERNEL(void, random_uniform,
          (float *dst, float low, float high, uint64_t key, uint64_t stream, uint64_t first,
           int64_t n),
          (dst, low, high, key, stream, first, n))
FL_KERNEL(void, random_normal,
          (float *dst, float mean, float std, uint64_t key, uint64_t stream, uint64_t first,
           int64_t n),
          (dst, mean, std, key, stream, first, n))

#if FL_BODIES
#include "../elements/exponential.h"
#include "philox.h"

// Runs a body for each vector of n elements counted from `first`, with `i`, `lanes` and `word`, the
// random words of the vector.
#define FL_EACH_WORD(n, key, stream, first, ...)                                                   \
  do {                                                                                             \
    const int64_t all_ = (n);                                                                      \
    const uint64_t first_ = (first);                                                               \
    const int64_t step_ = philox_step(first_);                                                     \
    int64_t c_ = 0;                                                                                \
    if (step_ == 4 * FL_WIDTH) {                                                                   \
      for (; c_ + step_ <= all_; c_ += step_) {                                                    \
        vu words_[4];                                                                              \
        philox_blocks(words_, key, stream, (first_ + (uint64_t)c_) >> 2);                          \
        FL_EACH_WORD_OF(4, FL_WIDTH, __VA_ARGS__)                                                  \
      }                                                                                            \
    }                                                                                              \
    for (; c_ < all_; c_ += step_) {                                                               \
      vu words_[4];                                                                                \
      philox_words(words_, key, stream, first_ + (uint64_t)c_);                                    \
      const int64_t here_ = smaller(step_, all_ - c_);                                             \
      FL_EACH_WORD_OF((here_ + FL_WIDTH - 1) / FL_WIDTH, smaller(FL_WIDTH, here_ - j_ * FL_WIDTH), \
                      __VA_ARGS__)                                                                 \
    }                                                                                              \
  } while (0)

#define FL_EACH_WORD_OF(vectors, count, ...)   \
  for (int64_t j_ = 0; j_ < (vectors); ++j_) { \
    const int64_t i = c_ + j_ * FL_WIDTH;      \
    const int64_t lanes = count;               \
    const vu word = words_[j_];                \
    __VA_ARGS__                                \
  }

static void k_random_words(uint32_t *dst, uint64_t key, uint64_t stream, uint64_t first,
                           int64_t n) {
  FL_EACH_WORD(n, key, stream, first,
               { memcpy(dst + i, &word, (size_t)lanes * sizeof(uint32_t)); });
}

// 24 bits of a word as a multiple of 2^-24 in 0..<1.
FL_INLINE vf unit_interval(vu word) { return __builtin_convertvector(word >> 8, vf) * 0x1p-24f; }

static void k_random_uniform(float *dst, float low, float high, uint64_t key, uint64_t stream,
                             uint64_t first, int64_t n) {
  const float width = high - low;
  FL_EACH_WORD(n, key, stream, first, { give(dst + i, low + width * unit_interval(word), lanes); });
}

// Box-Muller: the words 2j and 2j + 1 give the elements 2j (cosine) and 2j + 1 (sine).
FL_INLINE vf normal_pairs(vu word) {
  const vu firsts =
      __builtin_shufflevector(word, word, 0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14);
  const vu seconds =
      __builtin_shufflevector(word, word, 1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15);
  const vf radius = vsqrt(-2.0f * vlog(unit_interval(firsts) + 0x1p-25f));
  vf sine, cosine;
  sin_cos_turn(unit_interval(seconds), &sine, &cosine);
  return radius * ((lane_numbers() & 1) != 0 ? sine : cosine);
}

// Starts at an even element, so that pairs stay together.
static void k_random_normal(float *dst, float mean, float std, uint64_t key, uint64_t stream,
                            uint64_t first, int64_t n) {
  if (n > 0 && (first & 1)) {
    vu words[4];
    philox_words(words, key, stream, first - 1);
    *dst++ = mean + std * normal_pairs(words[0]).y;
    ++first;
    --n;
  }
  FL_EACH_WORD(n, key, stream, first, { give(dst + i, mean + std * normal_pairs(word), lanes); });
}
#endif
