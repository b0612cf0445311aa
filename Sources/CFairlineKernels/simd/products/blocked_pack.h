// Packing of both operands of a blocked product; included by blocked_product.h.

// ---- Packing B ----------------------------------------------------------------------------------

// Panels of B whose rows run along the columns, `apart` words from one to the next; rows are read
// from end to end.
static void FL_NAMED(pack_across)(uint32_t *panels, int64_t apart, const float *b, int64_t b_row,
                                  int64_t depth, int64_t columns) {
  const int64_t second = second_vector((depth + FL_PAIR - 1) / FL_PAIR);
  for (int64_t p = 0; p < depth; p += FL_PAIR, panels += FL_LINE, b += FL_PAIR * b_row) {
    const bool inside = p + 1 < depth;
    uint32_t *to = panels;
    int64_t column = 0;
    for (; column + FL_BLOCK_COLUMNS <= columns; column += FL_BLOCK_COLUMNS, to += apart) {
      store_words(to, FL_NAMED(words_across)(b + column, b_row, FL_WIDTH, inside));
      store_words(to + second,
                  FL_NAMED(words_across)(b + column + FL_WIDTH, b_row, FL_WIDTH, inside));
    }
    const int64_t rest = columns - column;
    if (rest <= 0) continue;
    store_words(to, FL_NAMED(words_across)(b + column, b_row, smaller(rest, FL_WIDTH), inside));
    const vu none = 0u;
    store_words(to + second, rest > FL_WIDTH ? FL_NAMED(words_across)(b + column + FL_WIDTH, b_row,
                                                                      rest - FL_WIDTH, inside)
                                             : none);
  }
}

// A panel of B whose columns run along the depth, `b_column` floats apart.
static void FL_NAMED(pack_along)(uint32_t *panel, const float *b, int64_t b_column, int64_t depth,
                                 int64_t columns) {
  const int64_t words = (depth + FL_PAIR - 1) / FL_PAIR;
  for (int64_t column = 0; column < FL_BLOCK_COLUMNS; column += FL_WIDTH) {
    for (int64_t word = 0; word < words; word += FL_WIDTH) {
      const int64_t first = word * FL_PAIR;
      vf x[16];
#pragma clang loop unroll(full)
      for (int r = 0; r < 16; ++r) {
        x[r] = column + r < columns
                   ? (vf)FL_NAMED(words_along)(b + (column + r) * b_column + first, depth - first)
                   : (vf)0.0f;
      }
      transpose_tile(x);
      uint32_t *to = panel + word * FL_LINE + (column ? second_vector(words) : 0);
      const int64_t count = smaller(FL_WIDTH, words - word);
      if (count == FL_WIDTH) {
#pragma clang loop unroll(full)
        for (int r = 0; r < 16; ++r) store_words(to + r * FL_LINE, (vu)x[r]);
      } else {
        uint32_t t[16 * FL_WIDTH];
        memcpy(t, x, sizeof t);
        for (int64_t r = 0; r < count; ++r) memcpy(to + r * FL_LINE, t + r * FL_WIDTH, sizeof(vu));
      }
    }
  }
}

static void FL_NAMED(k_pack_block)(const fl_product *g, uint32_t *packed, int64_t block,
                                   int64_t first_panel, int64_t last_panel) {
  const int64_t panels = (g->n + FL_BLOCK_COLUMNS - 1) / FL_BLOCK_COLUMNS;
  const int64_t first = block * FL_ELEMENTS;
  const int64_t depth = smaller(FL_ELEMENTS, g->k - first);
  const int64_t words = (depth + FL_PAIR - 1) / FL_PAIR;
  uint32_t *base = packed + block * FL_DEEP * panels * FL_BLOCK_COLUMNS;
  const float *from = g->b + first * g->b_row;
  if (g->b_step == 1) {
    const int64_t column = first_panel * FL_BLOCK_COLUMNS;
    FL_NAMED(pack_across)(base + first_panel * words * FL_BLOCK_COLUMNS, words * FL_BLOCK_COLUMNS,
                          from + column, g->b_row, depth,
                          smaller(last_panel * FL_BLOCK_COLUMNS, g->n) - column);
    return;
  }
  for (int64_t panel = first_panel; panel < last_panel; ++panel) {
    const int64_t column = panel * FL_BLOCK_COLUMNS;
    FL_NAMED(pack_along)(base + panel * words * FL_BLOCK_COLUMNS, from + column * g->b_step,
                         g->b_step, depth, smaller(FL_BLOCK_COLUMNS, g->n - column));
  }
}

// ---- Packing A ----------------------------------------------------------------------------------

// Rows that run along the depth stand FL_DEEP words apart in their strip.
static void FL_NAMED(pack_rows_along)(uint32_t *to, const float *a, int64_t a_row, int64_t rows,
                                      int64_t depth) {
  for (int64_t r = 0; r < rows; ++r, a += a_row) {
    uint32_t *line = to + r / FL_STRIP * FL_STRIP_WORDS + r % FL_STRIP * FL_DEEP;
    for (int64_t p = 0; p < depth; p += FL_WIDTH * FL_PAIR) {
      store_words(line + p / FL_PAIR, FL_NAMED(words_along)(a + p, depth - p));
    }
  }
}

// The same for rows that are formed on the way, the first at element `place` of the sum.
static void FL_NAMED(pack_sums_along)(uint32_t *to, const fl_weighted_sum *sum, int64_t place,
                                      int64_t a_row, int64_t rows, int64_t depth) {
#if FL_PAIR == 1
  for (int64_t r = 0; r < rows; ++r, place += a_row) {
    form_sum(sum, place, place + depth,
             (float *)(to + r / FL_STRIP * FL_STRIP_WORDS + r % FL_STRIP * FL_DEEP));
  }
#endif
}

// Rows that run across it stand as [word, FL_STRIP] for each strip; what is stored beyond a line's
// end is overwritten, so that whole vectors are taken where rows of the group follow.
static void FL_NAMED(pack_rows_across)(uint32_t *to, const float *a, int64_t a_step, int64_t rows,
                                       int64_t depth) {
  for (int64_t p = 0, word = 0; p < depth; p += FL_PAIR, ++word, a += FL_PAIR * a_step) {
    uint32_t *line = to + word * FL_STRIP;
    int64_t r = 0;
    for (; r + FL_WIDTH <= rows; r += FL_STRIP, line += FL_STRIP_WORDS) {
      store_words(line, FL_NAMED(words_across)(a + r, a_step, FL_WIDTH, p + 1 < depth));
    }
    for (; r + FL_STRIP <= rows; r += FL_STRIP, line += FL_STRIP_WORDS) {
      store_words(line, FL_NAMED(words_across)(a + r, a_step, FL_STRIP, p + 1 < depth));
    }
    if (r < rows) store_words(line, FL_NAMED(words_across)(a + r, a_step, rows - r, p + 1 < depth));
  }
}
