// A tile of a blocked product for 16 registers of 8 floats: up to 6 rows and 16 columns, half a
// panel. Included by blocked_product.h.
#include "narrow_tile.h"

// A row's 16 columns, of which the first `lanes` count.
FL_INLINE void narrow_finish(v8 low, v8 high, int64_t r, int64_t lanes,
                             const tile_place_float32 *to) {
  vf sum = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  float *c = to->c + r * to->c_row;
  if (to->add) sum += take(c, lanes);
  if (to->clamp) sum = sum < 0.0f ? (vf)0.0f : sum;
  if (to->mask) sum = take(to->mask + r * to->c_row, lanes) > 0.0f ? sum : (vf)0.0f;
  give(c, sum, lanes);
}

// Rows of C and 16 columns; the element of row r and depth p stands at a[r * a_row + p * a_step].
#define FL_TILE_OF(ROWS, NAME, A_ROW, A_STEP)                                            \
  static __attribute__((noinline)) void tile_##NAME##_##ROWS(                            \
      const uint32_t *words, const uint32_t *panel, int64_t depth, int64_t live,         \
      const tile_place_float32 *to) {                                                    \
    enum { a_row = A_ROW };                                                              \
    const float *a = (const float *)words, *b = (const float *)panel;                    \
    const int64_t lanes = smaller(to->columns, FL_WIDTH);                                \
    const vf start = to->bias ? take(to->bias, lanes) : (vf)0.0f;                        \
    v8 sum[ROWS][2];                                                                     \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                  \
      sum[r][0] = start.lo;                                                              \
      sum[r][1] = start.hi;                                                              \
    }                                                                                    \
    for (int64_t p = 0, turn = 0; p < depth; ++turn) {                                   \
      if (turn < live) {                                                                 \
        __builtin_prefetch(to->c + turn * to->c_row, 1);                                 \
        if (to->mask) __builtin_prefetch(to->mask + turn * to->c_row);                   \
      }                                                                                  \
      look_ahead_float32(to->next, to->share);                                           \
      const int64_t end = smaller(p + 8, depth);                                         \
      _Pragma("clang loop unroll(disable)") for (; p < end;                              \
                                                 ++p, a += A_STEP, b += to->panel_row) { \
        FL_NARROW_STEP(ROWS, 2);                                                         \
      }                                                                                  \
    }                                                                                    \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                  \
      if (r < live) narrow_finish(sum[r][0], sum[r][1], r, lanes, to);                   \
    }                                                                                    \
  }

FL_TILE_OF(2, along, FL_DEEP, 1)
FL_TILE_OF(4, along, FL_DEEP, 1)
FL_TILE_OF(6, along, FL_DEEP, 1)
FL_TILE_OF(2, across, 1, FL_STRIP)
FL_TILE_OF(4, across, 1, FL_STRIP)
FL_TILE_OF(6, across, 1, FL_STRIP)
#undef FL_TILE_OF

typedef void tile_function_float32(const uint32_t *, const uint32_t *, int64_t, int64_t,
                                   const tile_place_float32 *);

// The smallest tile with `live` rows.
FL_INLINE tile_function_float32 *tile_for_float32(bool along, int64_t live) {
  if (live <= 2) return along ? tile_along_2 : tile_across_2;
  if (live <= 4) return along ? tile_along_4 : tile_across_4;
  return along ? tile_along_6 : tile_across_6;
}
