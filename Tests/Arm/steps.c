// Checks of solvers' sums and of optimizers.
#include "check.h"

static void check_sums(int64_t n) {
  enum { count = 5 };
  const float *terms[count], factors[count] = {0.3f, -1.2f, 0, 2.5f, 0.01f};
  for (int t = 0; t < count; ++t) terms[t] = numbers(n, -2, 2);
  const float *base = numbers(n, -2, 2), *after = numbers(n, -2, 2);
  float *target = zeros(n);
  const fl_weighted_sum sum = {target, base, terms, factors, count};
  about("linear_sum");
  fl_linear_sum(&sum, n / 4, n);
  EACH_NEAR(target, n / 4, 0, 0);
  double squares = 0, largest = 0;
  for (int64_t i = 0; i < n; ++i) {
    double value = 0;
    for (int t = 0; t < count; ++t) value += (double)factors[t] * terms[t][i];
    if (i >= n / 4) near(target[i], base[i] + value, 2e-6);
    const double ratio = value / (1e-2f + 1e-1f * fmax(fabs(base[i]), fabs(after[i])));
    squares += ratio * ratio;
    largest = fmax(largest, fabs(ratio));
  }
  about("scaled_error");
  fl_error error = fl_scaled_error(NULL, terms, factors, count, base, after, 1e-1f, 1e-2f, n);
  near(error.sum_of_squares, squares, 2e-5);
  near(error.largest, largest, 2e-5);
  same(error.finite, true);
  float *broken = copy(after, n);
  broken[n - 1] = INFINITY;
  error = fl_scaled_error(NULL, terms, factors, count, base, broken, 1e-1f, 1e-2f, n);
  same(error.finite, false);
}

// What a step begins with: parameters, gradients and two states that are not negative.
typedef struct state {
  float *p, *first, *second;
  const float *p0, *first0, *second0, *g;
} state;

static state begin(const char *kernel, int64_t n) {
  about(kernel);
  state s = {numbers(n, -1, 1), numbers(n, 0, 1), numbers(n, 0, 1), NULL, NULL, NULL,
             numbers(n, -2, 2)};
  s.p0 = copy(s.p, n);
  s.first0 = copy(s.first, n);
  s.second0 = copy(s.second, n);
  return s;
}

static void check_optimizers(int64_t n) {
  const double scale = 0.5, lr = 0.01, decay = 0.1, eps = 1e-3, close = 3e-6;
  state s = begin("adam", n);
  fl_adam(s.p, s.first, s.second, s.g, n, 0.5f, 0.01f, 0.02f, 0.9f, 0.98f, 1e-3f, 0.1f);
  for (int64_t i = 0; i < n; ++i) {
    const double g = scale * s.g[i], m = 0.9 * s.first0[i] + 0.1 * g;
    const double v = 0.98 * s.second0[i] + 0.02 * g * g;
    near(s.first[i], m, close);
    near(s.second[i], v, close);
    near(s.p[i], s.p0[i] * (1 - lr * decay) - 0.02 * m / (sqrt(v) + eps), close);
  }
  s = begin("sgd", n);
  fl_sgd(s.p, s.first, s.g, n, 0.5f, 0.01f, 0.9f, 0.1f, false);
  for (int64_t i = 0; i < n; ++i) {
    const double step = 0.9 * s.first0[i] + scale * s.g[i] + decay * s.p0[i];
    near(s.first[i], step, close);
    near(s.p[i], s.p0[i] - lr * step, close);
  }
  s = begin("nag", n);
  fl_nag(s.p, s.first, s.g, n, 0.5f, 0.01f, 0.8f, 0.9f, 0.1f);
  for (int64_t i = 0; i < n; ++i) {
    const double g = scale * s.g[i];
    near(s.p[i], (1 - lr * decay) * s.p0[i] + 0.81 * 0.8 * s.first0[i] - 1.9 * lr * g, close);
    near(s.first[i], 0.9 * 0.8 * s.first0[i] - lr * g, close);
  }
  s = begin("adagrad", n);
  fl_adagrad(s.p, s.first, s.g, n, 0.5f, 0.01f, 1e-3f, 0.1f);
  for (int64_t i = 0; i < n; ++i) {
    const double g = scale * s.g[i] + decay * s.p0[i], sum = s.first0[i] + g * g;
    near(s.first[i], sum, close);
    near(s.p[i], s.p0[i] - lr * g / (sqrt(sum) + eps), close);
  }
  s = begin("adadelta", n);
  fl_adadelta(s.p, s.first, s.second, s.g, n, 0.5f, 0.01f, 0.9f, 1e-3f, 0.1f);
  for (int64_t i = 0; i < n; ++i) {
    const double g = scale * s.g[i] + decay * s.p0[i];
    const double squares = 0.9 * s.first0[i] + 0.1 * g * g;
    const double step = sqrt(s.second0[i] + eps) / sqrt(squares + eps) * g;
    near(s.first[i], squares, close);
    near(s.second[i], 0.9 * s.second0[i] + 0.1 * step * step, close);
    near(s.p[i], s.p0[i] - lr * step, close);
  }
  s = begin("adamax", n);
  fl_adamax(s.p, s.first, s.second, s.g, n, 0.5f, 0.01f, 0.02f, 0.9f, 0.98f, 1e-3f, 0.1f);
  for (int64_t i = 0; i < n; ++i) {
    const double g = scale * s.g[i], m = 0.9 * s.first0[i] + 0.1 * g;
    const double most = fmax(0.98 * s.second0[i], fabs(g));
    near(s.first[i], m, close);
    near(s.second[i], most, close);
    near(s.p[i], s.p0[i] * (1 - lr * decay) - 0.02 * m / (most + eps), close);
  }
}

static void check_factored(int64_t rows, int64_t cols) {
  const int64_t n = rows * cols;
  const float *g = numbers(n, -2, 2), *row0 = numbers(rows, 0.1f, 1),
              *col0 = numbers(cols, 0.1f, 1);
  float *row = copy(row0, rows), *col = copy(col0, cols);
  about("mean_squares");
  fl_mean_squares(row, col, g, rows, cols, 0.5f, 1e-3f, 0.9f);
  for (int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (int64_t c = 0; c < cols; ++c) sum += 0.25 * g[r * cols + c] * g[r * cols + c] + 1e-3;
    near(row[r], 0.9 * row0[r] + 0.1 * sum / (double)cols, 1e-5);
  }
  for (int64_t c = 0; c < cols; ++c) {
    double sum = 0;
    for (int64_t r = 0; r < rows; ++r) sum += 0.25 * g[r * cols + c] * g[r * cols + c] + 1e-3;
    near(col[c], 0.9 * col0[c] + 0.1 * sum / (double)rows, 1e-5);
  }
  about("factored_squares");
  double squares = 0;
  for (int64_t i = 0; i < n; ++i) squares += pow(0.5 * g[i] * row0[i / cols] * col0[i % cols], 2);
  near(fl_factored_squares(g, row0, col0, rows, cols, 0.5f), squares, 1e-5);
  about("factored_step");
  const float *p0 = numbers(n, -1, 1), *m0 = numbers(n, -1, 1);
  float *p = copy(p0, n), *m = copy(m0, n);
  fl_factored_step(p, m, g, row0, col0, rows, cols, 0.5f, 0.1f, 0.9f, 0.01f);
  for (int64_t i = 0; i < n; ++i) {
    const double update = 0.5 * g[i] * row0[i / cols] * col0[i % cols];
    const double moment = 0.9 * m0[i] + 0.1 * 0.1 * update;
    near(m[i], moment, 3e-6);
    near(p[i], p0[i] - 0.01 * p0[i] - moment, 3e-6);
  }
}

void check_steps(void) {
  for (int s = 0; s < size_count; ++s) {
    check_sums(sizes[s]);
    check_optimizers(sizes[s]);
    check_factored(5, sizes[s]);
  }
}
