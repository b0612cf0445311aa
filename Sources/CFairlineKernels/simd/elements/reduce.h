// Sums and maxima. Every reduction runs in a fixed order: four vector accumulators, joined as a
// tree.

// dst[c] += sum over rows of a[r * stride + c], c in 0..<cols
FL_KERNEL(void, column_sum,
          (float *dst, const float *a, int64_t rows, int64_t cols, int64_t stride),
          (dst, a, rows, cols, stride))
FL_KERNEL(void, row_max,
          (float *dst, int32_t *argmax /* or NULL */, const float *a, int64_t rows, int64_t cols),
          (dst, argmax, a, rows, cols))
FL_KERNEL(double, sum, (const float *a, int64_t n), (a, n))
FL_KERNEL(double, sum_squares, (const float *a, int64_t n), (a, n))
FL_KERNEL(float, max_abs, (const float *a, int64_t n), (a, n))
FL_KERNEL(bool, all_finite, (const float *a, int64_t n), (a, n))

#if FL_BODIES
// Runs a body over a range with `i`, `lanes` and `part`, the constant number (0..<4) of the
// accumulator whose turn it is.
#define FL_EACH_PART(n, ...)                 \
  do {                                       \
    const int64_t n_ = (n);                  \
    int64_t i = 0;                           \
    while (i + 4 * FL_WIDTH <= n_) {         \
      FL_PART(0, FL_WIDTH, __VA_ARGS__)      \
      FL_PART(1, FL_WIDTH, __VA_ARGS__)      \
      FL_PART(2, FL_WIDTH, __VA_ARGS__)      \
      FL_PART(3, FL_WIDTH, __VA_ARGS__)      \
    }                                        \
    if (i < n_) FL_LAST_PART(0, __VA_ARGS__) \
    if (i < n_) FL_LAST_PART(1, __VA_ARGS__) \
    if (i < n_) FL_LAST_PART(2, __VA_ARGS__) \
    if (i < n_) FL_LAST_PART(3, __VA_ARGS__) \
  } while (0)

#define FL_PART(number, count, ...) \
  {                                 \
    enum { part = number };         \
    const int64_t lanes = count;    \
    __VA_ARGS__                     \
    i += FL_WIDTH;                  \
  }

#define FL_LAST_PART(number, ...) FL_PART(number, smaller(FL_WIDTH, n_ - i), __VA_ARGS__)

FL_INLINE float join_sum(const vf part[4]) {
  return lane_sum((part[0] + part[1]) + (part[2] + part[3]));
}

FL_INLINE float range_sum(const float *a, int64_t n) {
  vf s[4] = {0};
  FL_EACH_PART(n, { s[part] += take(a + i, lanes); });
  return join_sum(s);
}

FL_INLINE float range_dot(const float *a, const float *b, int64_t n) {
  vf s[4] = {0};
  FL_EACH_PART(n, { s[part] += take(a + i, lanes) * take(b + i, lanes); });
  return join_sum(s);
}

// Lanes outside the range take the value of `low`.
FL_INLINE vf take_or(const float *p, int64_t lanes, float low) {
  return lanes == FL_WIDTH ? load(p)
                           : (lane_numbers() < (vi)(int32_t)lanes ? load_part(p, lanes) : (vf)low);
}

FL_INLINE float range_max(const float *a, int64_t n) {
  vf m[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
  FL_EACH_PART(n, { m[part] = vmax(m[part], take_or(a + i, lanes, -INFINITY)); });
  return lane_max(vmax(vmax(m[0], m[1]), vmax(m[2], m[3])));
}

// The first place of a value in a row that has it; 0 when it has not (a row of NaN).
FL_INLINE int32_t first_index(const float *a, int64_t n, float value) {
  int64_t i = 0;
  for (; i + FL_WIDTH <= n && !any_lane(load(a + i) == value);) i += FL_WIDTH;
  for (; i < n; ++i) {
    if (a[i] == value) return (int32_t)i;
  }
  return 0;
}

static void k_column_sum(float *dst, const float *a, int64_t rows, int64_t cols, int64_t stride) {
  int64_t c = 0;
  for (; c + 4 * FL_WIDTH <= cols; c += 4 * FL_WIDTH) {
    vf s[4] = {0};
    for (int64_t r = 0; r < rows; ++r) {
      const float *row = a + r * stride + c;
      for (int part = 0; part < 4; ++part) s[part] += load(row + part * FL_WIDTH);
    }
    for (int part = 0; part < 4; ++part) {
      float *to = dst + c + part * FL_WIDTH;
      store(to, load(to) + s[part]);
    }
  }
  for (; c < cols; c += FL_WIDTH) {
    const int64_t lanes = smaller(FL_WIDTH, cols - c);
    vf s = 0;
    for (int64_t r = 0; r < rows; ++r) s += load_part(a + r * stride + c, lanes);
    store_part(dst + c, load_part(dst + c, lanes) + s, lanes);
  }
}

static void k_row_max(float *dst, int32_t *argmax, const float *a, int64_t rows, int64_t cols) {
  for (int64_t r = 0; r < rows; ++r) {
    dst[r] = range_max(a + r * cols, cols);
    if (argmax) argmax[r] = first_index(a + r * cols, cols, dst[r]);
  }
}

// Sums of many elements add blocks of 4096 up in double precision.
enum { sum_block = 4096 };

static double k_sum(const float *a, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i += sum_block) total += range_sum(a + i, smaller(sum_block, n - i));
  return total;
}

static double k_sum_squares(const float *a, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i += sum_block)
    total += range_dot(a + i, a + i, smaller(sum_block, n - i));
  return total;
}

// Compared as integers, |x| of a NaN is above infinity, so a NaN is found as the maximum.
FL_INLINE int32_t max_magnitude(const float *a, int64_t n) {
  vi m = 0;
  FL_EACH_VECTOR(n, {
    const vi x = bits(take(a + i, lanes)) & 0x7fffffff;
    m = x > m ? x : m;
  });
  int32_t most = 0;
  for (int lane = 0; lane < FL_WIDTH; ++lane) most = m[lane] > most ? m[lane] : most;
  return most;
}

static float k_max_abs(const float *a, int64_t n) {
  const int32_t most = max_magnitude(a, n);
  float value;
  memcpy(&value, &most, sizeof value);
  return value;
}

static bool k_all_finite(const float *a, int64_t n) { return max_magnitude(a, n) < 0x7f800000; }
#endif
