// The kernels for x86-64-v3: AVX2 and FMA.
#define FL_LEVEL 1
#define FL_TABLE fl_kernels_x86_64_v3
#include "../simd/prelude.h"

#if defined(__x86_64__)
// Used only where the machine has it.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3,avxvnni"))), apply_to = function)
#define FL_DPBUSD(sum, x, w) _mm256_dpbusd_avx_epi32(sum, x, w)
#include "../simd/products/int8_tile.h"
#undef FL_DPBUSD
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "../simd/table.h"
#pragma clang attribute pop
#endif
