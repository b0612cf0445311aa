// Numbers as 8 bit integers with a scale for each row, and the packed form of such weights.

enum { int8_group = 4, int8_panel = 32, int8_zero = 128 };

FL_INLINE int64_t int8_groups(int64_t k) { return (k + int8_group - 1) / int8_group; }

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

// Rounds x * factor to whole numbers and adds 128, as bytes; ties go to even numbers. `shift` is 128 + 1.5 * 2^23.
FL_INLINE vi shifted_bytes(vf x, float factor) {
#pragma clang fp contract(off)
  const vf product = x * factor;
  const vf sum = product + 12583040.0f;
  return bits(sum) & 255;
}

// The scale of a row whose greatest magnitude is `most`; *factor becomes its inverse, 0 for rows that cannot be told from 0.
FL_INLINE float int8_scale(float most, float *factor) {
  *factor = 0.0f;
  if (!(most <= FLT_MAX)) return NAN;
  if (most < 1e-30f) return 0.0f;
  *factor = 127.0f / most;
  return most / 127.0f;
}

typedef uint8_t vb __attribute__((ext_vector_type(16)));

static void k_quantize_rows(uint8_t *q, int64_t ldq, float *scale, const float *x, int64_t ldx, int64_t rows,
                            int64_t k) {
  for (int64_t r = 0; r < rows; ++r, q += ldq, x += ldx) {
    float factor;
    scale[r] = int8_scale(greatest_magnitude(x, k), &factor);
    int64_t i = 0;
    for (; i + FL_WIDTH <= k; i += FL_WIDTH) {
      const vb bytes = __builtin_convertvector(shifted_bytes(load(x + i), factor), vb);
      memcpy(q + i, &bytes, sizeof bytes);
    }
    if (i < k) {
      const vb bytes = __builtin_convertvector(shifted_bytes(load_part(x + i, k - i), factor), vb);
      for (int64_t lane = 0; i + lane < k; ++lane) q[i + lane] = bytes[lane];
    }
    for (i = k; i < ldq; ++i) q[i] = int8_zero;
  }
}

static void k_quantize_weight(int8_t *q, float *scale, const float *w, int64_t n, int64_t k) {
  for (int64_t r = 0; r < n; ++r, q += k, w += k) {
    k_quantize_rows((uint8_t *)q, k, scale + r, w, k, 1, k);
    for (int64_t i = 0; i < k; ++i) q[i] = (int8_t)(q[i] ^ int8_zero);
  }
}

static void k_dequantize_rows(float *dst, int64_t ldd, const int8_t *q, const float *scale, int64_t rows, int64_t k) {
  for (int64_t r = 0; r < rows; ++r, dst += ldd, q += k) {
    for (int64_t i = 0; i < k; ++i) dst[i] = (float)q[i] * scale[r];
  }
}

// One row of a panel: 4 bytes for each group, 128 bytes apart.
static void pack_int8_row(int8_t *panel, int32_t *offset, const int8_t *w, int64_t k) {
  int32_t sum = 0;
  for (int64_t i = 0; i < k; ++i) sum += w[i];
  *offset = int8_zero * sum;
  const int64_t whole = k / int8_group;
  for (int64_t g = 0; g < whole; ++g, panel += int8_group * int8_panel) memcpy(panel, w + g * int8_group, int8_group);
  if (whole * int8_group < k) {
    memset(panel, 0, int8_group);
    memcpy(panel, w + whole * int8_group, (size_t)(k - whole * int8_group));
  }
}

static void k_pack_int8(int8_t *packed, int32_t *offsets, const int8_t *w, const int32_t *rows, int64_t n, int64_t k) {
  const int64_t panels = (n + int8_panel - 1) / int8_panel, groups = int8_groups(k);
  for (int64_t r = 0; r < panels * int8_panel; ++r) {
    int8_t *start = packed + (r / int8_panel * groups * int8_panel + r % int8_panel) * int8_group;
    if (r < n) {
      pack_int8_row(start, offsets + r, w + (rows ? (int64_t)rows[r] : r) * k, k);
    } else {
      offsets[r] = 0;
      for (int64_t g = 0; g < groups; ++g) memset(start + g * int8_group * int8_panel, 0, int8_group);
    }
  }
}
