// A step of Lion (Chen and others 2023, algorithm 2), with g = scale * gradient:
//   u = beta1 * m + (1 - beta1) * g
//   p -= rate * (sign(u) + decay * p)
//   m = beta2 * m + (1 - beta2) * g
#include "GatedKernels.h"

// A fused multiply-add rounds once where two operations round twice: without them, the bits are
// the same on every processor.
#pragma STDC FP_CONTRACT OFF

// The compiler makes a version for each level of x86-64, and the best one that the machine runs is
// taken when the program starts. Elsewhere there is one version, with the vectors that all
// processors of the architecture have.
#if defined(__x86_64__) && defined(__gnu_linux__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
void gated_lion(float *restrict values, float *restrict means, const float *restrict gradients,
                size_t count, float scale, float rate, float decay, float beta1, float beta2) {
  for (size_t i = 0; i < count; ++i) {
    const float gradient = scale * gradients[i];
    const float direction = beta1 * means[i] + (1 - beta1) * gradient;
    const float sign = (direction > 0) - (direction < 0);
    values[i] -= rate * (sign + decay * values[i]);
    means[i] = beta2 * means[i] + (1 - beta2) * gradient;
  }
}
