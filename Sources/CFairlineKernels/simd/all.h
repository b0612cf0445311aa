// All kernels, compiled for the level of the including file.
#include "vector.h"

#include "exponential.h"

#include "activation.h"

#include "elementwise.h"

#include "reduce.h"

#include "softmax.h"

#include "cross_entropy.h"

#include "philox.h"

#include "random.h"

#include "dropout.h"

#include "layer_norm.h"

#include "fused.h"

#include "embedding.h"

#include "small_product.h"

#include "transpose.h"

#include "solver.h"

#define FL_PAIR 1
#include "blocked_product.h"
#undef FL_PAIR

#include "attention.h"

#include "attention_forward.h"

#include "attention_backward.h"

#include "half.h"

#include "step_attention.h"

#include "packed_product.h"

#include "sparse_product.h"

#include "int8_pack.h"

#include "int8_product.h"

#include "optimizer.h"

#include "adafactor.h"

#include "top_k.h"

#include "search.h"

const fl_kernels FL_TABLE = {
  .products = {k_pack_block_float32, k_product_block_float32},
#define FL_ENTRY(name) .name = k_##name,
  FL_EACH_KERNEL(FL_ENTRY)
#undef FL_ENTRY
};
