// Adafactor's steps on a matrix, whose second moments are the product of those of its rows and
// columns.

// Adafactor on a matrix [rows, cols]. Moving means with rate beta of g^2 + eps over each row and
// each column; row NULL: of columns only.
FL_KERNEL(void, mean_squares,
          (float *row, float *col, const float *grads, int64_t rows, int64_t cols, float grad_scale,
           float eps, float beta),
          (row, col, grads, rows, cols, grad_scale, eps, beta))
// The sum of squares of the update u = g * row[r] * col[c]; row NULL: ones.
FL_KERNEL(double, factored_squares,
          (const float *grads, const float *row, const float *col, int64_t rows, int64_t cols,
           float grad_scale),
          (grads, row, col, rows, cols, grad_scale))
// p -= shrink p; p -= step u, or, with m, m = beta m + (1 - beta) step u and p -= m.
FL_KERNEL(void, factored_step,
          (float *p, float *m, const float *grads, const float *row, const float *col, int64_t rows,
           int64_t cols, float grad_scale, float step, float beta, float shrink),
          (p, m, grads, row, col, rows, cols, grad_scale, step, beta, shrink))

#if FL_BODIES
static void k_mean_squares(float *row, float *col, const float *grads, int64_t rows, int64_t cols,
                           float grad_scale, float eps, float beta) {
  const float share = (1.0f - beta) / (float)rows;
  FL_EACH_VECTOR(cols, { give(col + i, beta * take(col + i, lanes), lanes); });
  for (int64_t r = 0; r < rows; ++r, grads += cols) {
    vf sum = {0};
    FL_EACH_VECTOR(cols, {
      const vf g = take(grads + i, lanes) * grad_scale;
      const vf square = g * g + eps;
      give(col + i, take(col + i, lanes) + share * square, lanes);
      sum += lanes == FL_WIDTH ? square : (lane_numbers() < (vi)(int32_t)lanes ? square : (vf)0.0f);
    });
    if (row) row[r] = beta * row[r] + (1.0f - beta) * lane_sum(sum) / (float)cols;
  }
}

static double k_factored_squares(const float *grads, const float *row, const float *col,
                                 int64_t rows, int64_t cols, float grad_scale) {
  double total = 0;
  for (int64_t r = 0; r < rows; ++r, grads += cols) {
    const float factor = row ? grad_scale * row[r] : grad_scale;
    vf sum = {0};
    FL_EACH_VECTOR(cols, {
      const vf u = take(grads + i, lanes) * factor * take(col + i, lanes);
      sum += u * u;
    });
    total += lane_sum(sum);
  }
  return total;
}

static void k_factored_step(float *p, float *m, const float *grads, const float *row,
                            const float *col, int64_t rows, int64_t cols, float grad_scale,
                            float step, float beta, float shrink) {
  for (int64_t r = 0; r < rows; ++r, grads += cols, p += cols) {
    const float factor = row ? step * grad_scale * row[r] : step * grad_scale;
    FL_EACH_VECTOR(cols, {
      vf u = take(grads + i, lanes) * factor * take(col + i, lanes);
      if (m) {
        u = beta * take(m + i, lanes) + (1.0f - beta) * u;
        give(m + i, u, lanes);
      }
      const vf before = take(p + i, lanes);
      give(p + i, before - shrink * before - u, lanes);
    });
    if (m) m += cols;
  }
}
#endif
