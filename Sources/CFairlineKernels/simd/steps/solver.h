// What a solver of differential equations computes between calls of its field, each in one visit of
// memory.

#if FL_TYPES
// target = base + sum over the terms of factors[t] * terms[t]; base NULL counts as zero.
typedef struct fl_weighted_sum {
  float *target;
  const float *base;
  const float *const *terms;
  const float *factors;
  int64_t count;
} fl_weighted_sum;

// The same combination, each element divided by absolute + relative * max(|before|, |after|), is
// never stored, only measured: the sum of its squares, its largest absolute element (NaN when the
// sum is), and whether it and `after` are finite.
typedef struct fl_error {
  double sum_of_squares;
  float largest;
  bool finite;
} fl_error;
#endif

// elements first..<end
FL_KERNEL(void, linear_sum, (const fl_weighted_sum *sum, int64_t first, int64_t end),
          (sum, first, end))
FL_KERNEL(fl_error, scaled_error,
          (const float *base, const float *const *terms, const float *factors, int64_t count,
           const float *before, const float *after, float relative, float absolute, int64_t n),
          (base, terms, factors, count, before, after, relative, absolute, n))
// dst = dy * (1 - y^2), y = tanh(x)
FL_KERNEL(void, tanh_grad, (float *dst, const float *dy, const float *y, int64_t n),
          (dst, dy, y, n))

#if FL_BODIES
// The combination of the terms' vectors at i.
FL_INLINE vf sum_at(const float *base, const float *const *terms, const float *factors,
                    int64_t count, int64_t i, int64_t lanes) {
  vf s = 0;
  for (int64_t t = 0; t < count; ++t) s += factors[t] * take(terms[t] + i, lanes);
  return base ? take(base + i, lanes) + s : s;
}

// The combinations of four vectors of each term at i.
FL_INLINE void sums_at(vf *sums, const float *base, const float *const *terms, const float *factors,
                       int64_t count, int64_t i) {
  vf s[4] = {0};
  for (int64_t t = 0; t < count; ++t) {
    const float *x = terms[t] + i;
    const float f = factors[t];
    for (int part = 0; part < 4; ++part) s[part] += f * load(x + part * FL_WIDTH);
  }
  for (int part = 0; part < 4; ++part)
    sums[part] = base ? load(base + i + part * FL_WIDTH) + s[part] : s[part];
}

// Elements first..<end of a sum, and the same in `copy`, whole vectors of it, unless that is NULL.
FL_INLINE void form_sum(const fl_weighted_sum *sum, int64_t first, int64_t end, float *copy) {
  for (; first + 4 * FL_WIDTH <= end; first += 4 * FL_WIDTH) {
    vf s[4];
    sums_at(s, sum->base, sum->terms, sum->factors, sum->count, first);
    for (int part = 0; part < 4; ++part) {
      store(sum->target + first + part * FL_WIDTH, s[part]);
      if (copy) store(copy + part * FL_WIDTH, s[part]);
    }
    if (copy) copy += 4 * FL_WIDTH;
  }
  FL_EACH_VECTOR(end - first, {
    const vf s = sum_at(sum->base, sum->terms, sum->factors, sum->count, first + i, lanes);
    give(sum->target + first + i, s, lanes);
    if (copy) store(copy + i, s);
  });
}

static void k_linear_sum(const fl_weighted_sum *sum, int64_t first, int64_t end) {
  form_sum(sum, first, end, NULL);
}

// What has been added up of scaled errors, vector by vector.
typedef struct {
  vf squares, most;
  vf rest;  // zero times every element: NaN when one is not finite
} error_sums;

FL_INLINE void add_error(error_sums *sums, vf error, vf before, vf after, float relative,
                         float absolute, int64_t lanes) {
  const vf scale = absolute + relative * vmax(vabs(before), vabs(after));
  // Lanes behind the end have no tolerance to be divided by.
  const vf ratio =
      error /
      (lanes == FL_WIDTH ? scale : (lane_numbers() < (vi)(int32_t)lanes ? scale : (vf)1.0f));
  sums->squares += ratio * ratio;
  sums->most = vmax(vabs(ratio), sums->most);
  sums->rest += after * 0.0f;
}

static fl_error k_scaled_error(const float *base, const float *const *terms, const float *factors,
                               int64_t count, const float *before, const float *after,
                               float relative, float absolute, int64_t n) {
  fl_error error = {0, 0, true};
  error_sums sums = {0};
  for (int64_t block = 0; block < n; block += sum_block) {
    const int64_t end = block + smaller(sum_block, n - block);
    int64_t first = block;
    sums.squares = (vf){0};
    for (; first + 4 * FL_WIDTH <= end; first += 4 * FL_WIDTH) {
      vf errors[4];
      sums_at(errors, base, terms, factors, count, first);
      for (int part = 0; part < 4; ++part) {
        const int64_t at = first + part * FL_WIDTH;
        add_error(&sums, errors[part], load(before + at), load(after + at), relative, absolute,
                  FL_WIDTH);
      }
    }
    FL_EACH_VECTOR(end - first, {
      const int64_t at = first + i;
      add_error(&sums, sum_at(base, terms, factors, count, at, lanes), take(before + at, lanes),
                take(after + at, lanes), relative, absolute, lanes);
    });
    error.sum_of_squares += lane_sum(sums.squares);
  }
  error.largest = error.sum_of_squares == error.sum_of_squares ? lane_max(sums.most) : NAN;
  error.finite = isfinite(error.sum_of_squares) && lane_sum(sums.rest) == 0.0f;
  return error;
}

// dst = dy (1 - y^2) for y = tanh(x)
static void k_tanh_grad(float *dst, const float *dy, const float *y, int64_t n) {
  FL_EACH_VECTOR(n, {
    const vf value = take(y + i, lanes);
    give(dst + i, take(dy + i, lanes) * (1.0f - value * value), lanes);
  });
}
#endif
