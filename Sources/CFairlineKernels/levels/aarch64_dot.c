// The kernels for AArch64 with dot products of 8 bit integers (FEAT_DotProd, in all ARMv8.4-A).
#define FL_LEVEL 0
#define FL_DOT_PRODUCT 1
#define FL_TABLE fl_kernels_aarch64_dot
#include "../simd/prelude.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "../simd/table.h"
#pragma clang attribute pop
#endif
