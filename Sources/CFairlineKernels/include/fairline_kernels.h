// Fairline's SIMD kernels, thread pool and memory cache.
//
// All matrices are row-major float32. `rows` and `cols` are element counts. A kernel works on the range it is given, in the
// calling thread; the caller splits work into fixed blocks and hands them to the pool, so that results do not
// depend on the number of threads. "dst +=" means the kernel accumulates.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- CPU level -------------------------------------------------------------------------------------------------------
// 0: baseline of the architecture, 1: x86-64-v3 (AVX2, FMA), 2: x86-64-v4 (AVX-512 F/BW/DQ/VL).
int fl_cpu_best_level(void);          // the best this machine has
int fl_cpu_level(void);               // the level in use (FAIRLINE_CPU_LEVEL lowers it)
int fl_cpu_use_level(int level);      // for this thread, not above the best; returns the level chosen
const char *fl_cpu_level_name(int level);

// ---- Thread pool -----------------------------------------------------------------------------------------------------
typedef void (*fl_block_function)(void *context, int64_t block);
void fl_pool_set_threads(int threads);          // 0: one per core. May be called again; waits for running work.
int fl_pool_threads(void);
// Runs function(context, block) for block in 0..<blocks on the pool and the caller; returns when all are done.
// Each thread begins with a share of neighbouring blocks, then takes from the others', but not the last `kept` of a share that
// its thread has begun. A call from inside a block, from a serial thread, or while another thread uses the pool runs the blocks
// in the calling thread.
void fl_pool_run(int64_t blocks, int64_t kept, fl_block_function function, void *context);
void fl_thread_set_serial(bool serial);         // this thread runs its blocks itself (decoder workers)

// ---- Memory cache ----------------------------------------------------------------------------------------------------
// 64-byte aligned blocks, kept and reused by size class; thread-safe. Contents are not cleared.
void *fl_memory_take(size_t bytes);
void fl_memory_give(void *block, size_t bytes); // the same size as taken
size_t fl_memory_live(void);                    // bytes handed out
size_t fl_memory_held(void);                    // bytes handed out or cached
void fl_memory_trim(void);                      // returns cached blocks to the system

// ---- BLAS start-up ---------------------------------------------------------------------------------------------------
// If OpenBLAS chose kernels older than this CPU and OPENBLAS_CORETYPE is not set, chooses SkylakeX or Haswell. Pins OpenBLAS to
// one thread a call. Call once before the first product. Returns the kernel's name ("unknown" without OpenBLAS).
const char *fl_blas_prepare(void);

// ---- Elementwise -----------------------------------------------------------------------------------------------------
typedef enum fl_unary {
  FL_NEGATE, FL_EXP, FL_LOG, FL_SQRT, FL_SQUARE, FL_ABS, FL_RECIPROCAL, FL_SIN, FL_COS, FL_TANH, FL_SIGMOID,
  FL_RELU, FL_GELU /* erf form */, FL_GELU_TANH, FL_SWISH, FL_RELU_SQUARED, FL_IDENTITY
} fl_unary;
void fl_fill(float *dst, float value, int64_t n);
void fl_add(float *dst, const float *a, const float *b, int64_t n);
void fl_sub(float *dst, const float *a, const float *b, int64_t n);
void fl_mul(float *dst, const float *a, const float *b, int64_t n);
void fl_div(float *dst, const float *a, const float *b, int64_t n);
void fl_scale(float *dst, const float *a, float s, int64_t n);
void fl_add_scalar(float *dst, const float *a, float s, int64_t n);
void fl_axpy(float *dst, float s, const float *a, int64_t n);                    // dst += s * a
void fl_mul_add(float *dst, const float *a, const float *b, int64_t n);          // dst += a * b
void fl_apply(fl_unary op, float *dst, const float *x, int64_t n);               // dst = op(x)
void fl_apply_grad(fl_unary op, float *dx, const float *dy, const float *x, int64_t n);  // dx += dy * op'(x)
void fl_tanh_grad(float *dst, const float *dy, const float *y, int64_t n);       // dst = dy * (1 - y^2), y = tanh(x)
void fl_row_add(float *dst, const float *a, const float *row, int64_t rows, int64_t cols);  // dst = a + row (each row)
void fl_row_mul(float *dst, const float *a, const float *row, int64_t rows, int64_t cols);
// dst[c] += sum over rows of a[r * stride + c], c in 0..<cols
void fl_column_sum(float *dst, const float *a, int64_t rows, int64_t cols, int64_t stride);
void fl_row_sum(float *dst, const float *a, int64_t rows, int64_t cols);         // dst[r] = sum of row r
void fl_row_max(float *dst, int32_t *argmax /* or NULL */, const float *a, int64_t rows, int64_t cols);
double fl_sum(const float *a, int64_t n);
double fl_sum_squares(const float *a, int64_t n);
double fl_dot(const float *a, const float *b, int64_t n);
float fl_max_abs(const float *a, int64_t n);
bool fl_all_finite(const float *a, int64_t n);

// ---- Softmax ---------------------------------------------------------------------------------------------------------
void fl_softmax(float *dst, const float *x, int64_t rows, int64_t cols);
void fl_softmax_grad(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols);       // dx +=
void fl_log_softmax(float *dst, const float *x, int64_t rows, int64_t cols);
void fl_log_softmax_grad(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols);   // dx +=
void fl_log_sum_exp(float *dst, const float *x, int64_t rows, int64_t cols);
// Label-smoothed cross-entropy of rows of logits; a target < 0 is ignored (zero loss and gradient).
//   nll[r] = -log p(target), smooth[r] = -sum over the vocabulary of log p
//   loss[r] = (1 - eps - eps/(cols-1)) * nll[r] + eps/(cols-1) * smooth[r]
// With write_grad, logits are replaced by d loss[r] / d logits. argmax may be NULL.
void fl_cross_entropy(float *logits, const int32_t *targets, int64_t rows, int64_t cols, float eps, bool write_grad,
                      float *loss, float *nll, int32_t *argmax);

// ---- Random numbers: Philox4x32-10 -----------------------------------------------------------------------------------
// Element i of stream s under key k takes word i % 4 of the block with counter (i / 4 as 64 bits, s as 64 bits), key k.
void fl_random_words(uint32_t *dst, uint64_t key, uint64_t stream, uint64_t first, int64_t n);
void fl_random_uniform(float *dst, float low, float high, uint64_t key, uint64_t stream, uint64_t first, int64_t n);
void fl_random_normal(float *dst, float mean, float std, uint64_t key, uint64_t stream, uint64_t first, int64_t n);
// Inverted dropout: element i (counted from `first`) is kept when its word >= p * 2^32, and divided by (1 - p).
void fl_dropout(float *dst, const float *x, float p, uint64_t key, uint64_t stream, uint64_t first, int64_t n);
void fl_dropout_grad(float *dx, const float *dy, float p, uint64_t key, uint64_t stream, uint64_t first, int64_t n); // dx +=

// ---- Fused layers ----------------------------------------------------------------------------------------------------
// y = (x - mean) * rstd * gamma + beta for each row; mean and rstd have `rows` elements (may be NULL).
void fl_layer_norm(float *y, float *mean, float *rstd, const float *x, const float *gamma, const float *beta,
                   int64_t rows, int64_t cols, float eps);
// dx = gradient (dx += when accumulate); dgamma[cols] += and dbeta[cols] += this range's part. With `inverse`, 1 / gamma, x is the
// result y instead of what was normalised; beta may be NULL without it.
void fl_layer_norm_grad(float *dx, bool accumulate, float *dgamma, float *dbeta, const float *dy, const float *x,
                        const float *mean, const float *rstd, const float *gamma, const float *beta,
                        const float *inverse, int64_t rows, int64_t cols);
// sum = residual + dropout(x + bias); y = layer_norm(sum). bias may be NULL; y NULL: sum only. `first` is the index of the range's first
// element for dropout. sum may be x, residual or y, which it becomes then.
void fl_residual_norm(float *sum, float *y, float *mean, float *rstd, const float *x, const float *bias,
                      const float *residual, const float *gamma, const float *beta, int64_t rows, int64_t cols, float eps,
                      float p, uint64_t key, uint64_t stream, uint64_t first);
// pre = x + bias (stored to `pre` unless NULL), dst = dropout(op(pre)). bias may be NULL. dst may be x.
void fl_bias_activation(float *dst, float *pre, const float *x, const float *bias, int64_t rows, int64_t cols, fl_unary op,
                        float p, uint64_t key, uint64_t stream, uint64_t first);
// dpre = op'(pre) * dropout mask * dy; dbias[cols] += column sums of dpre (NULL: not wanted). dpre may be dy.
void fl_bias_activation_grad(float *dpre, float *dbias, const float *dy, const float *pre, int64_t rows, int64_t cols,
                             fl_unary op, float p, uint64_t key, uint64_t stream, uint64_t first);

// ---- Embedding -------------------------------------------------------------------------------------------------------
// dst[t] = scale * table[ids[t]] + positions[position[t]] (positions NULL: none)
void fl_embed(float *dst, const float *table, const int32_t *ids, const float *positions, const int32_t *position,
              int64_t tokens, int64_t cols, float scale);
// table_grad[ids[t]][c0..<c1] += scale * dy[t][c0..<c1], in order of t; ids equal to skip are left out (-1: none).
void fl_embed_grad(float *table_grad, const float *dy, const int32_t *ids, int64_t tokens, int64_t cols, int64_t c0,
                   int64_t c1, float scale, int32_t skip);

// ---- Attention of one (segment, head) --------------------------------------------------------------------------------
// out[i] = sum_j dropout(softmax_j(scale * q_i . k_j)) v_j ; causal: j <= i + (keys - queries). lse[i] = log sum_j exp(score).
// q, k, v, out rows are `ld*` floats apart. Dropout element index of (i, j) is first + i * keys + j. lse and probabilities may be
// NULL; probabilities (before dropout) go to [queries, keys]. Scratch is taken from the memory cache in row blocks:
// memory grows linearly with the length.
typedef struct fl_attention {
  int64_t queries, keys, head_dim, ldq, ldk, ldv, ldo;
  float scale;
  bool causal;
  float p;
  uint64_t key, stream, first;
} fl_attention;
void fl_attention_forward(const fl_attention *a, float *out, float *lse, float *probabilities, const float *q,
                          const float *k, const float *v);
// dq, dk, dv += . Strides of dq, dk, dv are ldq, ldk, ldv; of dout and out, ldo.
void fl_attention_backward(const fl_attention *a, float *dq, float *dk, float *dv, const float *dout, const float *out,
                           const float *lse, const float *q, const float *k, const float *v);

// Attention of a few queries over cached rows of float32, or float16 when `half`: query r is at q + r * ldq; its key j is at
// cache + rows[r * ldr + j] * ld, and its value `value` elements further. weights receives the probabilities
// [queries, heads, keys]. A query's result does not depend on the others; it is best that they share most of their rows.
typedef struct fl_step {
  int64_t queries, keys, heads, head_dim, ldq, ldo, ldr;
  const void *cache;
  int64_t ld, value;
  float scale;
  bool half;
  const int32_t *next;  // rows that the call after this one reads first, and how many; NULL and 0 when unknown
  int64_t next_keys;
} fl_step;
void fl_step_attention(const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows);
// Rounds to float16, to nearest even; values beyond its range become its largest ones, what is no number the least.
void fl_to_half(uint16_t *dst, const float *x, int64_t n);

// ---- Products with packed weights ------------------------------------------------------------------------------------
// Packs w [n, k] into panels of 32 rows; the packed form has fl_packed_panels(n) * 32 * k floats.
int64_t fl_packed_panels(int64_t n);
void fl_pack_weight(float *packed, const float *w, int64_t n, int64_t k);
// Panels first_panel..<last_panel of c = a w^T + bias: c [m, n], a [m, k]; bias may be NULL. A row's result does not depend on
// the other rows.
void fl_packed_product(float *c, int64_t ldc, const float *a, int64_t lda, const float *packed, const float *bias,
                       int64_t m, int64_t n, int64_t k, int64_t first_panel, int64_t last_panel);
// All panels of the same product, passing over the zeros of each row: faster where fl_mostly_zero, which looks at a few rows,
// says so. The results are the same to the last bit where the weight is finite.
bool fl_mostly_zero(const float *a, int64_t lda, int64_t m, int64_t k);
void fl_sparse_product(float *c, int64_t ldc, const float *a, int64_t lda, const float *packed, const float *bias, int64_t m,
                       int64_t n, int64_t k);

// ---- Products with 8 bit weights -------------------------------------------------------------------------------------
// Symmetric integers of -127...127 with a scale for each row: a row is scale * q. A row that is not finite has the scale NaN.
// Rows of activations are stored with 128 added.
// q[r] = 128 + round(x[r] / scale[r]), each row alone; bytes k..<ldq of a row become 128.
void fl_quantize_rows(uint8_t *q, int64_t ldq, float *scale, const float *x, int64_t ldx, int64_t rows, int64_t k);
// q [n, k] = round(w / scale)
void fl_quantize_weight(int8_t *q, float *scale, const float *w, int64_t n, int64_t k);
void fl_dequantize_rows(float *dst, int64_t ldd, const int8_t *q, const float *scale, int64_t rows, int64_t k);
// A packed weight with what its product does besides: bias (may be NULL), and max(0, x).
typedef struct fl_int8_weight {
  int64_t n, k;
  const int8_t *packed;    // fl_packed_panels(n) * 32 * fl_int8_depth(k) bytes
  const int32_t *offsets;  // 128 times the sum of each row of w; fl_packed_panels(n) * 32 of them
  const float *scales, *bias;
  bool rectifies;
} fl_int8_weight;
bool fl_int8_is_fast(void);        // whether such a product takes much less time than one of floats
int64_t fl_int8_depth(int64_t k);  // k, rounded up to a multiple of 4
// Packs n rows of w [*, k]: those numbered in `rows`, or the first n when it is NULL.
void fl_pack_int8(int8_t *packed, int32_t *offsets, const int8_t *w, const int32_t *rows, int64_t n, int64_t k);
// Panels first_panel..<last_panel of c = a w^T + bias: c [m, n], a [m, lda] from fl_quantize_rows with lda >= fl_int8_depth(k). Sums are
// exact, so that a row's result does not depend on the other rows.
void fl_int8_product(float *c, int64_t ldc, const uint8_t *a, int64_t lda, const float *a_scale, const fl_int8_weight *w,
                     int64_t m, int64_t first_panel, int64_t last_panel);

// target = base + sum over the terms of factors[t] * terms[t]; base NULL counts as zero.
typedef struct fl_weighted_sum {
  float *target;
  const float *base;
  const float *const *terms;
  const float *factors;
  int64_t count;
} fl_weighted_sum;

// ---- Products of large matrices --------------------------------------------------------------------------------------
// C = A B (+ C) (+ bias), float32 sums. B is packed first, in blocks of the depth and panels of 32 columns, then blocks of C are
// computed; the caller hands both out to the pool. An element's sum runs over the depth in one fixed order.
typedef struct fl_product {
  int64_t m, n, k;
  const float *a;            // A's element (i, p) stands at a[i * a_row + p * a_step]; one of the two is 1
  int64_t a_row, a_step;
  const float *b;            // B's element (p, j) stands at b[p * b_row + j * b_step]; one of the two is 1
  int64_t b_row, b_step;
  float *c;
  int64_t c_row;
  const float *bias;         // added to every row; NULL: none
  bool add;                  // C += instead of C =
  bool clamp;                // max(result, 0) is stored
  const float *mask;         // like C: the result is 0 where this is not above 0; NULL: none
  float a_scale, b_scale;    // of fl_product_scale; C is that of the operands without them. 0 is 1.
  const fl_weighted_sum *sum;  // what A is computed from, in FL_FLOAT32 with a_step 1: A, its target, is written row by row as
                               // rows are needed, once for each part of C they are in; NULL: A is there
} fl_product;
// A part of C: rows and panels, none beyond the last; and the rows of the part that this thread is likely to compute next, from
// whose A a beginning is brought near. Both 0 when there is none.
typedef struct fl_part {
  int64_t first_row, last_row, first_panel, last_panel;
  int64_t next_row, next_last_row;
} fl_part;
// dst[r][c] = src[c][r], or += with add; dst has `rows` rows of `cols`, rows are dst_row and src_row floats apart.
void fl_transpose(float *dst, int64_t dst_row, const float *src, int64_t src_row, int64_t rows, int64_t cols, bool add);
// What the operands are rounded to; C is float32, and so are sums, those of FL_FLOAT16 beyond 128 places of the depth.
// FL_FLOAT16_EMULATED is for tests only: FL_FLOAT16's source on CPUs that have AVX-512 but not AVX512-FP16, slower than float32.
typedef enum fl_format { FL_FLOAT32, FL_BFLOAT16, FL_FLOAT16, FL_FLOAT16_EMULATED } fl_format;
// Whether this CPU multiplies the format directly and faster than float32: FL_FLOAT16 where it has AVX512-FP16, FL_BFLOAT16 where
// it has AVX512-BF16 and is not Intel's, whose bfloat16 has half the rate of float32. True for FL_FLOAT16_EMULATED where it runs.
bool fl_format_supported(fl_format format);
fl_format fl_format_in_use(void);             // of this thread's products
void fl_format_use(fl_format format);         // for this thread; float32 when not supported
int64_t fl_product_depth(fl_format format);   // elements of the depth in a block
int64_t fl_product_words(fl_format format, int64_t n, int64_t k);  // 32-bit words of the packed B
bool fl_format_scales(fl_format format);      // whether operands are scaled before they are rounded
// The power of two that an operand is scaled by, from its largest magnitude: 1 when that is 0 or not finite, or the format does not scale.
// It belongs to the whole operand, so that results do not depend on blocks.
float fl_product_scale(fl_format format, float largest);
void fl_pack_block(fl_format format, const fl_product *g, uint32_t *packed, int64_t block, int64_t first_panel,
                   int64_t last_panel);
// Without `packed`, B is read where it stands: for FL_FLOAT32, a b_step of 1 and an n that is a multiple of 32. That pays where
// a block of its depth stays in the second-level cache.
void fl_product_block(fl_format format, const fl_product *g, const uint32_t *packed, const fl_part *part);

// ---- Profile ---------------------------------------------------------------------------------------------------------
// Times of operations, kept for each thread by a small number.
typedef struct fl_profile_sum {
  int64_t nanoseconds, calls;
  double operations;
} fl_profile_sum;
void fl_profile_enable(bool enabled);  // for this thread
void fl_profile_clear(void);
bool fl_profile_enabled(void);
int64_t fl_profile_now(void);          // nanoseconds
void fl_profile_add(int32_t label, int64_t nanoseconds, double operations);
fl_profile_sum fl_profile_read(int32_t label);

// ---- Optimizers ------------------------------------------------------------------------------------------------------
// g = grad_scale * grads. fairseq's Adam: p -= lr * decay * p; m, v moments;
// p -= lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps); `step_size` is lr * sqrt(1-beta2^t) / (1-beta1^t).
void fl_adam(float *p, float *m, float *v, const float *grads, int64_t n, float grad_scale, float lr, float step_size,
             float beta1, float beta2, float eps, float decay);
// torch's SGD with L2 decay and momentum (dampening 0): buf NULL without momentum; first: buf = g.
void fl_sgd(float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr, float momentum, float decay,
            bool first);
// fairseq's Nesterov momentum with decoupled decay; `correction` is lr over that of the step before:
// p = (1 - lr decay) p + momentum^2 correction buf - (1 + momentum) lr g; buf = momentum correction buf - lr g.
void fl_nag(float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr, float correction,
            float momentum, float decay);
// With L2 decay: sum += g^2; p -= lr g / (sqrt(sum) + eps).
void fl_adagrad(float *p, float *sum, const float *grads, int64_t n, float grad_scale, float lr, float eps, float decay);
// With L2 decay: moving means with rate rho of g^2 and of the steps' squares; step = sqrt(steps + eps) / sqrt(squares + eps) g.
void fl_adadelta(float *p, float *squares, float *steps, const float *grads, int64_t n, float grad_scale, float lr, float rho,
                 float eps, float decay);
// m a moving mean, most = max(beta2 most, |g|); p -= lr decay p; p -= step_size m / (most + eps).
void fl_adamax(float *p, float *m, float *most, const float *grads, int64_t n, float grad_scale, float lr, float step_size,
               float beta1, float beta2, float eps, float decay);
// Adafactor on a matrix [rows, cols]. Moving means with rate beta of g^2 + eps over each row and each column; row NULL: of columns only.
void fl_mean_squares(float *row, float *col, const float *grads, int64_t rows, int64_t cols, float grad_scale, float eps,
                     float beta);
// The sum of squares of the update u = g * row[r] * col[c]; row NULL: ones.
double fl_factored_squares(const float *grads, const float *row, const float *col, int64_t rows, int64_t cols,
                           float grad_scale);
// p -= shrink p; p -= step u, or, with m, m = beta m + (1 - beta) step u and p -= m.
void fl_factored_step(float *p, float *m, const float *grads, const float *row, const float *col, int64_t rows, int64_t cols,
                      float grad_scale, float step, float beta, float shrink);

// ---- Differential equations ----------------------------------------------------------------------------------------
void fl_linear_sum(const fl_weighted_sum *sum, int64_t first, int64_t end);  // elements first..<end
// The same combination, each element divided by absolute + relative * max(|before|, |after|), is never stored, only measured:
// the sum of its squares, its largest absolute element (NaN when the sum is), and whether it and `after` are finite.
typedef struct fl_error {
  double sum_of_squares;
  float largest;
  bool finite;
} fl_error;
fl_error fl_scaled_error(const float *base, const float *const *terms, const float *factors, int64_t count,
                         const float *before, const float *after, float relative, float absolute, int64_t n);

// ---- Search ----------------------------------------------------------------------------------------------------------
// The k largest of x[0..<n], descending, ties by smaller index.
void fl_top_k(float *values, int32_t *indices, const float *x, int64_t n, int64_t k);
// The same, without NaN and without the cells of an ascending list; returns how many there are, at most k.
int64_t fl_best_cells(float *values, int32_t *indices, const float *x, int64_t n, int64_t k, const int32_t *excluded,
                      int64_t excluded_count);
// log of the sum of exp(scale * (x - most)); `most` is close to the maximum.
float fl_scaled_log_sum(const float *x, int64_t n, float most, float scale);
// dst = log(exp(a) + exp(b))
void fl_log_add_exp(float *dst, const float *a, const float *b, int64_t n);

#ifdef __cplusplus
}
#endif
