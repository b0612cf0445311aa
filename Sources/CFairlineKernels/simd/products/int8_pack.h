// Numbers as 8 bit integers with a scale for each row, and the packed form of such weights.

// Symmetric integers of -127...127 with a scale for each row: a row is scale * q. A row that is not
// finite has the scale NaN. q[r] = round(x[r] / scale[r]), each row alone, as bytes with 128 added
// or as 16 bit integers (fl_int8_layout_in_use), ldq bytes from row to row; numbers from k on are
// 0.
FL_KERNEL(void, quantize_rows,
          (uint8_t *q, int64_t ldq, float *scale, const float *x, int64_t ldx, int64_t rows,
           int64_t k),
          (q, ldq, scale, x, ldx, rows, k))
// q [n, k] = round(w / scale)
FL_KERNEL(void, quantize_weight, (int8_t *q, float *scale, const float *w, int64_t n, int64_t k),
          (q, scale, w, n, k))
FL_KERNEL(void, dequantize_rows,
          (float *dst, int64_t ldd, const int8_t *q, const float *scale, int64_t rows, int64_t k),
          (dst, ldd, q, scale, rows, k))
// Packs n rows of w [*, k]: those numbered in `rows`, or the first n when it is NULL.
FL_KERNEL(void, pack_int8,
          (int8_t *packed, int32_t *offsets, const int8_t *w, const int32_t *rows, int64_t n,
           int64_t k),
          (packed, offsets, w, rows, n, k))

#if FL_BODIES
enum { int8_panel = 32, int8_offset = 128 };

// The greatest magnitude; NaN counts as more than infinity.
static float greatest_magnitude(const float *x, int64_t n) {
  vi most = {0};
  FL_EACH_VECTOR(n, {
    const vi magnitude = bits(take(x + i, lanes)) & 0x7fffffff;
    most = magnitude > most ? magnitude : most;
  });
  int32_t result = 0;
  for (int lane = 0; lane < FL_WIDTH; ++lane) result = most[lane] > result ? most[lane] : result;
  float value;
  memcpy(&value, &result, sizeof value);
  return value;
}

// Rounds x * factor to whole numbers; ties go to even ones. 12582912 is 1.5 * 2^23. What is no
// number becomes something, and the scale says so.
FL_INLINE vi rounded(vf x, float factor) {
#pragma clang fp contract(off)
  const vf product = x * factor;
  const vf sum = product + 12582912.0f;
  return (bits(sum) << 24) >> 24;
}

// The scale of a row whose greatest magnitude is `most`; *factor becomes its inverse, 0 for rows
// that cannot be told from 0.
FL_INLINE float int8_scale(float most, float *factor) {
  *factor = 0.0f;
  if (!(most <= FLT_MAX)) return NAN;
  if (most < 1e-30f) return 0.0f;
  *factor = 127.0f / most;
  return most / 127.0f;
}

typedef uint8_t vb __attribute__((ext_vector_type(16)));

typedef int16_t vw __attribute__((ext_vector_type(16)));

// Elements i..<i + lanes of a row of 16 bit integers, or of bytes.
FL_INLINE void give_integers(uint8_t *q, int64_t i, vi numbers, int64_t lanes, bool wide) {
  const vw words = __builtin_convertvector(numbers, vw);
  const vb bytes = __builtin_convertvector(numbers, vb);
  const size_t count = (size_t)lanes;
  if (lanes == FL_WIDTH && wide) {
    memcpy(q + 2 * i, &words, sizeof words);
  } else if (wide) {
    memcpy(q + 2 * i, &words, 2 * count);
  } else if (lanes == FL_WIDTH) {
    memcpy(q + i, &bytes, sizeof bytes);
  } else {
    memcpy(q + i, &bytes, count);
  }
}

FL_INLINE void quantize(uint8_t *q, int64_t ldq, float *scale, const float *x, int64_t ldx,
                        int64_t rows, int64_t k, int zero, bool wide) {
  for (int64_t r = 0; r < rows; ++r, q += ldq, x += ldx) {
    float factor;
    scale[r] = int8_scale(greatest_magnitude(x, k), &factor);
    FL_EACH_VECTOR(
        k, { give_integers(q, i, rounded(take(x + i, lanes), factor) + zero, lanes, wide); });
    for (int64_t i = wide ? 2 * k : k; i < ldq; ++i) q[i] = (uint8_t)zero;
  }
}

static void k_quantize_rows(uint8_t *q, int64_t ldq, float *scale, const float *x, int64_t ldx,
                            int64_t rows, int64_t k) {
  if (fl_int8_layout_in_use() == FL_INT8_WORDS_OF_TWO) {
    quantize(q, ldq, scale, x, ldx, rows, k, 0, true);
  } else {
    quantize(q, ldq, scale, x, ldx, rows, k, int8_offset, false);
  }
}

static void k_quantize_weight(int8_t *q, float *scale, const float *w, int64_t n, int64_t k) {
  quantize((uint8_t *)q, k, scale, w, k, n, k, 0, false);
}

static void k_dequantize_rows(float *dst, int64_t ldd, const int8_t *q, const float *scale,
                              int64_t rows, int64_t k) {
  for (int64_t r = 0; r < rows; ++r, dst += ldd, q += k) {
    for (int64_t i = 0; i < k; ++i) dst[i] = (float)q[i] * scale[r];
  }
}

// A panel of rows, of which `group` bytes stand together; those beyond the weight are zeros.
FL_INLINE void pack_int8_panel(int8_t *panel, const int8_t *const row[int8_panel], int64_t k,
                               int64_t group) {
  const int64_t whole = k / group, groups = fl_int8_depth(k) / group;
  for (int64_t g = 0; g < whole; ++g, panel += group * int8_panel) {
    for (int64_t r = 0; r < int8_panel; ++r) {
      if (row[r]) {
        memcpy(panel + r * group, row[r] + g * group, (size_t)group);
      } else {
        memset(panel + r * group, 0, (size_t)group);
      }
    }
  }
  if (whole == groups) return;
  memset(panel, 0, (size_t)((groups - whole) * group * int8_panel));
  for (int64_t r = 0; r < int8_panel; ++r) {
    if (row[r]) memcpy(panel + r * group, row[r] + whole * group, (size_t)(k % group));
  }
}

static void k_pack_int8(int8_t *packed, int32_t *offsets, const int8_t *w, const int32_t *rows,
                        int64_t n, int64_t k) {
  const int64_t panels = (n + int8_panel - 1) / int8_panel, depth = fl_int8_depth(k);
  for (int64_t p = 0; p < panels; ++p) {
    const int8_t *row[int8_panel];
    for (int64_t i = 0; i < int8_panel; ++i) {
      const int64_t r = p * int8_panel + i;
      row[i] = r < n ? w + (rows ? (int64_t)rows[r] : r) * k : NULL;
      int32_t sum = 0;
      for (int64_t j = 0; j < k && row[i]; ++j) sum += row[i][j];
      offsets[r] = int8_offset * sum;
    }
    int8_t *panel = packed + p * depth * int8_panel;
    if (fl_int8_layout_in_use() == FL_INT8_WORDS_OF_TWO) {
      pack_int8_panel(panel, row, k, 2);
    } else {
      pack_int8_panel(panel, row, k, 4);
    }
  }
}
#endif
