// Checks of what a search asks of logits.
#include "check.h"

static void check_best(int64_t n, int64_t k) {
  about("best_cells");
  float *x = numbers(n, -4, 4);
  // Equal ones, and one that is no number.
  for (int64_t i = 0; i < n; ++i) x[i] = rintf(x[i] * 8) / 8;
  if (n > 4) x[4] = NAN;
  int32_t excluded[3] = {0, (int32_t)(n / 2), (int32_t)(n - 1)};
  const int64_t excluded_count = n > 4 ? 3 : 0;
  float *values = zeros(k + 1);
  int32_t *indices = calloc((size_t)k + 1, sizeof *indices);
  const int64_t count = fl_best_cells(values, indices, x, n, k, excluded, excluded_count);
  bool *used = calloc((size_t)n, sizeof *used);
  for (int64_t e = 0; e < excluded_count; ++e) used[excluded[e]] = true;
  int64_t found = 0;
  for (; found < k; ++found) {
    int64_t best = -1;
    for (int64_t i = 0; i < n; ++i) {
      if (!used[i] && !isnan(x[i]) && (best < 0 || x[i] > x[best])) best = i;
    }
    if (best < 0) break;
    used[best] = true;
    near(values[found], x[best], 0);
    same(indices[found], best);
  }
  same(count, found);
}

static void check_logs(int64_t n) {
  const float *x = numbers(n, -5, 5), *y = numbers(n, -30, 5);
  about("scaled_log_sum");
  double most = -INFINITY, total = 0;
  for (int64_t i = 0; i < n; ++i) most = fmax(most, x[i]);
  for (int64_t i = 0; i < n; ++i) total += exp(0.7 * (x[i] - most));
  near(fl_scaled_log_sum(x, n, (float)most, 0.7f), log(total), 1e-5);
  about("log_add_exp");
  float *sum = zeros(n);
  fl_log_add_exp(sum, x, y, n);
  EACH_NEAR(sum, n, 2e-6, log(exp((double)x[i]) + exp((double)y[i])));
  const float nothing[1] = {-INFINITY};
  fl_log_add_exp(sum, nothing, nothing, 1);
  near(sum[0], -INFINITY, 0);
}

void check_search(void) {
  for (int s = 0; s < size_count; ++s) {
    check_best(sizes[s], 1);
    check_best(sizes[s], 5);
    check_best(sizes[s], 40);
    check_logs(sizes[s]);
  }
}
