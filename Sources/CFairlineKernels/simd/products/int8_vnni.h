// The 8 bit product with AVX-512 VNNI: a tile of up to 12 rows and one panel stays in registers
// over the whole depth.
#pragma once

typedef struct vnni_part {
  float *c;
  int64_t ldc, lda, groups, column;
  const uint8_t *a;
  const float *a_scale;
  const fl_int8_weight *w;
  const int8_t *panel;
} vnni_part;

static inline __attribute__((always_inline)) void vnni_give(const vnni_part *part, int64_t row,
                                                            int64_t half, __m512i sum) {
  const fl_int8_weight *w = part->w;
  const int64_t column = part->column + half, lanes = w->n - column;
  if (lanes <= 0) return;
  const __mmask16 mask = lanes >= 16 ? 0xffff : (__mmask16)((1u << lanes) - 1);
  const __m512i exact = _mm512_sub_epi32(sum, _mm512_loadu_si512(w->offsets + column));
  const __m512 scale = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, w->scales + column),
                                     _mm512_set1_ps(part->a_scale[row]));
  __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(exact), scale);
  if (w->bias) value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(mask, w->bias + column));
  if (w->rectifies) value = _mm512_max_ps(value, _mm512_setzero_ps());
  float *to = part->c + row * part->ldc + half;
  // Masked stores are slow on AMD's processors, with all lanes too.
  if (lanes >= 16) {
    _mm512_storeu_ps(to, value);
  } else {
    _mm512_mask_storeu_ps(to, mask, value);
  }
}

#define FL_VNNI_TILE(ROWS)                                                               \
  static void vnni_tile_##ROWS(const vnni_part *part) {                                  \
    __m512i sum[ROWS][2];                                                                \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                  \
      sum[r][0] = sum[r][1] = _mm512_setzero_si512();                                    \
    }                                                                                    \
    const uint8_t *a = part->a;                                                          \
    const int8_t *panel = part->panel;                                                   \
    const int64_t lda = part->lda;                                                       \
    for (int64_t g = 0; g < part->groups; ++g, a += 4, panel += 128) {                   \
      const __m512i b0 = _mm512_loadu_si512(panel), b1 = _mm512_loadu_si512(panel + 64); \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                \
        int32_t word;                                                                    \
        __builtin_memcpy(&word, a + r * lda, sizeof word);                               \
        const __m512i x = _mm512_set1_epi32(word);                                       \
        sum[r][0] = _mm512_dpbusd_epi32(sum[r][0], x, b0);                               \
        sum[r][1] = _mm512_dpbusd_epi32(sum[r][1], x, b1);                               \
      }                                                                                  \
    }                                                                                    \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                  \
      vnni_give(part, r, 0, sum[r][0]);                                                  \
      vnni_give(part, r, 16, sum[r][1]);                                                 \
    }                                                                                    \
  }

FL_VNNI_TILE(1)
FL_VNNI_TILE(2)
FL_VNNI_TILE(3)
FL_VNNI_TILE(4)
FL_VNNI_TILE(5)
FL_VNNI_TILE(6)
FL_VNNI_TILE(7)
FL_VNNI_TILE(8)
FL_VNNI_TILE(9)
FL_VNNI_TILE(10)
FL_VNNI_TILE(11)
FL_VNNI_TILE(12)

static void (*const vnni_tiles[12])(const vnni_part *) = {
    vnni_tile_1, vnni_tile_2, vnni_tile_3, vnni_tile_4,  vnni_tile_5,  vnni_tile_6,
    vnni_tile_7, vnni_tile_8, vnni_tile_9, vnni_tile_10, vnni_tile_11, vnni_tile_12,
};

static void vnni_product(float *c, int64_t ldc, const uint8_t *a, int64_t lda, const float *a_scale,
                         const fl_int8_weight *w, int64_t m, int64_t first_panel,
                         int64_t last_panel) {
  const int64_t groups = (w->k + 3) / 4, tiles = (m + 11) / 12;
  for (int64_t p = first_panel; p < last_panel; ++p) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
      const vnni_part part = {.c = c + row * ldc + p * 32,
                              .ldc = ldc,
                              .lda = lda,
                              .groups = groups,
                              .column = p * 32,
                              .a = a + row * lda,
                              .a_scale = a_scale + row,
                              .w = w,
                              .panel = w->packed + p * groups * 128};
      vnni_tiles[rows - 1](&part);
    }
  }
}
