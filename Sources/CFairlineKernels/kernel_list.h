// Every kernel, in the order in which they use each other. A new kernel is a file and its line
// here.
//
// A file is read several times, for another purpose each time. It has three parts:
// - types that the kernel's caller needs, where FL_TYPES is set;
// - a line FL_KERNEL(result, name, parameters, arguments) for each kernel, below what it computes;
// - the bodies, static functions k_name, where FL_BODIES is set.
// From these lines come the public functions fl_name (fairline_kernels.h, dispatch.c) and the table
// of each CPU level (kernels.h, simd/table.h).
#include "simd/elements/elementwise.h"
#include "simd/elements/activation.h"
#include "simd/elements/reduce.h"
#include "simd/elements/half.h"
#include "simd/layers/softmax.h"
#include "simd/layers/cross_entropy.h"
#include "simd/random/random.h"
#include "simd/random/dropout.h"
#include "simd/layers/layer_norm.h"
#include "simd/layers/fused.h"
#include "simd/layers/embedding.h"
#include "simd/steps/solver.h"
#include "simd/steps/optimizer.h"
#include "simd/steps/adafactor.h"
#include "simd/products/transpose.h"
#include "simd/products/packed_product.h"
#include "simd/products/sparse_product.h"
#include "simd/products/int8_pack.h"
#include "simd/products/int8_product.h"
#include "simd/attention/attention_forward.h"
#include "simd/attention/attention_backward.h"
#include "simd/attention/step_attention.h"
#include "simd/search/search.h"
