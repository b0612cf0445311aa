// Functions of one element and their derivatives.

#if FL_TYPES
typedef enum fl_unary {
  FL_NEGATE,
  FL_EXP,
  FL_LOG,
  FL_SQRT,
  FL_SQUARE,
  FL_ABS,
  FL_RECIPROCAL,
  FL_SIN,
  FL_COS,
  FL_TANH,
  FL_SIGMOID,
  FL_RELU,
  FL_GELU /* erf form */,
  FL_GELU_TANH,
  FL_SWISH,
  FL_RELU_SQUARED,
  FL_IDENTITY
} fl_unary;
#endif

// dst = op(x)
FL_KERNEL(void, apply, (fl_unary op, float *dst, const float *x, int64_t n), (op, dst, x, n))
// dx += dy * op'(x)
FL_KERNEL(void, apply_grad, (fl_unary op, float *dx, const float *dy, const float *x, int64_t n),
          (op, dx, dy, x, n))

#if FL_BODIES
#include "exponential.h"

// Lane by lane through the C library: sine and cosine are rare and must be right for large
// arguments.
FL_INLINE vf each_lane(vf x, float (*function)(float)) {
  float t[FL_WIDTH];
  store(t, x);
  for (int64_t i = 0; i < FL_WIDTH; ++i) t[i] = function(t[i]);
  return load(t);
}

// tanh's argument in the tanh form of GELU.
FL_INLINE vf gelu_inner(vf x) { return 0.797884561f * (x + 0.044715f * x * x * x); }

FL_INLINE vf unary(fl_unary op, vf x) {
  vf e;
  switch (op) {
    case FL_NEGATE:
      return -x;
    case FL_EXP:
      return vexp(x);
    case FL_LOG:
      return vlog(x);
    case FL_SQRT:
      return vsqrt(x);
    case FL_SQUARE:
      return x * x;
    case FL_ABS:
      return vabs(x);
    case FL_RECIPROCAL:
      return 1.0f / x;
    case FL_SIN:
      return each_lane(x, sinf);
    case FL_COS:
      return each_lane(x, cosf);
    case FL_TANH:
      return vtanh(x);
    case FL_SIGMOID:
      return vsigmoid(x);
    case FL_RELU:
      return x < 0.0f ? (vf)0.0f : x;
    case FL_GELU:
      return x * normal_cdf(x, &e);
    case FL_GELU_TANH:
      return 0.5f * x * (1.0f + vtanh(gelu_inner(x)));
    case FL_SWISH:
      return x * vsigmoid(x);
    case FL_RELU_SQUARED:
      return x < 0.0f ? (vf)0.0f : x * x;
    case FL_IDENTITY:
      return x;
  }
  return x;
}

FL_INLINE vf gelu_slope(vf x) {
  vf e;
  const vf cdf = normal_cdf(x, &e);
  return cdf + x * e * 0.398942280f;
}

FL_INLINE vf gelu_tanh_slope(vf x) {
  const vf t = vtanh(gelu_inner(x));
  const vf inner = 0.797884561f * (1.0f + 0.134145f * x * x);
  return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * inner;
}

FL_INLINE vf swish_slope(vf x) {
  const vf s = vsigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

FL_INLINE vf sigmoid_slope(vf x) {
  const vf s = vsigmoid(x);
  return s * (1.0f - s);
}

FL_INLINE vf tanh_slope(vf x) {
  const vf t = vtanh(x);
  return 1.0f - t * t;
}

// Derivative of op at x. At a kink (0 of ReLU and of the absolute value) it is 0.
FL_INLINE vf unary_slope(fl_unary op, vf x) {
  const vf zero = 0.0f;
  switch (op) {
    case FL_NEGATE:
      return -1.0f;
    case FL_EXP:
      return vexp(x);
    case FL_LOG:
      return 1.0f / x;
    case FL_SQRT:
      return 0.5f / vsqrt(x);
    case FL_SQUARE:
      return 2.0f * x;
    case FL_ABS:
      return x > 0.0f ? (vf)1.0f : (x < 0.0f ? (vf)-1.0f : zero);
    case FL_RECIPROCAL:
      return -1.0f / (x * x);
    case FL_SIN:
      return each_lane(x, cosf);
    case FL_COS:
      return -each_lane(x, sinf);
    case FL_TANH:
      return tanh_slope(x);
    case FL_SIGMOID:
      return sigmoid_slope(x);
    case FL_RELU:
      return x > 0.0f ? (vf)1.0f : zero;
    case FL_GELU:
      return gelu_slope(x);
    case FL_GELU_TANH:
      return gelu_tanh_slope(x);
    case FL_SWISH:
      return swish_slope(x);
    case FL_RELU_SQUARED:
      return x > 0.0f ? 2.0f * x : zero;
    case FL_IDENTITY:
      return 1.0f;
  }
  return 1.0f;
}

// Expands to a switch that calls loop(op, ...) with op a constant, so that each operation has its
// own loop.
#define FL_EACH_UNARY(op, loop, ...)      \
  switch (op) {                           \
    case FL_NEGATE:                       \
      loop(FL_NEGATE, __VA_ARGS__);       \
      break;                              \
    case FL_EXP:                          \
      loop(FL_EXP, __VA_ARGS__);          \
      break;                              \
    case FL_LOG:                          \
      loop(FL_LOG, __VA_ARGS__);          \
      break;                              \
    case FL_SQRT:                         \
      loop(FL_SQRT, __VA_ARGS__);         \
      break;                              \
    case FL_SQUARE:                       \
      loop(FL_SQUARE, __VA_ARGS__);       \
      break;                              \
    case FL_ABS:                          \
      loop(FL_ABS, __VA_ARGS__);          \
      break;                              \
    case FL_RECIPROCAL:                   \
      loop(FL_RECIPROCAL, __VA_ARGS__);   \
      break;                              \
    case FL_SIN:                          \
      loop(FL_SIN, __VA_ARGS__);          \
      break;                              \
    case FL_COS:                          \
      loop(FL_COS, __VA_ARGS__);          \
      break;                              \
    case FL_TANH:                         \
      loop(FL_TANH, __VA_ARGS__);         \
      break;                              \
    case FL_SIGMOID:                      \
      loop(FL_SIGMOID, __VA_ARGS__);      \
      break;                              \
    case FL_RELU:                         \
      loop(FL_RELU, __VA_ARGS__);         \
      break;                              \
    case FL_GELU:                         \
      loop(FL_GELU, __VA_ARGS__);         \
      break;                              \
    case FL_GELU_TANH:                    \
      loop(FL_GELU_TANH, __VA_ARGS__);    \
      break;                              \
    case FL_SWISH:                        \
      loop(FL_SWISH, __VA_ARGS__);        \
      break;                              \
    case FL_RELU_SQUARED:                 \
      loop(FL_RELU_SQUARED, __VA_ARGS__); \
      break;                              \
    case FL_IDENTITY:                     \
      loop(FL_IDENTITY, __VA_ARGS__);     \
      break;                              \
  }

FL_INLINE void apply_loop(fl_unary op, float *dst, const float *x, int64_t n) {
  FL_EACH_VECTOR(n, { give(dst + i, unary(op, take(x + i, lanes)), lanes); });
}

FL_INLINE void add_slope_loop(fl_unary op, float *dx, const float *dy, const float *x, int64_t n) {
  FL_EACH_VECTOR(n, {
    const vf slope = unary_slope(op, take(x + i, lanes));
    give(dx + i, take(dx + i, lanes) + take(dy + i, lanes) * slope, lanes);
  });
}

FL_INLINE void slope_loop(fl_unary op, float *dx, const float *x, int64_t n) {
  FL_EACH_VECTOR(
      n, { give(dx + i, take(dx + i, lanes) * unary_slope(op, take(x + i, lanes)), lanes); });
}

static void k_apply(fl_unary op, float *dst, const float *x, int64_t n) {
  FL_EACH_UNARY(op, apply_loop, dst, x, n)
}

static void k_apply_grad(fl_unary op, float *dx, const float *dy, const float *x, int64_t n) {
  FL_EACH_UNARY(op, add_slope_loop, dx, dy, x, n)
}

// dx *= op'(x)
static void multiply_slope(fl_unary op, float *dx, const float *x, int64_t n) {
  FL_EACH_UNARY(op, slope_loop, dx, x, n)
}
#endif
