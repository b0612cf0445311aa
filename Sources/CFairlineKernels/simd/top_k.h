// The k largest elements: a sorted list of the best so far; vectors without a larger element are skipped.

// Puts x in its place among `count` sorted entries of a list of k; equal values stay before it.
FL_INLINE void top_insert(float *values, int32_t *indices, int64_t count, int64_t k, float x, int32_t index) {
  int64_t place = count < k ? count : k - 1;
  for (; place > 0 && !(values[place - 1] >= x); --place) {
    values[place] = values[place - 1];
    indices[place] = indices[place - 1];
  }
  values[place] = x;
  indices[place] = index;
}

static void k_top_k(float *values, int32_t *indices, const float *x, int64_t n, int64_t k) {
  for (int64_t i = n; i < k; ++i) {
    values[i] = -INFINITY;
    indices[i] = -1;
  }
  if (k > n) k = n;
  if (k <= 0) return;
  int64_t i = 0;
  for (; i < k; ++i) top_insert(values, indices, i, k, isnan(x[i]) ? -INFINITY : x[i], (int32_t)i);
  while (i < n) {
    if (i + 4 * FL_WIDTH <= n) {
      const float *p = x + i;
      const vf most = vmax(vmax(load(p), load(p + 16)), vmax(load(p + 32), load(p + 48)));
      if (!any_lane(most > values[k - 1])) {
        i += 4 * FL_WIDTH;
        continue;
      }
    }
    for (const int64_t end = smaller(n, i + 4 * FL_WIDTH); i < end; ++i) {
      if (x[i] > values[k - 1]) top_insert(values, indices, k, k, x[i], (int32_t)i);
    }
  }
}
