// Fairline's SIMD kernels, thread pool and memory cache.
//
// All matrices are row-major float32. `rows` and `cols` are element counts. A kernel works on the
// range it is given, in the calling thread; the caller splits work into fixed blocks and hands them
// to the pool, so that results do not depend on the number of threads. "dst +=" means the kernel
// accumulates.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- CPU level ----------------------------------------------------------------------------------
// 0: baseline of the architecture, 1: x86-64-v3 (AVX2, FMA), 2: x86-64-v4 (AVX-512 F/BW/DQ/VL).
// On AArch64, 1: with dot products of 8 bit integers.
int fl_cpu_best_level(void);      // the best this machine has
int fl_cpu_level(void);           // the level in use (FAIRLINE_CPU_LEVEL lowers it)
int fl_cpu_use_level(int level);  // for this thread, not above the best; returns the level chosen
const char *fl_cpu_level_name(int level);

// ---- Thread pool --------------------------------------------------------------------------------
typedef void (*fl_block_function)(void *context, int64_t block);
void fl_pool_set_threads(
    int threads);  // 0: one per core. May be called again; waits for running work.
int fl_pool_threads(void);
// Runs function(context, block) for block in 0..<blocks on the pool and the caller; returns when
// all are done. Each thread begins with a share of neighbouring blocks, then takes from the
// others', but not the last `kept` of a share that its thread has begun. A call from inside a
// block, from a serial thread, or while another thread uses the pool runs the blocks in the calling
// thread.
void fl_pool_run(int64_t blocks, int64_t kept, fl_block_function function, void *context);
void fl_thread_set_serial(bool serial);  // this thread runs its blocks itself (decoder workers)

// ---- Memory cache -------------------------------------------------------------------------------
// 64-byte aligned blocks, kept and reused by size class; thread-safe. Contents are not cleared.
void *fl_memory_take(size_t bytes);
void fl_memory_give(void *block, size_t bytes);  // the same size as taken
size_t fl_memory_live(void);                     // bytes handed out
size_t fl_memory_held(void);                     // bytes handed out or cached
void fl_memory_trim(void);                       // returns cached blocks to the system

// ---- BLAS start-up ------------------------------------------------------------------------------
// If OpenBLAS chose kernels older than this CPU and OPENBLAS_CORETYPE is not set, chooses SkylakeX
// or Haswell. Pins OpenBLAS to one thread a call. Call once before the first product. Returns the
// kernel's name ("unknown" without OpenBLAS).
const char *fl_blas_prepare(void);

// ---- Kernels -----------------------------------------------------------------------------------
// A function fl_name for each kernel of the list; what it computes stands in the kernel's own file.
#define FL_TYPES 1
#define FL_KERNEL(result, name, parameters, arguments) result fl_##name parameters;
#include "../kernel_list.h"
#undef FL_KERNEL
#undef FL_TYPES

// The name of a kernel of the list, NULL behind the last.
const char *fl_kernel_name(int64_t index);
// Panels of 32 rows of a packed weight with n rows.
int64_t fl_packed_panels(int64_t n);
// Whether a product of 8 bit integers takes much less time than one of floats.
bool fl_int8_is_fast(void);
// How rows and weights of 8 bit products are stored at the level in use.
fl_int8_layout fl_int8_layout_in_use(void);
// Bytes of a row of k activations.
int64_t fl_int8_row(int64_t k);
// k, rounded up to a multiple of 4: bytes of a row of a packed weight.
int64_t fl_int8_depth(int64_t k);

// ---- Products of large matrices
// -------------------------------------------------------------------------------------- C = A B (+
// C) (+ bias), float32 sums. B is packed first, in blocks of the depth and panels of 32 columns,
// then blocks of C are computed; the caller hands both out to the pool. An element's sum runs over
// the depth in one fixed order.
typedef struct fl_product {
  int64_t m, n, k;
  const float *a;  // A's element (i, p) stands at a[i * a_row + p * a_step]; one of the two is 1
  int64_t a_row, a_step;
  const float *b;  // B's element (p, j) stands at b[p * b_row + j * b_step]; one of the two is 1
  int64_t b_row, b_step;
  float *c;
  int64_t c_row;
  const float *bias;       // added to every row; NULL: none
  bool add;                // C += instead of C =
  bool clamp;              // max(result, 0) is stored
  const float *mask;       // like C: the result is 0 where this is not above 0; NULL: none
  float a_scale, b_scale;  // of fl_product_scale; C is that of the operands without them. 0 is 1.
  const fl_weighted_sum
      *sum;  // what A is computed from, in FL_FLOAT32 with a_step 1: A, its target, is written row
             // by row as rows are needed, once for each part of C they are in; NULL: A is there
} fl_product;
// A part of C: rows and panels, none beyond the last; and the rows of the part that this thread is
// likely to compute next, from whose A a beginning is brought near. Both 0 when there is none.
typedef struct fl_part {
  int64_t first_row, last_row, first_panel, last_panel;
  int64_t next_row, next_last_row;
} fl_part;
// What the operands are rounded to; C is float32, and so are sums, those of FL_FLOAT16 beyond 128
// places of the depth. FL_FLOAT16_EMULATED is for tests only: FL_FLOAT16's source on CPUs that have
// AVX-512 but not AVX512-FP16, slower than float32.
typedef enum fl_format { FL_FLOAT32, FL_BFLOAT16, FL_FLOAT16, FL_FLOAT16_EMULATED } fl_format;
// Whether this CPU multiplies the format directly and faster than float32: FL_FLOAT16 where it has
// AVX512-FP16, FL_BFLOAT16 where it has AVX512-BF16 and is not Intel's, whose bfloat16 has half the
// rate of float32. True for FL_FLOAT16_EMULATED where it runs.
bool fl_format_supported(fl_format format);
fl_format fl_format_in_use(void);            // of this thread's products
void fl_format_use(fl_format format);        // for this thread; float32 when not supported
int64_t fl_product_depth(fl_format format);  // elements of the depth in a block
int64_t fl_product_words(fl_format format, int64_t n, int64_t k);  // 32-bit words of the packed B
bool fl_format_scales(fl_format format);  // whether operands are scaled before they are rounded
// The power of two that an operand is scaled by, from its largest magnitude: 1 when that is 0 or
// not finite, or the format does not scale. It belongs to the whole operand, so that results do not
// depend on blocks.
float fl_product_scale(fl_format format, float largest);
void fl_pack_block(fl_format format, const fl_product *g, uint32_t *packed, int64_t block,
                   int64_t first_panel, int64_t last_panel);
// Without `packed`, B is read where it stands: for FL_FLOAT32, a b_step of 1 and an n that is a
// multiple of 32. That pays where a block of its depth stays in the second-level cache.
void fl_product_block(fl_format format, const fl_product *g, const uint32_t *packed,
                      const fl_part *part);

// ---- Profile ------------------------------------------------------------------------------------
// Times of operations, kept for each thread by a small number.
typedef struct fl_profile_sum {
  int64_t nanoseconds, calls;
  double operations;
} fl_profile_sum;
void fl_profile_enable(bool enabled);  // for this thread
void fl_profile_clear(void);
bool fl_profile_enabled(void);
int64_t fl_profile_now(void);  // nanoseconds
void fl_profile_add(int32_t label, int64_t nanoseconds, double operations);
fl_profile_sum fl_profile_read(int32_t label);

#ifdef __cplusplus
}
#endif
