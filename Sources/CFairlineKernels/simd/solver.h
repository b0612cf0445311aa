// What a solver of differential equations computes between calls of its field, each in one visit of memory.

// The combination of the terms' vectors at i.
FL_INLINE vf sum_at(const float *base, const float *const *terms, const float *factors, int64_t count, int64_t i,
                    int64_t lanes) {
  vf s = 0;
  for (int64_t t = 0; t < count; ++t) s += factors[t] * take(terms[t] + i, lanes);
  return base ? take(base + i, lanes) + s : s;
}

static void k_linear_sum(float *dst, const float *base, const float *const *terms, const float *factors, int64_t count,
                         int64_t n) {
  int64_t first = 0;
  for (; first + 4 * FL_WIDTH <= n; first += 4 * FL_WIDTH) {
    vf s[4] = {0};
    for (int64_t t = 0; t < count; ++t) {
      const float *x = terms[t] + first;
      const float f = factors[t];
      for (int part = 0; part < 4; ++part) s[part] += f * load(x + part * FL_WIDTH);
    }
    for (int part = 0; part < 4; ++part) {
      const int64_t at = first + part * FL_WIDTH;
      store(dst + at, base ? load(base + at) + s[part] : s[part]);
    }
  }
  FL_EACH_VECTOR(n - first, {
    const int64_t at = first + i;
    give(dst + at, sum_at(base, terms, factors, count, at, lanes), lanes);
  });
}

static fl_error k_scaled_error(const float *base, const float *const *terms, const float *factors, int64_t count,
                               const float *before, const float *after, float relative, float absolute, int64_t n) {
  fl_error error = {0, 0, true};
  vf most = 0;
  vf rest = 0;  // zero times every element: NaN when one is not finite
  for (int64_t block = 0; block < n; block += sum_block) {
    vf squares = 0;
    FL_EACH_VECTOR(smaller(sum_block, n - block), {
      const int64_t at = block + i;
      const vf end = take(after + at, lanes);
      const vf scale = absolute + relative * vmax(vabs(take(before + at, lanes)), vabs(end));
      // Lanes behind the end have no tolerance to be divided by.
      const vf ratio = sum_at(base, terms, factors, count, at, lanes) /
                       (lanes == FL_WIDTH ? scale : (lane_numbers() < (vi)(int32_t)lanes ? scale : (vf)1.0f));
      squares += ratio * ratio;
      most = vmax(vabs(ratio), most);
      rest += end * 0.0f;
    });
    error.sum_of_squares += lane_sum(squares);
  }
  error.largest = error.sum_of_squares == error.sum_of_squares ? lane_max(most) : NAN;
  error.finite = isfinite(error.sum_of_squares) && lane_sum(rest) == 0.0f;
  return error;
}

// dst = dy (1 - y^2) for y = tanh(x)
static void k_tanh_grad(float *dst, const float *dy, const float *y, int64_t n) {
  FL_EACH_VECTOR(n, {
    const vf value = take(y + i, lanes);
    give(dst + i, take(dy + i, lanes) * (1.0f - value * value), lanes);
  });
}
