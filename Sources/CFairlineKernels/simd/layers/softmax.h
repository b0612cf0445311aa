// Softmax of rows: the maximum, then exp and its sum in one pass, then the scaling.

FL_KERNEL(void, softmax, (float *dst, const float *x, int64_t rows, int64_t cols),
          (dst, x, rows, cols))
// dx +=
FL_KERNEL(void, softmax_grad,
          (float *dx, const float *y, const float *dy, int64_t rows, int64_t cols),
          (dx, y, dy, rows, cols))
FL_KERNEL(void, log_softmax, (float *dst, const float *x, int64_t rows, int64_t cols),
          (dst, x, rows, cols))
// dx +=
FL_KERNEL(void, log_softmax_grad,
          (float *dx, const float *y, const float *dy, int64_t rows, int64_t cols),
          (dx, y, dy, rows, cols))

#if FL_BODIES
#include "../elements/exponential.h"

// dst = exp(x - most); returns the sum.
FL_INLINE float exp_sum(float *dst, const float *x, int64_t n, float most) {
  vf s[4] = {0};
  FL_EACH_PART(n, {
    const vf e = vexp_flush(take_or(x + i, lanes, -INFINITY) - most);
    if (dst) give(dst + i, e, lanes);
    s[part] += e;
  });
  return join_sum(s);
}

// The same for rows of one vector, which stays in registers.
static void short_softmax(float *dst, const float *x, int64_t rows, int64_t cols) {
  const vf none = 0.0f;
  for (int64_t r = 0; r < rows; ++r, dst += cols, x += cols) {
    const vf row = take_or(x, cols, -INFINITY);
    const vf e = vexp_flush(row - lane_max(row));
    const vf parts[4] = {none + e, none, none, none};
    give(dst, e * (1.0f / join_sum(parts)), cols);
  }
}

static void k_softmax(float *dst, const float *x, int64_t rows, int64_t cols) {
  if (cols > 0 && cols <= FL_WIDTH) {
    short_softmax(dst, x, rows, cols);
    return;
  }
  for (int64_t r = 0; r < rows; ++r, dst += cols, x += cols) {
    const float sum = exp_sum(dst, x, cols, range_max(x, cols));
    k_scale(dst, dst, 1.0f / sum, cols);
  }
}

static void k_softmax_grad(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols) {
  for (int64_t r = 0; r < rows; ++r, dx += cols, y += cols, dy += cols) {
    const float dot = range_dot(y, dy, cols);
    FL_EACH_VECTOR(cols, {
      give(dx + i, take(dx + i, lanes) + take(y + i, lanes) * (take(dy + i, lanes) - dot), lanes);
    });
  }
}

// The maximum and the logarithm of the sum are subtracted one after the other: their sum would
// round large ones off.
static void k_log_softmax(float *dst, const float *x, int64_t rows, int64_t cols) {
  for (int64_t r = 0; r < rows; ++r, dst += cols, x += cols) {
    const float most = range_max(x, cols);
    const float rest = logf(exp_sum(NULL, x, cols, most));
    FL_EACH_VECTOR(cols, { give(dst + i, (take(x + i, lanes) - most) - rest, lanes); });
  }
}

static void k_log_softmax_grad(float *dx, const float *y, const float *dy, int64_t rows,
                               int64_t cols) {
  for (int64_t r = 0; r < rows; ++r, dx += cols, y += cols, dy += cols) {
    const float sum = range_sum(dy, cols);
    FL_EACH_VECTOR(cols, {
      const vf p = vexp_flush(take(y + i, lanes));
      give(dx + i, take(dx + i, lanes) + (take(dy + i, lanes) - p * sum), lanes);
    });
  }
}
#endif
