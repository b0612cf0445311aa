// Arithmetic, element by element.

FL_KERNEL(void, fill, (float *dst, float value, int64_t n), (dst, value, n))
FL_KERNEL(void, add, (float *dst, const float *a, const float *b, int64_t n), (dst, a, b, n))
FL_KERNEL(void, sub, (float *dst, const float *a, const float *b, int64_t n), (dst, a, b, n))
FL_KERNEL(void, mul, (float *dst, const float *a, const float *b, int64_t n), (dst, a, b, n))
FL_KERNEL(void, div, (float *dst, const float *a, const float *b, int64_t n), (dst, a, b, n))
FL_KERNEL(void, scale, (float *dst, const float *a, float s, int64_t n), (dst, a, s, n))
FL_KERNEL(void, add_scalar, (float *dst, const float *a, float s, int64_t n), (dst, a, s, n))
// dst += s * a
FL_KERNEL(void, axpy, (float *dst, float s, const float *a, int64_t n), (dst, s, a, n))

#if FL_BODIES
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
#endif
