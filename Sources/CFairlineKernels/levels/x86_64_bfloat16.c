// Products of bfloat16 operands with float32 sums, for CPUs with AVX512-BF16.
#define FL_LEVEL 2
#include "../simd/prelude.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"))), \
                             apply_to = function)
#include "../simd/vector.h"

#include "../simd/products/small_product.h"

#define FL_PAIR 2
#include "../simd/products/blocked_product.h"

const fl_products fl_products_bfloat16 = {k_pack_block_bfloat16, k_product_block_bfloat16};
#pragma clang attribute pop
#endif
