// What a search asks of a row of logits: its best cells and its log-sum-exp.

// The k largest of x[0..<n], descending, ties by smaller index, without NaN and without the cells
// of an ascending list; returns how many there are, at most k.
FL_KERNEL(int64_t, best_cells,
          (float *values, int32_t *indices, const float *x, int64_t n, int64_t k,
           const int32_t *excluded, int64_t excluded_count),
          (values, indices, x, n, k, excluded, excluded_count))
// log of the sum of exp(scale * (x - most)); `most` is close to the maximum.
FL_KERNEL(float, scaled_log_sum, (const float *x, int64_t n, float most, float scale),
          (x, n, most, scale))
// dst = log(exp(a) + exp(b))
FL_KERNEL(void, log_add_exp, (float *dst, const float *a, const float *b, int64_t n),
          (dst, a, b, n))

#if FL_BODIES
// Puts x in its place among `count` sorted entries of a list of k; equal values stay before it.
FL_INLINE void top_insert(float *values, int32_t *indices, int64_t count, int64_t k, float x,
                          int32_t index) {
  int64_t place = count < k ? count : k - 1;
  for (; place > 0 && !(values[place - 1] >= x); --place) {
    values[place] = values[place - 1];
    indices[place] = indices[place - 1];
  }
  values[place] = x;
  indices[place] = index;
}

// Puts the elements of x[from..<to] that are among the best k into the sorted list of `count`;
// returns the new count.
static int64_t best_scan(float *values, int32_t *indices, int64_t count, int64_t k, const float *x,
                         int64_t from, int64_t to) {
  int64_t i = from;
  for (; i < to && count < k; ++i) {
    if (!isnan(x[i])) {
      top_insert(values, indices, count, k, x[i], (int32_t)i);
      ++count;
    }
  }
  if (k <= 0) return count;
  while (i < to) {
    if (i + 4 * FL_WIDTH <= to) {
      const float *p = x + i;
      const vf most = vmax(vmax(load(p), load(p + 16)), vmax(load(p + 32), load(p + 48)));
      if (!any_lane(most > values[k - 1])) {
        i += 4 * FL_WIDTH;
        continue;
      }
    }
    for (const int64_t end = smaller(to, i + 4 * FL_WIDTH); i < end;) {
      if (i + FL_WIDTH <= end && !any_lane(load(x + i) > values[k - 1])) {
        i += FL_WIDTH;
        continue;
      }
      for (const int64_t last = smaller(end, i + FL_WIDTH); i < last; ++i) {
        if (x[i] > values[k - 1]) top_insert(values, indices, k, k, x[i], (int32_t)i);
      }
    }
  }
  return count;
}

static int64_t k_best_cells(float *values, int32_t *indices, const float *x, int64_t n, int64_t k,
                            const int32_t *excluded, int64_t excluded_count) {
  int64_t count = 0, from = 0;
  for (int64_t e = 0; e < excluded_count; ++e) {
    count = best_scan(values, indices, count, k, x, from, excluded[e]);
    from = excluded[e] + 1;
  }
  return best_scan(values, indices, count, k, x, from, n);
}

static float k_scaled_log_sum(const float *x, int64_t n, float most, float scale) {
  vf s[4] = {0};
  FL_EACH_PART(n, { s[part] += vexp_flush((take_or(x + i, lanes, -INFINITY) - most) * scale); });
  return logf(join_sum(s));
}

static void k_log_add_exp(float *dst, const float *a, const float *b, int64_t n) {
  FL_EACH_VECTOR(n, {
    const vf p = take(a + i, lanes);
    const vf q = take(b + i, lanes);
    const vf most = vmax(p, q);
    const vf sum = most + vlog(1.0f + vexp_flush(vmin(p, q) - most));
    give(dst + i, most > -FLT_MAX ? sum : most, lanes);
  });
}
#endif
