// Layer normalisation of rows (Ba, Kiros, Hinton 2016).

// y = (x - mean) * rstd * gamma + beta for each row; mean and rstd have `rows` elements (may be
// NULL).
FL_KERNEL(void, layer_norm,
          (float *y, float *mean, float *rstd, const float *x, const float *gamma,
           const float *beta, int64_t rows, int64_t cols, float eps),
          (y, mean, rstd, x, gamma, beta, rows, cols, eps))
// dx = gradient (dx += when accumulate); dgamma[cols] += and dbeta[cols] += this range's part.
// With `inverse`, 1 / gamma, x is the result y instead of what was normalised; beta may be NULL
// without it.
FL_KERNEL(void, layer_norm_grad,
          (float *dx, bool accumulate, float *dgamma, float *dbeta, const float *dy, const float *x,
           const float *mean, const float *rstd, const float *gamma, const float *beta,
           const float *inverse, int64_t rows, int64_t cols),
          (dx, accumulate, dgamma, dbeta, dy, x, mean, rstd, gamma, beta, inverse, rows, cols))

#if FL_BODIES
typedef struct moments {
  float mean, rstd;
} moments;

// The variance is taken about the mean in a second pass: the row is in the first-level cache by
// then.
FL_INLINE moments row_moments(const float *x, int64_t n, float eps) {
  const float mean = range_sum(x, n) / (float)n;
  vf s[4] = {0};
  FL_EACH_PART(n, {
    const vf d = take_or(x + i, lanes, mean) - mean;
    s[part] += d * d;
  });
  return (moments){mean, 1.0f / sqrtf(join_sum(s) / (float)n + eps)};
}

FL_INLINE void normalize_row(float *y, float *mean, float *rstd, const float *x, const float *gamma,
                             const float *beta, int64_t n, float eps) {
  const moments m = row_moments(x, n, eps);
  if (mean) *mean = m.mean;
  if (rstd) *rstd = m.rstd;
  FL_EACH_VECTOR(n, {
    const vf normal = (take(x + i, lanes) - m.mean) * m.rstd;
    give(y + i, normal * take(gamma + i, lanes) + take(beta + i, lanes), lanes);
  });
}

static void k_layer_norm(float *y, float *mean, float *rstd, const float *x, const float *gamma,
                         const float *beta, int64_t rows, int64_t cols, float eps) {
  for (int64_t r = 0; r < rows; ++r) {
    normalize_row(y + r * cols, mean ? mean + r : NULL, rstd ? rstd + r : NULL, x + r * cols, gamma,
                  beta, cols, eps);
  }
}

// The normalised row: from what was normalised, or from the result, whose scale is undone.
FL_INLINE vf normalized(const float *x, int64_t i, int64_t lanes, moments m, const float *beta,
                        const float *inverse) {
  const vf v = take(x + i, lanes);
  return inverse ? (v - take(beta + i, lanes)) * take(inverse + i, lanes) : (v - m.mean) * m.rstd;
}

// With g = dy * gamma and h the normalised row: dx = rstd * (g - mean(g) - h * mean(g * h)).
FL_INLINE void normalized_row_grad(float *dx, bool accumulate, float *dgamma, float *dbeta,
                                   const float *dy, const float *x, moments m, const float *gamma,
                                   const float *beta, const float *inverse, int64_t cols) {
  vf sum[4] = {0};
  vf along[4] = {0};
  FL_EACH_PART(cols, {
    const vf d = take(dy + i, lanes);
    const vf h = normalized(x, i, lanes, m, beta, inverse);
    const vf g = d * take(gamma + i, lanes);
    sum[part] += g;
    along[part] += g * h;
    give(dgamma + i, take(dgamma + i, lanes) + d * h, lanes);
    give(dbeta + i, take(dbeta + i, lanes) + d, lanes);
  });
  const float mean_g = join_sum(sum) / (float)cols;
  const float mean_gh = join_sum(along) / (float)cols;
  FL_EACH_VECTOR(cols, {
    const vf h = normalized(x, i, lanes, m, beta, inverse);
    const vf g = take(dy + i, lanes) * take(gamma + i, lanes);
    const vf before = accumulate ? take(dx + i, lanes) : (vf)0.0f;
    give(dx + i, before + m.rstd * (g - mean_g - h * mean_gh), lanes);
  });
}

static void k_layer_norm_grad(float *dx, bool accumulate, float *dgamma, float *dbeta,
                              const float *dy, const float *x, const float *mean, const float *rstd,
                              const float *gamma, const float *beta, const float *inverse,
                              int64_t rows, int64_t cols) {
  for (int64_t r = 0; r < rows; ++r, dx += cols, dy += cols, x += cols) {
    const moments m = {mean[r], rstd[r]};
    if (inverse) {
      normalized_row_grad(dx, accumulate, dgamma, dbeta, dy, x, m, gamma, beta, inverse, cols);
    } else {
      normalized_row_grad(dx, accumulate, dgamma, dbeta, dy, x, m, gamma, NULL, NULL, cols);
    }
  }
}
#endif
