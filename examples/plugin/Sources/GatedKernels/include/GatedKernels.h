// The kernels of this package, a line each.
#pragma once
#include <stddef.h>

void gated_lion(float *values, float *means, const float *gradients, size_t count, float scale,
                float rate, float decay, float beta1, float beta2);
