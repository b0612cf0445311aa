// Products of half-precision operands with float32 sums, for CPUs with AVX512-FP16.
#define FL_LEVEL 2
#include "../simd/prelude.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512fp16"))), \
                             apply_to = function)
#include "../simd/vector.h"

#include "../simd/products/small_product.h"

#include "../simd/products/half_product.h"

const fl_products fl_products_float16 = {k_pack_block_half, k_product_block_half};
#pragma clang attribute pop
#endif
