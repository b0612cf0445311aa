// Results of step attention: sums of values, weighted.
#pragma once
#include "step_rows.h"

// Channels whose sums stay in registers.
enum { step_channels = FL_LEVEL == 2 ? 128 : 64 };

// Adds `count` values to channels c..<c + n of the result; n is a constant of at most step_channels
// after inlining, and head_dim 32, 64 or 128.
FL_INLINE void add_values(const fl_step *a, float *out, const float *weights, const near_rows *near,
                          int64_t count, int64_t c, int n, int head_dim, bool begin, bool half) {
  vf sum[step_channels / FL_WIDTH];
  const float *w = weights + c / head_dim * a->keys;
  _Pragma("clang loop unroll(full)") for (int v = 0; v < n / FL_WIDTH; ++v) {
    sum[v] = begin ? (vf)(0.0f) : load(out + c + v * FL_WIDTH);
  }
  _Pragma("clang loop unroll(disable)") for (int64_t j = 0; j < count; ++j) {
    _Pragma("clang loop unroll(full)") for (int v = 0; v < n / FL_WIDTH; ++v) {
      const vf weight = (vf)(w[v * FL_WIDTH / head_dim * a->keys + j]);
      sum[v] += weight * take_either(near->at[j], c + v * FL_WIDTH, FL_WIDTH, half);
    }
  }
  _Pragma("clang loop unroll(full)") for (int v = 0; v < n / FL_WIDTH; ++v) {
    store(out + c + v * FL_WIDTH, sum[v]);
  }
}

// Adds `count` values to the result of query r: n channels, with which the rows begin.
FL_INLINE void step_values(const fl_step *a, float *out, const float *weights,
                           const near_rows *near, int64_t count, const coming_rows *coming,
                           int64_t r, int64_t n, int64_t head_dim, bool begin, bool in_half,
                           bool half) {
  if (__builtin_constant_p(head_dim)) {
    const int64_t parts = (n + step_channels - 1) / step_channels;
    int64_t c = 0;
    for (; c + step_channels <= n; c += step_channels) {
      ask_for_part(a, coming, r * parts + c / step_channels, a->queries * parts, in_half);
      add_values(a, out, weights, near, count, c, step_channels, head_dim, begin, half);
    }
    if (c < n) {
      ask_for_part(a, coming, r * parts + c / step_channels, a->queries * parts, in_half);
    }
    for (; c < n; c += 32) add_values(a, out, weights, near, count, c, 32, head_dim, begin, half);
    return;
  }
  ask_for_part(a, coming, r, a->queries, in_half);
  for (int64_t c = 0; c < n; c += head_dim, weights += a->keys) {
    FL_EACH_VECTOR(head_dim, {
      vf sum = {0};
      if (!begin) sum = take(out + c + i, lanes);
      for (int64_t j = 0; j < count; ++j) {
        sum += weights[j] * take_either(near->at[j], c + i, lanes, half);
      }
      give(out + c + i, sum, lanes);
    });
  }
}
