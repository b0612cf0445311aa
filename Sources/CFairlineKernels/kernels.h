// The table of kernels of one CPU level. Every level is compiled from the same source (simd/), and dispatch.c calls
// through the table in use.
#pragma once
#include "fairline_kernels.h"

#define FL_EACH_KERNEL(X)                                                                                          \
  X(fill) X(add) X(sub) X(mul) X(div) X(scale) X(add_scalar) X(axpy) X(mul_add) X(apply) X(apply_grad) X(row_add)  \
  X(row_mul) X(column_sum) X(row_sum) X(row_max) X(sum) X(sum_squares) X(dot) X(max_abs) X(all_finite)             \
  X(softmax) X(softmax_grad) X(log_softmax) X(log_softmax_grad) X(log_sum_exp) X(cross_entropy)                    \
  X(random_words) X(random_uniform) X(random_normal) X(dropout) X(dropout_grad)                                    \
  X(layer_norm) X(layer_norm_grad) X(residual_norm) X(bias_activation) X(bias_activation_grad)                     \
  X(embed) X(embed_grad) X(attention_forward) X(attention_backward) X(step_attention) X(to_half)                     \
  X(pack_weight) X(packed_product) X(mostly_zero) X(sparse_product)                                                     \
  X(transpose) X(quantize_rows) X(quantize_weight) X(dequantize_rows) X(pack_int8) X(int8_product)                              \
  X(adam) X(sgd) X(nag) X(adagrad) X(adadelta) X(adamax) X(mean_squares) X(factored_squares) X(factored_step)           \
  X(linear_sum) X(scaled_error) X(tanh_grad) X(top_k) X(best_cells) X(scaled_log_sum) X(log_add_exp)

// Products of large matrices with operands in one format.
typedef struct fl_products {
  void (*pack_block)(const fl_product *g, uint32_t *packed, int64_t block, int64_t first_panel, int64_t last_panel);
  void (*product_block)(const fl_product *g, const uint32_t *packed, const fl_part *part);
} fl_products;

typedef struct fl_kernels {
  fl_products products;
#define FL_MEMBER(name) __typeof__(fl_##name) *name;
  FL_EACH_KERNEL(FL_MEMBER)
#undef FL_MEMBER
} fl_kernels;

extern const fl_kernels fl_kernels_baseline;
#if defined(__x86_64__)
extern const fl_kernels fl_kernels_x86_64_v3, fl_kernels_x86_64_v4;
extern const fl_products fl_products_bfloat16, fl_products_float16, fl_products_float16_emulated;
#endif

// The table in use (cpu.c).
const fl_kernels *fl_kernels_in_use(void);
