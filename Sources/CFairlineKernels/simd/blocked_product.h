// Products of large matrices, C = A B, in blocks that stay in the caches.
//
// Included once for each format of the operands: FL_PAIR is how many of them make a 32-bit word along the depth, 1 for float32
// and 2 for bfloat16. B is packed before, all of it: for each block of FL_DEEP words of the depth, panels of FL_BLOCK_COLUMNS columns,
// each [word, FL_BLOCK_COLUMNS]; or it is read where it stands, in panels with longer lines. A is packed on the way, a group of rows
// at a time, in strips of FL_STRIP rows. A tile of one strip and one panel stays in registers over a block's depth; sums are
// float32.

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
#else
#define FL_STRIP 3
#endif
#define FL_STRIP_WORDS (FL_DEEP * FL_STRIP + FL_WIDTH)
FL_INLINE void store_words(uint32_t *p, vu v) { memcpy(p, &v, sizeof v); }
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

// The words of `lanes` columns at p, where the row `stride` further is the second of the pair (if it is `inside`).
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
  const vf high = count > FL_WIDTH ? take(p + FL_WIDTH, smaller(count - FL_WIDTH, FL_WIDTH)) : (vf)0.0f;
  return (vu)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
#else
  return (vu)take(p, smaller(count, FL_WIDTH));
#endif
}

#define FL_ELEMENTS (FL_DEEP * FL_PAIR)  // of a block's depth

// ---- Packing B -------------------------------------------------------------------------------------------------------

// Panels of B whose rows run along the columns, `apart` words from one to the next; rows are read from end to end.
static void FL_NAMED(pack_across)(uint32_t *panels, int64_t apart, const float *b, int64_t b_row, int64_t depth,
                                  int64_t columns) {
  for (int64_t p = 0; p < depth; p += FL_PAIR, panels += FL_BLOCK_COLUMNS, b += FL_PAIR * b_row) {
    const bool inside = p + 1 < depth;
    uint32_t *to = panels;
    int64_t column = 0;
    for (; column + FL_BLOCK_COLUMNS <= columns; column += FL_BLOCK_COLUMNS, to += apart) {
      store_words(to, FL_NAMED(words_across)(b + column, b_row, FL_WIDTH, inside));
      store_words(to + FL_WIDTH, FL_NAMED(words_across)(b + column + FL_WIDTH, b_row, FL_WIDTH, inside));
    }
    const int64_t rest = columns - column;
    if (rest <= 0) continue;
    store_words(to, FL_NAMED(words_across)(b + column, b_row, smaller(rest, FL_WIDTH), inside));
    const vu none = 0u;
    store_words(to + FL_WIDTH,
                rest > FL_WIDTH ? FL_NAMED(words_across)(b + column + FL_WIDTH, b_row, rest - FL_WIDTH, inside) : none);
  }
}

// A panel of B whose columns run along the depth, `b_column` floats apart.
static void FL_NAMED(pack_along)(uint32_t *panel, const float *b, int64_t b_column, int64_t depth, int64_t columns) {
  const int64_t words = (depth + FL_PAIR - 1) / FL_PAIR;
  for (int64_t column = 0; column < FL_BLOCK_COLUMNS; column += FL_WIDTH) {
    for (int64_t word = 0; word < words; word += FL_WIDTH) {
      const int64_t first = word * FL_PAIR;
      vf x[16];
#pragma clang loop unroll(full)
      for (int r = 0; r < 16; ++r) {
        x[r] = column + r < columns ? (vf)FL_NAMED(words_along)(b + (column + r) * b_column + first, depth - first)
                                    : (vf)0.0f;
      }
      transpose_tile(x);
      uint32_t *to = panel + word * FL_BLOCK_COLUMNS + column;
      const int64_t count = smaller(FL_WIDTH, words - word);
      if (count == FL_WIDTH) {
#pragma clang loop unroll(full)
        for (int r = 0; r < 16; ++r) store_words(to + r * FL_BLOCK_COLUMNS, (vu)x[r]);
      } else {
        uint32_t t[16 * FL_WIDTH];
        memcpy(t, x, sizeof t);
        for (int64_t r = 0; r < count; ++r) memcpy(to + r * FL_BLOCK_COLUMNS, t + r * FL_WIDTH, sizeof(vu));
      }
    }
  }
}

static void FL_NAMED(k_pack_block)(const fl_product *g, uint32_t *packed, int64_t block, int64_t first_panel,
                                   int64_t last_panel) {
  const int64_t panels = (g->n + FL_BLOCK_COLUMNS - 1) / FL_BLOCK_COLUMNS;
  const int64_t first = block * FL_ELEMENTS;
  const int64_t depth = smaller(FL_ELEMENTS, g->k - first);
  const int64_t words = (depth + FL_PAIR - 1) / FL_PAIR;
  uint32_t *base = packed + block * FL_DEEP * panels * FL_BLOCK_COLUMNS;
  const float *from = g->b + first * g->b_row;
  if (g->b_step == 1) {
    const int64_t column = first_panel * FL_BLOCK_COLUMNS;
    FL_NAMED(pack_across)(base + first_panel * words * FL_BLOCK_COLUMNS, words * FL_BLOCK_COLUMNS, from + column,
                          g->b_row, depth, smaller(last_panel * FL_BLOCK_COLUMNS, g->n) - column);
    return;
  }
  for (int64_t panel = first_panel; panel < last_panel; ++panel) {
    const int64_t column = panel * FL_BLOCK_COLUMNS;
    FL_NAMED(pack_along)(base + panel * words * FL_BLOCK_COLUMNS, from + column * g->b_step, g->b_step, depth,
                         smaller(FL_BLOCK_COLUMNS, g->n - column));
  }
}

// ---- Packing A -------------------------------------------------------------------------------------------------------

// Rows that run along the depth stand FL_DEEP words apart in their strip.
static void FL_NAMED(pack_rows_along)(uint32_t *to, const float *a, int64_t a_row, int64_t rows, int64_t depth) {
  for (int64_t r = 0; r < rows; ++r, a += a_row) {
    uint32_t *line = to + r / FL_STRIP * FL_STRIP_WORDS + r % FL_STRIP * FL_DEEP;
    for (int64_t p = 0; p < depth; p += FL_WIDTH * FL_PAIR) {
      store_words(line + p / FL_PAIR, FL_NAMED(words_along)(a + p, depth - p));
    }
  }
}

// The same for rows that are formed on the way, the first at element `place` of the sum.
static void FL_NAMED(pack_sums_along)(uint32_t *to, const fl_weighted_sum *sum, int64_t place, int64_t a_row,
                                      int64_t rows, int64_t depth) {
#if FL_PAIR == 1
  for (int64_t r = 0; r < rows; ++r, place += a_row) {
    form_sum(sum, place, place + depth, (float *)(to + r / FL_STRIP * FL_STRIP_WORDS + r % FL_STRIP * FL_DEEP));
  }
#endif
}

// Rows that run across it stand as [word, FL_STRIP] for each strip; what is stored beyond a line's end is overwritten.
static void FL_NAMED(pack_rows_across)(uint32_t *to, const float *a, int64_t a_step, int64_t rows, int64_t depth) {
  for (int64_t p = 0, word = 0; p < depth; p += FL_PAIR, ++word, a += FL_PAIR * a_step) {
    uint32_t *line = to + word * FL_STRIP;
    int64_t r = 0;
    for (; r + FL_STRIP <= rows; r += FL_STRIP, line += FL_STRIP_WORDS) {
      store_words(line, FL_NAMED(words_across)(a + r, a_step, FL_STRIP, p + 1 < depth));
    }
    if (r < rows) store_words(line, FL_NAMED(words_across)(a + r, a_step, rows - r, p + 1 < depth));
  }
}

// ---- A tile ----------------------------------------------------------------------------------------------------------

#if FL_PAIR == 2
#define FL_MULTIPLY_ADD(sum, x, line) \
  sum = (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)(x)), (__m512bh)line)
#else
#define FL_MULTIPLY_ADD(sum, x, line) sum += (vf)(vu)(x) * line
#endif

// The part of A that is packed next: it is brought near while the tiles before it are computed.
typedef struct FL_NAMED(lookahead) {
  const float *line;
  int64_t stride, lines, rows;  // floats from row to row, cache lines of a row
  int64_t at;                   // line of the row
  const fl_weighted_sum *sum;   // what the rows are formed from, or NULL
  int64_t source;               // the term whose row comes next; behind the terms the base, then A itself
} FL_NAMED(lookahead);

// The row that comes next.
FL_INLINE const float *FL_NAMED(row_of)(const FL_NAMED(lookahead) *next) {
  const fl_weighted_sum *sum = next->sum;
  if (!sum || next->source > sum->count) return next->line;
  const float *from = next->source < sum->count ? sum->terms[next->source] : sum->base;
  return from ? from + (next->line - sum->target) : next->line;
}

FL_INLINE void FL_NAMED(look_ahead)(FL_NAMED(lookahead) *next, int64_t count) {
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
  FL_NAMED(lookahead) *next;
  int64_t share;      // lines of it that come with every eighth word
} FL_NAMED(tile_place);

// Rows x FL_BLOCK_COLUMNS of C; the words of row r and depth p stand at a[r * row + p * step].
FL_INLINE void FL_NAMED(tile)(const int rows, const int64_t row, const int64_t step, const uint32_t *a,
                              const uint32_t *panel, int64_t words, int64_t live, const FL_NAMED(tile_place) *to) {
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
  // What is needed later is brought near a line at a time, so that no burst of it holds up what is needed now.
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
      if (right) sum[r][1] = take(to->mask + r * to->c_row + FL_WIDTH, right) > 0.0f ? sum[r][1] : (vf)0.0f;
    }
    give(to->c + r * to->c_row, sum[r][0], left);
    if (right) give(to->c + r * to->c_row + FL_WIDTH, sum[r][1], right);
  }
}

#define FL_TILE_OF(ROWS)                                                                                           \
  static __attribute__((noinline)) void FL_NAMED(tile_along_##ROWS)(                                               \
      const uint32_t *a, const uint32_t *panel, int64_t words, int64_t live, const FL_NAMED(tile_place) *to) {     \
    FL_NAMED(tile)(ROWS, FL_DEEP, 1, a, panel, words, live, to);                                                   \
  }                                                                                                                \
  static __attribute__((noinline)) void FL_NAMED(tile_across_##ROWS)(                                              \
      const uint32_t *a, const uint32_t *panel, int64_t words, int64_t live, const FL_NAMED(tile_place) *to) {     \
    FL_NAMED(tile)(ROWS, 1, FL_STRIP, a, panel, words, live, to);                                                  \
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
FL_INLINE FL_NAMED(tile_function) *FL_NAMED(tile_for)(bool along, int64_t live) {
#if FL_STRIP == 12
  if (live <= 4) return along ? FL_NAMED(tile_along_4) : FL_NAMED(tile_across_4);
  if (live <= 8) return along ? FL_NAMED(tile_along_8) : FL_NAMED(tile_across_8);
  return along ? FL_NAMED(tile_along_12) : FL_NAMED(tile_across_12);
#else
  return along ? FL_NAMED(tile_along_3) : FL_NAMED(tile_across_3);
#endif
}

// ---- A block of C ----------------------------------------------------------------------------------------------------

// B's panels of one block of the depth: words from panel to panel, and from a line of one to the next.
typedef struct FL_NAMED(panels) {
  const uint32_t *at;
  int64_t apart, row;
} FL_NAMED(panels);

FL_INLINE FL_NAMED(panels) FL_NAMED(panels_of)(const fl_product *g, const uint32_t *packed, int64_t first,
                                               int64_t words) {
#if FL_PAIR == 1
  if (!packed) return (FL_NAMED(panels)){(const uint32_t *)(g->b + first * g->b_row), FL_BLOCK_COLUMNS, g->b_row};
#endif
  const int64_t panels = (g->n + FL_BLOCK_COLUMNS - 1) / FL_BLOCK_COLUMNS;
  const uint32_t *at = packed + first / FL_PAIR * panels * FL_BLOCK_COLUMNS;
  return (FL_NAMED(panels)){at, words * FL_BLOCK_COLUMNS, FL_BLOCK_COLUMNS};
}

FL_INLINE FL_NAMED(lookahead) FL_NAMED(make_lookahead)(const fl_product *g, int64_t row, int64_t rows, int64_t first) {
  const int64_t depth = smaller(FL_ELEMENTS, g->k - first);
  const float *a = g->a + row * g->a_row + first * g->a_step;
  const int64_t inside = (int64_t)((uintptr_t)a / sizeof(float) % 16);  // its cache line
  if (g->a_step == 1) return (FL_NAMED(lookahead)){a, g->a_row, (inside + depth + 15) / 16, rows, 0, g->sum, 0};
  return (FL_NAMED(lookahead)){a, g->a_step, (inside + rows + 15) / 16, depth, 0, NULL, 0};
}

// What a group of packed rows adds to its part of C from one block of the depth. The group, packed once, meets a few panels at a
// time, each of which is read for all its strips.
static void FL_NAMED(add_group)(const fl_product *g, const uint32_t *group, const FL_NAMED(panels) *panels,
                                int64_t row, int64_t rows, int64_t first, int64_t words, const fl_part *part,
                                FL_NAMED(lookahead) next) {
  const int64_t tiles = (rows + FL_STRIP - 1) / FL_STRIP * (part->last_panel - part->first_panel);
  const int64_t turns = tiles * ((words + 7) / 8);
  const int64_t sources = next.sum ? next.sum->count + 2 : 1;
  const int64_t share = (next.rows * next.lines * sources + turns - 1) / turns;
  const bool along = g->a_step == 1;
  const bool is_last = first + words * FL_PAIR >= g->k;
  for (int64_t few = part->first_panel; few < part->last_panel; few += FL_NEAR_PANELS) {
    const int64_t end = smaller(few + FL_NEAR_PANELS, part->last_panel);
    for (int64_t r = 0; r < rows; r += FL_STRIP) {
      const int64_t live = smaller(FL_STRIP, rows - r);
      FL_NAMED(tile_function) *tile = FL_NAMED(tile_for)(along, live);
      const uint32_t *strip = group + r / FL_STRIP * FL_STRIP_WORDS;
      for (int64_t panel = few; panel < end; ++panel) {
        const int64_t column = panel * FL_BLOCK_COLUMNS;
        const FL_NAMED(tile_place) to = {
          .c = g->c + (row + r) * g->c_row + column, .c_row = g->c_row, .columns = smaller(FL_BLOCK_COLUMNS, g->n - column),
          .bias = g->bias && first == 0 ? g->bias + column : NULL,
          .mask = g->mask && is_last ? g->mask + (row + r) * g->c_row + column : NULL,
          .add = g->add || first > 0, .clamp = g->clamp && is_last,
          .panel_row = panels->row, .next = &next, .share = share,
        };
        tile(strip, panels->at + panel * panels->apart, words, live, &to);
      }
    }
  }
}

// Rows that are formed on the way come a strip at a time, so that all they are formed from stays near.
FL_INLINE int64_t FL_NAMED(group_rows)(const fl_product *g) { return g->sum ? FL_STRIP : FL_GROUP; }

// The group of rows behind `row` in a block of the depth, or the first of the next block, or that of the next part.
static FL_NAMED(lookahead) FL_NAMED(next_group)(const fl_product *g, const fl_part *part, int64_t row, int64_t first) {
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

static void FL_NAMED(k_product_block)(const fl_product *g, const uint32_t *packed, const fl_part *part) {
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
      FL_NAMED(add_group)(g, group, &panels, row, rows, first, words, part, FL_NAMED(next_group)(g, part, row, first));
    }
  }
  fl_memory_give(group, bytes);
}

#undef FL_MULTIPLY_ADD
#undef FL_ELEMENTS
#undef FL_TILE_OF
#undef FL_NAMED
