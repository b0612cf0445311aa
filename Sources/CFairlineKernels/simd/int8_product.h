// Products of 8 bit rows with packed 8 bit weights: exact sums of 32 bits, then one scale for each cell.
//
// Rows hold their numbers with 128 added, as the instructions want one side unsigned; the weight's offsets take that out again.
// A weight's four numbers of a group stand together, and the 32 columns of a panel behind each other.

// Scales 16 sums of one row and stores them.
FL_INLINE void give_scaled(float *c, vi sum, const fl_int8_weight *w, int64_t column, int64_t lanes, float scale) {
  vi offset;
  memcpy(&offset, w->offsets + column, sizeof offset);
  vf value = to_float(sum - offset) * (take(w->scales + column, lanes) * scale);
  if (w->bias) value += take(w->bias + column, lanes);
  if (w->rectifies) value = vmax(value, (vf)(0.0f));
  give(c, value, lanes);
}

static void give_scaled_panel(float *c, const int32_t *sums, const fl_int8_weight *w, int64_t column, float scale) {
  for (int64_t half = 0; half < int8_panel && column + half < w->n; half += FL_WIDTH) {
    vi sum;
    memcpy(&sum, sums + half, sizeof sum);
    give_scaled(c + half, sum, w, column + half, smaller(FL_WIDTH, w->n - column - half), scale);
  }
}

#if FL_LEVEL > 0
// Sums of one row and 16 columns with 16 bit products, four columns a register; exact, as 255 * 128 * 2 has room in 32 bits.
FL_INLINE void wide_sums(int32_t *sums, const uint8_t *a, const int8_t *panel, int64_t groups) {
  __m256i sum[4];
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; ++i) sum[i] = _mm256_setzero_si256();
  for (int64_t g = 0; g < groups; ++g, panel += int8_group * int8_panel) {
    int32_t word;
    memcpy(&word, a + g * int8_group, sizeof word);
    const __m256i x = _mm256_broadcastq_epi64(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(word)));
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; ++i) {
      const __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(panel + 16 * i)));
      sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(x, y));
    }
  }
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 2; ++i) {
    const __m256i pairs = _mm256_hadd_epi32(sum[2 * i], sum[2 * i + 1]);
    _mm256_storeu_si256((__m256i *)(sums + 8 * i), _mm256_permute4x64_epi64(pairs, 0xd8));
  }
}

FL_INLINE void panel_sums(int32_t *sums, const uint8_t *a, const int8_t *panel, int64_t groups) {
  wide_sums(sums, a, panel, groups);
  wide_sums(sums + 16, a, panel + 64, groups);
}
#else
FL_INLINE void panel_sums(int32_t *sums, const uint8_t *a, const int8_t *panel, int64_t groups) {
  memset(sums, 0, int8_panel * sizeof *sums);
  for (int64_t g = 0; g < groups; ++g, a += int8_group) {
    for (int64_t c = 0; c < int8_panel; ++c, panel += int8_group) {
      sums[c] += a[0] * panel[0] + a[1] * panel[1] + a[2] * panel[2] + a[3] * panel[3];
    }
  }
}
#endif

static void k_int8_product(float *c, int64_t ldc, const uint8_t *a, int64_t lda, const float *a_scale,
                           const fl_int8_weight *w, int64_t m, int64_t first_panel, int64_t last_panel) {
#if FL_LEVEL == 2
  if (__builtin_cpu_supports("avx512vnni")) {
    vnni_product(c, ldc, a, lda, a_scale, w, m, first_panel, last_panel);
    return;
  }
#endif
  const int64_t groups = int8_groups(w->k);
  for (int64_t p = first_panel; p < last_panel; ++p) {
    const int8_t *panel = w->packed + p * groups * int8_group * int8_panel;
    for (int64_t r = 0; r < m; ++r) {
      int32_t sums[int8_panel];
      panel_sums(sums, a + r * lda, panel, groups);
      give_scaled_panel(c + r * ldc + p * int8_panel, sums, w, p * int8_panel, a_scale[r]);
    }
  }
}
