// All kernels, compiled for the level of the including file, and their table.
#include "vector.h"

#define FL_BODIES 1
#define FL_KERNEL(result, name, parameters, arguments)
#include "../kernel_list.h"
#undef FL_KERNEL
#undef FL_BODIES

#define FL_PAIR 1
#include "products/blocked_product.h"
#undef FL_PAIR

const fl_kernels FL_TABLE = {
    .products = {k_pack_block_float32, k_product_block_float32},
#define FL_KERNEL(result, name, parameters, arguments) .name = k_##name,
#include "../kernel_list.h"
#undef FL_KERNEL
};
