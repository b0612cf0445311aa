// A tile of a blocked product in registers of 16 floats: FL_STRIP rows and a whole panel. Included
// by blocked_product.h.

#if FL_PAIR == 2
#define FL_MULTIPLY_ADD(sum, x, line) \
  sum = (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)(x)), (__m512bh)line)
#else
#define FL_MULTIPLY_ADD(sum, x, line) sum += (vf)(vu)(x) * line
#endif

// Rows x FL_BLOCK_COLUMNS of C; the words of row r and depth p stand at a[r * row + p * step].
FL_INLINE void FL_NAMED(tile)(const int rows, const int64_t row, const int64_t step,
                              const uint32_t *a, const uint32_t *panel, int64_t words, int64_t live,
                              const FL_NAMED(tile_place) * to) {
  vf sum[FL_STRIP][2];
  const int64_t left = smaller(to->columns, FL_WIDTH), right = larger(0, to->columns - FL_WIDTH);
  vf start[2] = {0};
  if (to->bias) {
    start[0] = take(to->bias, left);
    if (right) start[1] = take(to->bias + FL_WIDTH, right);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
    sum[r][0] = start[0];
    sum[r][1] = start[1];
  }
  // What is needed later is brought near a line at a time, so that no burst of it holds up what is
  // needed now.
  for (int64_t p = 0, turn = 0; p < words; ++turn) {
    if (turn < live) {
      __builtin_prefetch(to->c + turn * to->c_row, 1);
      __builtin_prefetch(to->c + turn * to->c_row + FL_WIDTH, 1);
      if (to->mask) {
        __builtin_prefetch(to->mask + turn * to->c_row);
        __builtin_prefetch(to->mask + turn * to->c_row + FL_WIDTH);
      }
    }
    FL_NAMED(look_ahead)(to->next, to->share);
    const int64_t end = smaller(p + 8, words);
    for (; p < end; ++p, a += step, panel += to->panel_row) {
      const vf line[2] = {load((const float *)panel), load((const float *)panel + FL_WIDTH)};
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; ++r) {
        FL_MULTIPLY_ADD(sum[r][0], a[r * row], line[0]);
        FL_MULTIPLY_ADD(sum[r][1], a[r * row], line[1]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
    if (r >= live) continue;
    if (to->add) {
      sum[r][0] += take(to->c + r * to->c_row, left);
      if (right) sum[r][1] += take(to->c + r * to->c_row + FL_WIDTH, right);
    }
    if (to->clamp) {
      sum[r][0] = sum[r][0] < 0.0f ? (vf)0.0f : sum[r][0];
      sum[r][1] = sum[r][1] < 0.0f ? (vf)0.0f : sum[r][1];
    }
    if (to->mask) {
      sum[r][0] = take(to->mask + r * to->c_row, left) > 0.0f ? sum[r][0] : (vf)0.0f;
      if (right)
        sum[r][1] = take(to->mask + r * to->c_row + FL_WIDTH, right) > 0.0f ? sum[r][1] : (vf)0.0f;
    }
    give(to->c + r * to->c_row, sum[r][0], left);
    if (right) give(to->c + r * to->c_row + FL_WIDTH, sum[r][1], right);
  }
}

#define FL_TILE_OF(ROWS)                                                     \
  static __attribute__((noinline)) void FL_NAMED(tile_along_##ROWS)(         \
      const uint32_t *a, const uint32_t *panel, int64_t words, int64_t live, \
      const FL_NAMED(tile_place) * to) {                                     \
    FL_NAMED(tile)(ROWS, FL_DEEP, 1, a, panel, words, live, to);             \
  }                                                                          \
  static __attribute__((noinline)) void FL_NAMED(tile_across_##ROWS)(        \
      const uint32_t *a, const uint32_t *panel, int64_t words, int64_t live, \
      const FL_NAMED(tile_place) * to) {                                     \
    FL_NAMED(tile)(ROWS, 1, FL_STRIP, a, panel, words, live, to);            \
  }

#if FL_STRIP == 12
FL_TILE_OF(12)
FL_TILE_OF(8)
FL_TILE_OF(4)
#else
FL_TILE_OF(3)
#endif

typedef void FL_NAMED(tile_function)(const uint32_t *, const uint32_t *, int64_t, int64_t,
                                     const FL_NAMED(tile_place) *);

// The smallest tile with `live` rows.
FL_INLINE FL_NAMED(tile_function) * FL_NAMED(tile_for)(bool along, int64_t live) {
#if FL_STRIP == 12
  if (live <= 4) return along ? FL_NAMED(tile_along_4) : FL_NAMED(tile_across_4);
  if (live <= 8) return along ? FL_NAMED(tile_along_8) : FL_NAMED(tile_across_8);
  return along ? FL_NAMED(tile_along_12) : FL_NAMED(tile_across_12);
#else
  return along ? FL_NAMED(tile_along_3) : FL_NAMED(tile_across_3);
#endif
}

#undef FL_MULTIPLY_ADD
#undef FL_TILE_OF
