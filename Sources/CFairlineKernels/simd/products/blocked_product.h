// Products of large matrices, C = A B, in blocks that stay in the caches.
//
// Included once for each format of the operands: FL_PAIR is how many of them make a 32-bit word
// along the depth, 1 for float32 and 2 for bfloat16. B is packed before, all of it: for each block
// of FL_DEEP words of the depth, panels of FL_BLOCK_COLUMNS columns, each [word, FL_BLOCK_COLUMNS];
// or it is read where it stands, in panels with longer lines. A is packed on the way, a group of
// rows at a time, in strips of FL_STRIP rows. A tile of one strip and one panel stays in registers
// over a block's depth; sums are float32.

#if FL_PAIR == 2
#define FL_NAMED(name) name##_bfloat16
#else
#define FL_NAMED(name) name##_float32
#endif

#ifndef FL_DEEP
#define FL_DEEP 256
#define FL_BLOCK_COLUMNS 32
#define FL_GROUP 144
#define FL_NEAR_PANELS 16  // that stay in the second-level cache beside a group
#if FL_LEVEL == 2
#define FL_STRIP 12
#define FL_LINE 32
#elif FL_LEVEL == 1
#define FL_STRIP 6
#define FL_LINE 16
#else
#define FL_STRIP 3
#define FL_LINE 32
#endif
#define FL_SLICES (FL_BLOCK_COLUMNS / FL_LINE)
#define FL_STRIP_WORDS (FL_DEEP * FL_STRIP + FL_WIDTH)
FL_INLINE void store_words(uint32_t *p, vu v) { memcpy(p, &v, sizeof v); }

// From the first vector of a panel's line to the second, in words: slices of FL_LINE columns stand
// one behind the other.
FL_INLINE int64_t second_vector(int64_t words) {
  return FL_SLICES == 1 ? FL_WIDTH : words * FL_LINE;
}
#endif

// 16 words from 16 floats of each of the rows p and p + 1 (pairs), or from one row.
#if FL_PAIR == 2
FL_INLINE vu pair_rows(vf even, vf odd) {
  static const uint16_t order[32] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                     8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const __m512i both = (__m512i)_mm512_cvtne2ps_pbh((__m512)odd, (__m512)even);
  return (vu)_mm512_permutexvar_epi16(_mm512_loadu_si512(order), both);
}
#endif

// The words of `lanes` columns at p, where the row `stride` further is the second of the pair (if
// it is `inside`).
FL_INLINE vu FL_NAMED(words_across)(const float *p, int64_t stride, int64_t lanes, bool inside) {
#if FL_PAIR == 2
  return pair_rows(take(p, lanes), inside ? take(p + stride, lanes) : (vf)0.0f);
#else
  return (vu)take(p, lanes);
#endif
}

// Up to 16 words along the depth at p, from `count` floats.
FL_INLINE vu FL_NAMED(words_along)(const float *p, int64_t count) {
#if FL_PAIR == 2
  const vf low = take(p, smaller(count, FL_WIDTH));
  const vf high =
      count > FL_WIDTH ? take(p + FL_WIDTH, smaller(count - FL_WIDTH, FL_WIDTH)) : (vf)0.0f;
  return (vu)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
#else
  return (vu)take(p, smaller(count, FL_WIDTH));
#endif
}

#define FL_ELEMENTS (FL_DEEP * FL_PAIR)  // of a block's depth

#include "blocked_pack.h"

// ---- A tile -------------------------------------------------------------------------------------

// The part of A that is packed next: it is brought near while the tiles before it are computed.
typedef struct FL_NAMED(lookahead) {
  const float *line;
  int64_t stride, lines, rows;  // floats from row to row, cache lines of a row
  int64_t at;                   // line of the row
  const fl_weighted_sum *sum;   // what the rows are formed from, or NULL
  int64_t source;  // the term whose row comes next; behind the terms the base, then A itself
} FL_NAMED(lookahead);

// The row that comes next.
FL_INLINE const float *FL_NAMED(row_of)(const FL_NAMED(lookahead) * next) {
  const fl_weighted_sum *sum = next->sum;
  if (!sum || next->source > sum->count) return next->line;
  const float *from = next->source < sum->count ? sum->terms[next->source] : sum->base;
  return from ? from + (next->line - sum->target) : next->line;
}

FL_INLINE void FL_NAMED(look_ahead)(FL_NAMED(lookahead) * next, int64_t count) {
  if (next->rows <= 0) return;
  const float *row = FL_NAMED(row_of)(next);
  for (; count > 0; --count) {
    if (next->sum) {
      __builtin_prefetch(row + next->at * FL_WIDTH, 0, 3);
    } else {
      __builtin_prefetch(row + next->at * FL_WIDTH, 0, 2);
    }
    if (++next->at < next->lines) continue;
    next->at = 0;
    if (next->sum && next->source <= next->sum->count) {
      ++next->source;
    } else {
      next->source = 0;
      next->line += next->stride;
      if (--next->rows == 0) return;
    }
    row = FL_NAMED(row_of)(next);
  }
}

// Where a tile of C stands and what it starts from.
typedef struct FL_NAMED(tile_place) {
  float *c;
  int64_t c_row, columns;
  const float *bias;  // of the tile's columns, added at the beginning; or NULL
  const float *mask;  // like C: 0 is stored where it is not above 0; or NULL
  bool add, clamp;    // go on from C; store max(sum, 0)
  int64_t panel_row;  // words from one line of the panel to the next
  FL_NAMED(lookahead) * next;
  int64_t share;  // lines of it that come with every eighth word
} FL_NAMED(tile_place);

#if FL_LEVEL == 1
#include "blocked_narrow.h"
#else
#include "blocked_tile.h"
#endif

// ---- A block of C -------------------------------------------------------------------------------

// B's slices of one block of the depth: words from slice to slice, and from a line of one to the
// next.
typedef struct FL_NAMED(panels) {
  const uint32_t *at;
  int64_t apart, row;
} FL_NAMED(panels);

FL_INLINE FL_NAMED(panels)
    FL_NAMED(panels_of)(const fl_product *g, const uint32_t *packed, int64_t first, int64_t words) {
#if FL_PAIR == 1
  if (!packed)
    return (FL_NAMED(panels)){(const uint32_t *)(g->b + first * g->b_row), FL_LINE, g->b_row};
#endif
  const int64_t panels = (g->n + FL_BLOCK_COLUMNS - 1) / FL_BLOCK_COLUMNS;
  const uint32_t *at = packed + first / FL_PAIR * panels * FL_BLOCK_COLUMNS;
  return (FL_NAMED(panels)){at, words * FL_LINE, FL_LINE};
}

FL_INLINE FL_NAMED(lookahead)
    FL_NAMED(make_lookahead)(const fl_product *g, int64_t row, int64_t rows, int64_t first) {
  const int64_t depth = smaller(FL_ELEMENTS, g->k - first);
  const float *a = g->a + row * g->a_row + first * g->a_step;
  const int64_t inside = (int64_t)((uintptr_t)a / sizeof(float) % 16);  // its cache line
  if (g->a_step == 1)
    return (FL_NAMED(lookahead)){a, g->a_row, (inside + depth + 15) / 16, rows, 0, g->sum, 0};
  return (FL_NAMED(lookahead)){a, g->a_step, (inside + rows + 15) / 16, depth, 0, NULL, 0};
}

// Runs a body for each strip of a group and each slice of the panels few..<end, with `r`, the
// strip's first row, and `slice`. What the first-level cache can hold stays there: a strip where
// slices are whole panels, half a panel otherwise.
#if FL_SLICES == 1
#define FL_EACH_TILE(rows, few, end, ...)                 \
  for (int64_t r = 0; r < (rows); r += FL_STRIP) {        \
    for (int64_t slice = (few); slice < (end); ++slice) { \
      __VA_ARGS__                                         \
    }                                                     \
  }
#else
#define FL_EACH_TILE(rows, few, end, ...)                                       \
  for (int64_t slice = FL_SLICES * (few); slice < FL_SLICES * (end); ++slice) { \
    if (slice * FL_LINE >= g->n) break;                                         \
    for (int64_t r = 0; r < (rows); r += FL_STRIP) {                            \
      __VA_ARGS__                                                               \
    }                                                                           \
  }
#endif

// What a group of packed rows adds to its part of C from one block of the depth. The group, packed
// once, meets a few panels at a time, each of which is read for all its strips.
static void FL_NAMED(add_group)(const fl_product *g, const uint32_t *group,
                                const FL_NAMED(panels) * panels, int64_t row, int64_t rows,
                                int64_t first, int64_t words, const fl_part *part,
                                FL_NAMED(lookahead) next) {
  const int64_t tiles =
      (rows + FL_STRIP - 1) / FL_STRIP * FL_SLICES * (part->last_panel - part->first_panel);
  const int64_t turns = tiles * ((words + 7) / 8);
  const int64_t sources = next.sum ? next.sum->count + 2 : 1;
  const int64_t share = (next.rows * next.lines * sources + turns - 1) / turns;
  const bool along = g->a_step == 1;
  const bool is_last = first + words * FL_PAIR >= g->k;
  for (int64_t few = part->first_panel; few < part->last_panel; few += FL_NEAR_PANELS) {
    const int64_t end = smaller(few + FL_NEAR_PANELS, part->last_panel);
    FL_EACH_TILE(rows, few, end, {
      const int64_t live = smaller(FL_STRIP, rows - r);
      FL_NAMED(tile_function) *tile = FL_NAMED(tile_for)(along, live);
      const int64_t column = slice * FL_LINE, at = (row + r) * g->c_row + column;
      const FL_NAMED(tile_place) to = {
          .c = g->c + at,
          .c_row = g->c_row,
          .columns = smaller(FL_LINE, g->n - column),
          .bias = g->bias && first == 0 ? g->bias + column : NULL,
          .mask = g->mask && is_last ? g->mask + at : NULL,
          .add = g->add || first > 0,
          .clamp = g->clamp && is_last,
          .panel_row = panels->row,
          .next = &next,
          .share = share,
      };
      tile(group + r / FL_STRIP * FL_STRIP_WORDS, panels->at + slice * panels->apart, words, live,
           &to);
    });
  }
}

// Rows that are formed on the way come a strip at a time, so that all they are formed from stays
// near.
FL_INLINE int64_t FL_NAMED(group_rows)(const fl_product *g) { return g->sum ? FL_STRIP : FL_GROUP; }

// The group of rows behind `row` in a block of the depth, or the first of the next block, or that
// of the next part.
static FL_NAMED(lookahead)
    FL_NAMED(next_group)(const fl_product *g, const fl_part *part, int64_t row, int64_t first) {
  int64_t next = row + FL_NAMED(group_rows)(g), last = part->last_row;
  if (next >= last) {
    next = part->first_row;
    first += FL_ELEMENTS;
  }
  if (first >= g->k) {
    next = part->next_row;
    last = part->next_last_row;
    first = 0;
  }
  return FL_NAMED(make_lookahead)(g, next, smaller(FL_NAMED(group_rows)(g), last - next), first);
}

static void FL_NAMED(k_product_block)(const fl_product *g, const uint32_t *packed,
                                      const fl_part *part) {
  const size_t bytes = (FL_GROUP / FL_STRIP * FL_STRIP_WORDS) * sizeof(uint32_t);
  uint32_t *group = fl_memory_take(bytes);
  for (int64_t first = 0; first < g->k; first += FL_ELEMENTS) {
    const int64_t depth = smaller(FL_ELEMENTS, g->k - first);
    const int64_t words = (depth + FL_PAIR - 1) / FL_PAIR;
    const FL_NAMED(panels) panels = FL_NAMED(panels_of)(g, packed, first, words);
    for (int64_t row = part->first_row; row < part->last_row; row += FL_NAMED(group_rows)(g)) {
      const int64_t rows = smaller(FL_NAMED(group_rows)(g), part->last_row - row);
      const float *a = g->a + row * g->a_row + first * g->a_step;
      if (g->sum) {
        FL_NAMED(pack_sums_along)(group, g->sum, a - g->sum->target, g->a_row, rows, depth);
      } else if (g->a_step == 1) {
        FL_NAMED(pack_rows_along)(group, a, g->a_row, rows, depth);
      } else {
        FL_NAMED(pack_rows_across)(group, a, g->a_step, rows, depth);
      }
      FL_NAMED(add_group)(g, group, &panels, row, rows, first, words, part,
                          FL_NAMED(next_group)(g, part, row, first));
    }
  }
  fl_memory_give(group, bytes);
}

#undef FL_ELEMENTS
#undef FL_EACH_TILE
#undef FL_NAMED
