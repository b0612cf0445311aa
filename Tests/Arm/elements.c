// Checks of element-wise kernels and of sums.
#include "check.h"

static double unary(fl_unary op, double x) {
  const double root = 0.7978845608028654, cubic = 0.044715;
  switch (op) {
    case FL_NEGATE:
      return -x;
    case FL_EXP:
      return exp(x);
    case FL_LOG:
      return log(x);
    case FL_SQRT:
      return sqrt(x);
    case FL_SQUARE:
      return x * x;
    case FL_ABS:
      return fabs(x);
    case FL_RECIPROCAL:
      return 1 / x;
    case FL_SIN:
      return sin(x);
    case FL_COS:
      return cos(x);
    case FL_TANH:
      return tanh(x);
    case FL_SIGMOID:
      return 1 / (1 + exp(-x));
    case FL_RELU:
      return x > 0 ? x : 0;
    case FL_GELU:
      return x * 0.5 * (1 + erf(x * 0.7071067811865476));
    case FL_GELU_TANH:
      return x * 0.5 * (1 + tanh(root * (x + cubic * x * x * x)));
    case FL_SWISH:
      return x / (1 + exp(-x));
    case FL_RELU_SQUARED:
      return x > 0 ? x * x : 0;
    case FL_IDENTITY:
      return x;
  }
  return NAN;
}

static void check_unary(void) {
  for (int op = FL_NEGATE; op <= FL_IDENTITY; ++op) {
    const bool positive = op == FL_LOG || op == FL_SQRT || op == FL_RECIPROCAL;
    for (int s = 0; s < size_count; ++s) {
      const int64_t n = sizes[s];
      const float *x = numbers(n, positive ? 0.1f : -5, 5), *dy = numbers(n, -2, 2);
      float *y = zeros(n), *dx = numbers(n, -1, 1);
      const float *before = copy(dx, n);
      about("apply");
      fl_apply((fl_unary)op, y, x, n);
      EACH_NEAR(y, n, 3e-6, unary((fl_unary)op, x[i]));
      about("apply_grad");
      fl_apply_grad((fl_unary)op, dx, dy, x, n);
      const double h = 1e-5;
      for (int64_t i = 0; i < n; ++i) {
        if (fabsf(x[i]) < 2e-5f) continue;
        const double slope =
            (unary((fl_unary)op, x[i] + h) - unary((fl_unary)op, x[i] - h)) / (2 * h);
        near(dx[i], before[i] + dy[i] * slope, 2e-5);
      }
    }
  }
}

static void check_binary(int64_t n) {
  const float *a = numbers(n, -3, 3), *b = numbers(n, 0.5f, 3);
  float *y = zeros(n);
#define CHECK_BINARY(name, operator) \
  about(#name);                      \
  fl_##name(y, a, b, n);             \
  EACH_NEAR(y, n, 1e-6, (double)a[i] operator b[i])
  CHECK_BINARY(add, +);
  CHECK_BINARY(sub, -);
  CHECK_BINARY(mul, *);
  CHECK_BINARY(div, /);
  about("fill");
  fl_fill(y, 1.5f, n);
  EACH_NEAR(y, n, 0, 1.5);
  about("scale");
  fl_scale(y, a, 0.3f, n);
  EACH_NEAR(y, n, 1e-6, (double)a[i] * 0.3f);
  about("add_scalar");
  fl_add_scalar(y, a, 0.3f, n);
  EACH_NEAR(y, n, 1e-6, (double)a[i] + 0.3f);
  about("axpy");
  float *sum = copy(b, n);
  fl_axpy(sum, -0.7f, a, n);
  EACH_NEAR(sum, n, 1e-6, b[i] - 0.7 * a[i]);
  about("tanh_grad");
  fl_tanh_grad(y, b, a, n);
  EACH_NEAR(y, n, 2e-6, b[i] * (1 - (double)a[i] * a[i]));
}

static void check_sums(int64_t n) {
  float *a = numbers(n, -3, 3);
  double sum = 0, squares = 0, most = 0;
  for (int64_t i = 0; i < n; ++i) {
    sum += a[i];
    squares += (double)a[i] * a[i];
    most = fmax(most, fabs(a[i]));
  }
  about("sum");
  near(fl_sum(a, n), sum, 1e-5);
  about("sum_squares");
  near(fl_sum_squares(a, n), squares, 1e-5);
  about("max_abs");
  near(fl_max_abs(a, n), most, 0);
  about("all_finite");
  same(fl_all_finite(a, n), true);
  a[n / 2] = INFINITY;
  same(fl_all_finite(a, n), false);
  a[n / 2] = NAN;
  same(fl_all_finite(a, n), false);
}

static void check_rows(int64_t rows, int64_t cols) {
  const int64_t stride = cols + 5;
  const float *a = numbers(rows * stride, -3, 3);
  float *columns = numbers(cols, -1, 1);
  const float *before = copy(columns, cols);
  about("column_sum");
  fl_column_sum(columns, a, rows, cols, stride);
  for (int64_t c = 0; c < cols; ++c) {
    double sum = before[c];
    for (int64_t r = 0; r < rows; ++r) sum += a[r * stride + c];
    near(columns[c], sum, 1e-5);
  }
  about("row_max");
  float *most = zeros(rows);
  int32_t *places = calloc((size_t)rows, sizeof *places);
  fl_row_max(most, places, a, rows, cols);
  for (int64_t r = 0; r < rows; ++r) {
    int64_t place = 0;
    for (int64_t c = 1; c < cols; ++c) {
      if (a[r * cols + c] > a[r * cols + place]) place = c;
    }
    near(most[r], a[r * cols + place], 0);
    same(places[r], place);
  }
}

static void check_half(void) {
  about("to_half");
  const float x[] = {0,      1,       -2,      0.1f,    65504, 65519, 65520, 1e9f,
                     -1e9f,  6e-8f,   5.9e-8f, 2.9e-8f, 3e-8f, 2049,  2051,  1.0009765625f,
                     0.333f, -0.333f, 1e-5f};
  const uint16_t want[] = {0x0000, 0x3c00, 0xc000, 0x2e66, 0x7bff, 0x7bff, 0x7bff,
                           0x7bff, 0xfbff, 0x0001, 0x0001, 0x0000, 0x0001, 0x6800,
                           0x6802, 0x3c01, 0x3554, 0xb554, 0x00a8};
  enum { n = sizeof x / sizeof *x };
  uint16_t got[n];
  fl_to_half(got, x, n);
  for (int i = 0; i < n; ++i) same(got[i], want[i]);
}

void check_elements(void) {
  check_unary();
  for (int s = 0; s < size_count; ++s) {
    check_binary(sizes[s]);
    check_sums(sizes[s]);
    check_rows(7, sizes[s]);
  }
  check_half();
}
