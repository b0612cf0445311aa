// The kernels for x86-64-v3: AVX2 and FMA.
#define FL_LEVEL 1
#define FL_TABLE fl_kernels_x86_64_v3
#include "../simd/prelude.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "../simd/all.h"
#pragma clang attribute pop
#endif
