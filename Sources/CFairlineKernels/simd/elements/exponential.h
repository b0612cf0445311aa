// exp, log, tanh, the normal distribution function, sine and cosine of a turn. Polynomials are our
// own minimax fits.
#pragma once

// exp(r) for |r| <= ln 2 / 2.
FL_INLINE vf exp_reduced(vf r) {
  vf p = 0.00138145988f;
  p = p * r + 0.00836871658f;
  p = p * r + 0.041668389f;
  p = p * r + 0.166665211f;
  p = p * r + 0.49999994f;
  return p * (r * r) + r + 1.0f;
}

// Splits x into n ln 2 + r. 12582912 = 1.5 * 2^23 rounds to an integer that stands in the low bits
// of the sum.
FL_INLINE vf exp_reduce(vf x, vf *whole, vi *n) {
  const vf shifted = x * 1.44269504f + 12582912.0f;
  *n = bits(shifted) - 0x4b400000;
  *whole = shifted - 12582912.0f;
  return x - *whole * 0.693359375f + *whole * 2.12194440e-4f;
}

FL_INLINE vf power_of_two(vi n) { return from_bits((n + 127) << 23); }

// exp over the whole range, with infinities and denormal numbers.
FL_INLINE vf vexp(vf x) {
  x = -104.0f > x ? -104.0f : x;
  x = 89.0f < x ? 89.0f : x;
  vf whole;
  vi n;
  const vf y = exp_reduced(exp_reduce(x, &whole, &n));
#if FL_LEVEL == 2
  return (vf)_mm512_scalef_ps((__m512)y, (__m512)whole);
#else
  const vi half = n >> 1;
  return y * power_of_two(half) * power_of_two(n - half);
#endif
}

// exp of a number <= 0 (or at most 88); results below 2^-126 become 0, so that no denormal numbers
// arise.
FL_INLINE vf vexp_flush(vf x) {
  x = -88.02f > x ? -88.02f : x;
  vf whole;
  vi n;
  const vf y = exp_reduced(exp_reduce(x, &whole, &n));
  return y * power_of_two(n);
}

// Natural logarithm.
FL_INLINE vf vlog(vf x) {
  const vi tiny = x < FLT_MIN;
  const vf scaled = tiny ? x * 8388608.0f : x;
  const vi shifted = bits(scaled) - 0x3f3504f3;  // the mantissa becomes sqrt(1/2)..<sqrt(2)
  const vf n = to_float((shifted >> 23) - (tiny ? (vi)23 : (vi)0));
  const vf f = from_bits((shifted & 0x007fffff) + 0x3f3504f3) - 1.0f;
  vf p = -0.0763449743f;
  p = p * f + 0.12761578f;
  p = p * f - 0.131601825f;
  p = p * f + 0.142017573f;
  p = p * f - 0.166233569f;
  p = p * f + 0.200012267f;
  p = p * f - 0.250008196f;
  p = p * f + 0.333333313f;
  const vf square = f * f;
  const vf y = n * 0.693359375f + (f + (p * f * square - 0.5f * square - n * 2.12194440e-4f));
  const vf edge =
      x == 0.0f ? (vf)-INFINITY : (x < 0.0f ? (vf)NAN : x);  // x itself: infinity or NaN
  return ((x > 0.0f) & (x < INFINITY)) ? y : edge;
}

FL_INLINE vf vtanh(vf x) {
  const vf a = vabs(x);
  const vf z = x * x;
  vf p = -0.00570498733f;
  p = p * z + 0.020639088f;
  p = p * z - 0.0537397154f;
  p = p * z + 0.133314416f;
  p = p * z - 0.333332807f;
  const vf near = x + x * z * p;
  const vf far = 1.0f - 2.0f / (vexp_flush(2.0f * (a > 20.0f ? (vf)20.0f : a)) + 1.0f);
  return a < 0.625f ? near : from_bits(bits(far) | (bits(x) & (int32_t)0x80000000));
}

FL_INLINE vf vsigmoid(vf x) { return 1.0f / (1.0f + vexp(-x)); }

// Distribution function of the standard normal; *kernel becomes exp(-x^2 / 2).
FL_INLINE vf normal_cdf(vf x, vf *kernel) {
  const vf z = vabs(x) * 0.70710678f;
  const vf e = vexp_flush(-0.5f * x * x);
  const vf t = 1.0f / (1.0f + 0.327591f * z);
  vf p = -0.140646115f;
  p = p * t + 0.494505525f;
  p = p * t - 0.401771098f;
  p = p * t + 0.449018151f;
  p = p * t + 0.027932398f;
  p = p * t + 0.205033958f;
  p = p * t + 0.180886105f;
  p = p * t + 0.185041234f;
  const vf tail = 0.5f * p * t * e;
  *kernel = e;
  return x > 0.0f ? 1.0f - tail : tail;
}

// Sine and cosine of `turn` full turns, turn in 0..<1.
FL_INLINE void sin_cos_turn(vf turn, vf *sine, vf *cosine) {
  const vf shifted = turn * 4.0f + 12582912.0f;
  const vi quarter = bits(shifted);
  const vf a = (turn - (shifted - 12582912.0f) * 0.25f) * 6.28318531f;
  const vf z = a * a;
  const vf s = a + a * z * ((-0.000195152839f * z + 0.0083321603f) * z - 0.166666552f);
  const vf c =
      1.0f - 0.5f * z + z * z * ((2.44331568e-05f * z - 0.00138873165f) * z + 0.0416666456f);
  const vi odd = -(quarter & 1);
  *sine = from_bits(bits(odd ? c : s) ^ ((quarter & 2) << 30));
  *cosine = from_bits(bits(odd ? s : c) ^ (((quarter + 1) & 2) << 30));
}
