// The table of kernels of one CPU level. Every level is compiled from the same source (simd/), and
// the public functions call through the table in use.
#pragma once
#include "fairline_kernels.h"

// Products of large matrices with operands in one format.
typedef struct fl_products {
  void (*pack_block)(const fl_product *g, uint32_t *packed, int64_t block, int64_t first_panel,
                     int64_t last_panel);
  void (*product_block)(const fl_product *g, const uint32_t *packed, const fl_part *part);
} fl_products;

typedef struct fl_kernels {
  fl_products products;
#define FL_KERNEL(result, name, parameters, arguments) result(*name) parameters;
#include "kernel_list.h"
#undef FL_KERNEL
} fl_kernels;

extern const fl_kernels fl_kernels_baseline;
#if defined(__aarch64__)
extern const fl_kernels fl_kernels_aarch64_dot;
#endif
#if defined(__x86_64__)
extern const fl_kernels fl_kernels_x86_64_v3, fl_kernels_x86_64_v4;
extern const fl_products fl_products_bfloat16, fl_products_float16, fl_products_float16_emulated;
#endif

// The table in use (cpu.c).
const fl_kernels *fl_kernels_in_use(void);
