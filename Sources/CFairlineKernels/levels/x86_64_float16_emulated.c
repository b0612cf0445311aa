// The same products without AVX512-FP16, so slow that only tests use them: they check the source on
// every CPU with AVX-512.
#define FL_LEVEL 2
#include "../simd/prelude.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#include "../simd/vector.h"

#include "../simd/products/small_product.h"

#include "../simd/products/half_product.h"

const fl_products fl_products_float16_emulated = {k_pack_block_half, k_product_block_half};
#pragma clang attribute pop
#endif
