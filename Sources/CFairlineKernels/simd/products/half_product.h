// Products of large matrices, C = A B, with operands of IEEE half precision.
//
// Multiply-adds in half precision are twice as fast as those in float32, but their sums keep 11
// bits and end at 65504. So each operand is scaled by a power of two that brings its largest
// element below 16, sums in half precision run over short chunks of the depth, and the chunks are
// added in float32, where the scales are undone.
//
// B is packed before, all of it: for each block of half_deep words of the depth, panels of
// half_columns columns, each [word, half_columns]. A word holds two neighbours along the depth. A
// is packed on the way, a group of rows at a time, in strips of half_strip rows. A tile of one
// strip and one panel stays in registers over a chunk: the two halves of a register's words add up
// even and odd places of the depth.
//
// The source needs AVX-512 alone; with AVX512-FP16 the compiler multiplies in half precision,
// without it in float32 and rounds.

typedef _Float16 vh __attribute__((ext_vector_type(32)));

enum {
  half_deep = 256,
  half_columns = 32,
  half_strip = 12,
  half_group = 96,
  // Words of a chunk. Both halves of one add 128 products, none above 16 * 16: 32768 at most, half
  // of what overflows.
  half_chunk = 64,
  // The tail is overwritten by lines that are stored as whole vectors.
  half_strip_words = half_deep * half_strip + FL_WIDTH,
};

// ---- Reading the operands -----------------------------------------------------------------------

// An operand in memory: lines of adjacent floats, `apart` from one to the next.
typedef struct half_operand {
  const float *at;
  int64_t apart;
  float scale;
} half_operand;

// Lines are the rows of a matrix whose step is 1, and the columns of any other.
FL_INLINE half_operand half_operand_of(const float *at, int64_t row, int64_t step, float scale) {
  return (half_operand){at, step == 1 ? row : step, scale == 0.0f ? 1.0f : scale};
}

FL_INLINE const float *half_place(const half_operand *o, int64_t line, int64_t place) {
  return o->at + line * o->apart + place;
}

FL_INLINE __m256i half_rounded(const half_operand *o, int64_t line, int64_t place, int64_t lanes) {
  const vf x = take(half_place(o, line, place), lanes) * o->scale;
  return _mm512_cvtps_ph((__m512)x, _MM_FROUND_TO_NEAREST_INT);
}

// 16 words of `lanes` places; each pairs a line with the next one, or with zeros after the last of
// `lines`.
FL_INLINE vu half_words_across(const half_operand *o, int64_t line, int64_t lines, int64_t place,
                               int64_t lanes) {
  const vu first = (vu)_mm512_cvtepu16_epi32(half_rounded(o, line, place, lanes));
  if (line + 1 >= lines) return first;
  return first | (vu)_mm512_cvtepu16_epi32(half_rounded(o, line + 1, place, lanes)) << 16;
}

// 16 words of `count` floats of one line, or of its first 32.
FL_INLINE vu half_words_along(const half_operand *o, int64_t line, int64_t place, int64_t count) {
  const __m256i low = half_rounded(o, line, place, smaller(count, FL_WIDTH));
  if (count <= FL_WIDTH) return (vu)_mm512_zextsi256_si512(low);
  const __m256i high = half_rounded(o, line, place + FL_WIDTH, smaller(count - FL_WIDTH, FL_WIDTH));
  return (vu)_mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

FL_INLINE void half_store(uint32_t *p, vu words) { __builtin_memcpy(p, &words, sizeof words); }

FL_INLINE vh half_load(const uint32_t *p) {
  vh v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

// ---- Packing B ----------------------------------------------------------------------------------

// A panel's line of words has its even columns in the first vector and its odd ones in the second,
// as half_add wants them.

// Lines of B run along the columns: they are read from end to end.
static void half_pack_rows(uint32_t *panels, int64_t apart, const half_operand *b, int64_t first,
                           int64_t last, int64_t column, int64_t columns) {
  for (int64_t line = first; line < last; line += 2, panels += half_columns) {
    uint32_t *to = panels;
    for (int64_t j = column; j < columns; j += half_columns, to += apart) {
      const vu left = half_words_across(b, line, last, j, smaller(FL_WIDTH, columns - j));
      vu right = 0;
      if (j + FL_WIDTH < columns) {
        right = half_words_across(b, line, last, j + FL_WIDTH,
                                  smaller(FL_WIDTH, columns - j - FL_WIDTH));
      }
      half_store(to, __builtin_shufflevector(left, right, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22,
                                             24, 26, 28, 30));
      half_store(to + FL_WIDTH, __builtin_shufflevector(left, right, 1, 3, 5, 7, 9, 11, 13, 15, 17,
                                                        19, 21, 23, 25, 27, 29, 31));
    }
  }
}

// Lines of B run along the depth: 16 of a panel's 32 are transposed at a time.
static void half_pack_columns(uint32_t *panel, const half_operand *b, int64_t first, int64_t last,
                              int64_t column, int64_t columns) {
  for (int64_t odd = 0; odd < 2; ++odd) {
    uint32_t *to = panel + odd * FL_WIDTH;
    for (int64_t place = first; place < last; place += 2 * FL_WIDTH) {
      vf x[FL_WIDTH];
#pragma clang loop unroll(full)
      for (int r = 0; r < FL_WIDTH; ++r) {
        const int64_t line = column + 2 * r + odd;
        x[r] = line < columns ? (vf)half_words_along(b, line, place, last - place) : (vf)0.0f;
      }
      transpose_tile(x);
      const int64_t words = smaller(FL_WIDTH, (last - place + 1) / 2);
#pragma clang loop unroll(full)
      for (int r = 0; r < FL_WIDTH; ++r, to += half_columns) {
        if (r < words) half_store(to, (vu)x[r]);
      }
    }
  }
}

static void k_pack_block_half(const fl_product *g, uint32_t *packed, int64_t block,
                              int64_t first_panel, int64_t last_panel) {
  const half_operand b = half_operand_of(g->b, g->b_row, g->b_step, g->b_scale);
  const int64_t panels = (g->n + half_columns - 1) / half_columns;
  const int64_t first = 2 * half_deep * block, last = smaller(first + 2 * half_deep, g->k);
  const int64_t apart = (last - first + 1) / 2 * half_columns;
  uint32_t *to = packed + block * half_deep * panels * half_columns + first_panel * apart;
  if (g->b_step == 1) {
    half_pack_rows(to, apart, &b, first, last, first_panel * half_columns,
                   smaller(last_panel * half_columns, g->n));
    return;
  }
  for (int64_t panel = first_panel; panel < last_panel; ++panel, to += apart) {
    half_pack_columns(to, &b, first, last, panel * half_columns, g->n);
  }
}

// ---- Packing A ----------------------------------------------------------------------------------

// Rows first..<last of A. Lines that are rows stay so, half_deep words apart in their strip; lines
// that are columns become [word, half_strip] for each strip.
static void half_pack_group(uint32_t *to, const half_operand *a, bool along, int64_t row,
                            int64_t last_row, int64_t first, int64_t last) {
  for (int64_t r = row; r < last_row; r += half_strip, to += half_strip_words) {
    const int64_t rows = smaller(half_strip, last_row - r);
    if (along) {
      for (int64_t i = 0; i < rows; ++i) {
        for (int64_t p = first; p < last; p += 2 * FL_WIDTH) {
          half_store(to + i * half_deep + (p - first) / 2, half_words_along(a, r + i, p, last - p));
        }
      }
    } else {
      for (int64_t p = first; p < last; p += 2) {
        half_store(to + (p - first) / 2 * half_strip, half_words_across(a, p, last, r, rows));
      }
    }
  }
}

// ---- A tile -------------------------------------------------------------------------------------

// Adds up the halves of all words, of the even and of the odd columns, and adds that to 32 floats.
// The one sum in half precision spares half of the conversions, and its error is small beside that
// of the chunk.
FL_INLINE void half_add(float *total, vh even, vh odd) {
  const vu e = (vu)even, o = (vu)odd, low = 0xffff;
  const vu outer = (e & low) | (o & ~low), inner = (o & low) | (e & ~low);
  const vh sum = (vh)outer + (vh)(inner << 16 | inner >> 16);
  store(total, load(total) + __builtin_convertvector(sum.lo, vf));
  store(total + FL_WIDTH, load(total + FL_WIDTH) + __builtin_convertvector(sum.hi, vf));
}

// Adds a tile's products to total, [rows, half_columns]; the words of row r and depth p stand at
// a[r * row + p * step].
FL_INLINE void half_tile(const int rows, const int64_t row, const int64_t step, const uint32_t *a,
                         const uint32_t *panel, int64_t words, float *total) {
  for (; words > 0; words -= half_chunk) {
    vh sum[half_strip][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) sum[r][0] = sum[r][1] = 0;
    for (int64_t p = smaller(half_chunk, words); p > 0; --p, a += step, panel += half_columns) {
      const vh even = half_load(panel), odd = half_load(panel + FL_WIDTH);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; ++r) {
        const vh x = (vh)(vu)a[r * row];
        sum[r][0] = __builtin_elementwise_fma(x, even, sum[r][0]);
        sum[r][1] = __builtin_elementwise_fma(x, odd, sum[r][1]);
      }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) half_add(total + r * half_columns, sum[r][0], sum[r][1]);
    // Totals stay in memory: they would crowd out the sums of the next chunk.
    __asm__ volatile("" : : "r"(total) : "memory");
  }
}

typedef void half_tile_function(const uint32_t *a, const uint32_t *panel, int64_t words,
                                float *total);

#define FL_HALF_TILE(ROWS)                                                     \
  static __attribute__((noinline)) void half_tile_along_##ROWS(                \
      const uint32_t *a, const uint32_t *panel, int64_t words, float *total) { \
    half_tile(ROWS, half_deep, 1, a, panel, words, total);                     \
  }                                                                            \
  static __attribute__((noinline)) void half_tile_across_##ROWS(               \
      const uint32_t *a, const uint32_t *panel, int64_t words, float *total) { \
    half_tile(ROWS, 1, half_strip, a, panel, words, total);                    \
  }

FL_HALF_TILE(4)
FL_HALF_TILE(8)
FL_HALF_TILE(12)
#undef FL_HALF_TILE

// The smallest tile with `rows` rows.
FL_INLINE half_tile_function *half_tile_for(int64_t rows, bool along) {
  if (rows <= 4) return along ? half_tile_along_4 : half_tile_across_4;
  if (rows <= 8) return along ? half_tile_along_8 : half_tile_across_8;
  return along ? half_tile_along_12 : half_tile_across_12;
}

// ---- A block of C -------------------------------------------------------------------------------

// What becomes of a tile's sums, and where in C.
typedef struct half_target {
  float *c;
  int64_t c_row, rows, columns;
  const float *bias, *mask;  // of the tile; NULL: none
  bool add, clamp;
  float undo;  // the power of two that undoes both scales
} half_target;

FL_INLINE void half_prefetch(const half_target *to) {
  for (int64_t r = 0; r < to->rows; ++r) {
    __builtin_prefetch(to->c + r * to->c_row, 1);
    __builtin_prefetch(to->c + r * to->c_row + FL_WIDTH, 1);
    if (!to->mask) continue;
    __builtin_prefetch(to->mask + r * to->c_row);
    __builtin_prefetch(to->mask + r * to->c_row + FL_WIDTH);
  }
}

static void half_finish(const float *total, const half_target *to) {
  for (int64_t r = 0; r < to->rows; ++r, total += half_columns) {
    for (int64_t j = 0; j < to->columns; j += FL_WIDTH) {
      const int64_t lanes = smaller(FL_WIDTH, to->columns - j), at = r * to->c_row + j;
      vf x = (vf)_mm512_scalef_ps((__m512)load(total + j), _mm512_set1_ps(to->undo));
      if (to->bias) x += take(to->bias + j, lanes);
      if (to->add) x += take(to->c + at, lanes);
      if (to->clamp) x = x < 0.0f ? (vf)0.0f : x;
      if (to->mask) x = take(to->mask + at, lanes) > 0.0f ? x : (vf)0.0f;
      give(to->c + at, x, lanes);
    }
  }
}

// The part of A that is packed next: it is brought near, a few cache lines at a time, while tiles
// are computed.
typedef struct half_ahead {
  int64_t line, last_line, first, last, place;
} half_ahead;

FL_INLINE half_ahead half_ahead_of(bool along, int64_t row, int64_t last_row, int64_t first,
                                   int64_t last) {
  return along ? (half_ahead){row, last_row, first, last, first}
               : (half_ahead){first, last, row, last_row, row};
}

FL_INLINE void half_look(const half_operand *a, half_ahead *next, int64_t count) {
  for (; count > 0 && next->line < next->last_line; --count) {
    __builtin_prefetch(half_place(a, next->line, next->place), 0, 2);
    next->place += FL_WIDTH;
    if (next->place < next->last) continue;
    next->place = next->first;
    ++next->line;
  }
}

// The power of two of a scale.
FL_INLINE float half_exponent(float scale) { return scale == 0.0f ? 0.0f : (float)ilogbf(scale); }

// The group of rows behind `row` in a block of the depth, or the first of the next block, or that
// of the next part.
static half_ahead half_next_group(const fl_product *g, const fl_part *part, int64_t row,
                                  int64_t first) {
  int64_t next = row + half_group, last = part->last_row;
  if (next >= last) {
    next = part->first_row;
    first += 2 * half_deep;
  }
  if (first >= g->k) {
    next = part->next_row;
    last = part->next_last_row;
    first = 0;
  }
  return half_ahead_of(g->a_step == 1, next, smaller(next + half_group, last), first,
                       smaller(first + 2 * half_deep, g->k));
}

static void k_product_block_half(const fl_product *g, const uint32_t *packed, const fl_part *part) {
  const half_operand a = half_operand_of(g->a, g->a_row, g->a_step, g->a_scale);
  const bool along = g->a_step == 1;
  const float undo = -(half_exponent(g->a_scale) + half_exponent(g->b_scale));
  const int64_t panels = (g->n + half_columns - 1) / half_columns;
  const size_t bytes = half_group / half_strip * half_strip_words * sizeof(uint32_t);
  uint32_t *group = fl_memory_take(bytes);
  for (int64_t first = 0; first < g->k; first += 2 * half_deep) {
    const int64_t last = smaller(first + 2 * half_deep, g->k), words = (last - first + 1) / 2;
    const uint32_t *block = packed + first / 2 * panels * half_columns;
    for (int64_t row = part->first_row; row < part->last_row; row += half_group) {
      const int64_t end = smaller(row + half_group, part->last_row);
      half_pack_group(group, &a, along, row, end, first, last);
      half_ahead next = half_next_group(g, part, row, first);
      const int64_t tiles =
          (end - row + half_strip - 1) / half_strip * (part->last_panel - part->first_panel);
      const int64_t lines =
          (next.last - next.first + FL_WIDTH - 1) / FL_WIDTH * (next.last_line - next.line);
      const uint32_t *strip = group;
      for (int64_t r = row; r < end; r += half_strip, strip += half_strip_words) {
        const int64_t rows = smaller(half_strip, end - r);
        half_tile_function *tile = half_tile_for(rows, along);
        for (int64_t panel = part->first_panel; panel < part->last_panel; ++panel) {
          const int64_t column = panel * half_columns, at = r * g->c_row + column;
          const half_target to = {
              .c = g->c + at,
              .c_row = g->c_row,
              .rows = rows,
              .columns = smaller(half_columns, g->n - column),
              .bias = g->bias && first == 0 ? g->bias + column : NULL,
              .mask = g->mask && last == g->k ? g->mask + at : NULL,
              .add = g->add || first > 0,
              .clamp = g->clamp && last == g->k,
              .undo = undo,
          };
          half_prefetch(&to);
          half_look(&a, &next, (lines + tiles - 1) / tiles);
          float total[half_strip * half_columns] __attribute__((aligned(64))) = {0};
          tile(strip, block + panel * words * half_columns, words, total);
          half_finish(total, &to);
        }
      }
    }
  }
  fl_memory_give(group, bytes);
}
