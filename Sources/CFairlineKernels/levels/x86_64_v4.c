// The kernels for x86-64-v4: AVX-512 F, BW, DQ and VL.
#define FL_LEVEL 2
#define FL_TABLE fl_kernels_x86_64_v4
#include "../simd/prelude.h"

#if defined(__x86_64__)
// Used only where the machine has it.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512vnni"))), \
                             apply_to = function)
#include "../simd/products/int8_vnni.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#include "../simd/table.h"
#pragma clang attribute pop
#endif
