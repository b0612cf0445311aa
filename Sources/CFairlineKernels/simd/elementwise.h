// Arithmetic, element by element.

static void k_fill(float *dst, float value, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, (vf)value, lanes); });
}

static void k_add(float *dst, const float *a, const float *b, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(a + i, lanes) + take(b + i, lanes), lanes); });
}

static void k_sub(float *dst, const float *a, const float *b, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(a + i, lanes) - take(b + i, lanes), lanes); });
}

static void k_mul(float *dst, const float *a, const float *b, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(a + i, lanes) * take(b + i, lanes), lanes); });
}

static void k_div(float *dst, const float *a, const float *b, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(a + i, lanes) / take(b + i, lanes), lanes); });
}

static void k_scale(float *dst, const float *a, float s, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(a + i, lanes) * s, lanes); });
}

static void k_add_scalar(float *dst, const float *a, float s, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(a + i, lanes) + s, lanes); });
}

static void k_axpy(float *dst, float s, const float *a, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(dst + i, lanes) + s * take(a + i, lanes), lanes); });
}

static void k_mul_add(float *dst, const float *a, const float *b, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, take(dst + i, lanes) + take(a + i, lanes) * take(b + i, lanes), lanes); });
}

static void k_row_add(float *dst, const float *a, const float *row, int64_t rows, int64_t cols) {
  for (int64_t r = 0; r < rows; ++r) k_add(dst + r * cols, a + r * cols, row, cols);
}

static void k_row_mul(float *dst, const float *a, const float *row, int64_t rows, int64_t cols) {
  for (int64_t r = 0; r < rows; ++r) k_mul(dst + r * cols, a + r * cols, row, cols);
}
