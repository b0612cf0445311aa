// The public kernels: each calls its version of the CPU level in use.
#include "kernels.h"

void fl_fill(float *dst, float value, int64_t n) {
  fl_kernels_in_use()->fill(dst, value, n);
}

void fl_add(float *dst, const float *a, const float *b, int64_t n) {
  fl_kernels_in_use()->add(dst, a, b, n);
}

void fl_sub(float *dst, const float *a, const float *b, int64_t n) {
  fl_kernels_in_use()->sub(dst, a, b, n);
}

void fl_mul(float *dst, const float *a, const float *b, int64_t n) {
  fl_kernels_in_use()->mul(dst, a, b, n);
}

void fl_div(float *dst, const float *a, const float *b, int64_t n) {
  fl_kernels_in_use()->div(dst, a, b, n);
}

void fl_scale(float *dst, const float *a, float s, int64_t n) {
  fl_kernels_in_use()->scale(dst, a, s, n);
}

void fl_add_scalar(float *dst, const float *a, float s, int64_t n) {
  fl_kernels_in_use()->add_scalar(dst, a, s, n);
}

void fl_axpy(float *dst, float s, const float *a, int64_t n) {
  fl_kernels_in_use()->axpy(dst, s, a, n);
}

void fl_mul_add(float *dst, const float *a, const float *b, int64_t n) {
  fl_kernels_in_use()->mul_add(dst, a, b, n);
}

void fl_apply(fl_unary op, float *dst, const float *x, int64_t n) {
  fl_kernels_in_use()->apply(op, dst, x, n);
}

void fl_apply_grad(fl_unary op, float *dx, const float *dy, const float *x, int64_t n) {
  fl_kernels_in_use()->apply_grad(op, dx, dy, x, n);
}

void fl_row_add(float *dst, const float *a, const float *row, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->row_add(dst, a, row, rows, cols);
}

void fl_row_mul(float *dst, const float *a, const float *row, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->row_mul(dst, a, row, rows, cols);
}

void fl_column_sum(float *dst, const float *a, int64_t rows, int64_t cols, int64_t stride) {
  fl_kernels_in_use()->column_sum(dst, a, rows, cols, stride);
}

void fl_row_sum(float *dst, const float *a, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->row_sum(dst, a, rows, cols);
}

void fl_row_max(float *dst, int32_t *argmax, const float *a, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->row_max(dst, argmax, a, rows, cols);
}

double fl_sum(const float *a, int64_t n) {
  return fl_kernels_in_use()->sum(a, n);
}

double fl_sum_squares(const float *a, int64_t n) {
  return fl_kernels_in_use()->sum_squares(a, n);
}

double fl_dot(const float *a, const float *b, int64_t n) {
  return fl_kernels_in_use()->dot(a, b, n);
}

float fl_max_abs(const float *a, int64_t n) {
  return fl_kernels_in_use()->max_abs(a, n);
}

bool fl_all_finite(const float *a, int64_t n) {
  return fl_kernels_in_use()->all_finite(a, n);
}

void fl_softmax(float *dst, const float *x, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->softmax(dst, x, rows, cols);
}

void fl_softmax_grad(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->softmax_grad(dx, y, dy, rows, cols);
}

void fl_log_softmax(float *dst, const float *x, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->log_softmax(dst, x, rows, cols);
}

void fl_log_softmax_grad(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->log_softmax_grad(dx, y, dy, rows, cols);
}

void fl_log_sum_exp(float *dst, const float *x, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->log_sum_exp(dst, x, rows, cols);
}

void fl_cross_entropy(float *logits, const int32_t *targets, int64_t rows, int64_t cols, float eps, bool write_grad,
                      float *loss, float *nll, int32_t *argmax) {
  fl_kernels_in_use()->cross_entropy(logits, targets, rows, cols, eps, write_grad, loss, nll, argmax);
}

void fl_random_words(uint32_t *dst, uint64_t key, uint64_t stream, uint64_t first, int64_t n) {
  fl_kernels_in_use()->random_words(dst, key, stream, first, n);
}

void fl_random_uniform(float *dst, float low, float high, uint64_t key, uint64_t stream, uint64_t first, int64_t n) {
  fl_kernels_in_use()->random_uniform(dst, low, high, key, stream, first, n);
}

void fl_random_normal(float *dst, float mean, float std, uint64_t key, uint64_t stream, uint64_t first, int64_t n) {
  fl_kernels_in_use()->random_normal(dst, mean, std, key, stream, first, n);
}

void fl_dropout(float *dst, const float *x, float p, uint64_t key, uint64_t stream, uint64_t first, int64_t n) {
  fl_kernels_in_use()->dropout(dst, x, p, key, stream, first, n);
}

void fl_dropout_grad(float *dx, const float *dy, float p, uint64_t key, uint64_t stream, uint64_t first, int64_t n) {
  fl_kernels_in_use()->dropout_grad(dx, dy, p, key, stream, first, n);
}

void fl_layer_norm(float *y, float *mean, float *rstd, const float *x, const float *gamma, const float *beta,
                   int64_t rows, int64_t cols, float eps) {
  fl_kernels_in_use()->layer_norm(y, mean, rstd, x, gamma, beta, rows, cols, eps);
}

void fl_layer_norm_grad(float *dx, bool accumulate, float *dgamma, float *dbeta, const float *dy, const float *x,
                        const float *mean, const float *rstd, const float *gamma, const float *beta,
                        const float *inverse, int64_t rows, int64_t cols) {
  fl_kernels_in_use()->layer_norm_grad(dx, accumulate, dgamma, dbeta, dy, x, mean, rstd, gamma, beta, inverse, rows,
                                       cols);
}

void fl_residual_norm(float *sum, float *y, float *mean, float *rstd, const float *x, const float *bias,
                      const float *residual, const float *gamma, const float *beta, int64_t rows, int64_t cols,
                      float eps, float p, uint64_t key, uint64_t stream, uint64_t first) {
  fl_kernels_in_use()->residual_norm(sum, y, mean, rstd, x, bias, residual, gamma, beta, rows, cols, eps, p, key,
      stream, first);
}

void fl_bias_activation(float *dst, float *pre, const float *x, const float *bias, int64_t rows, int64_t cols,
                        fl_unary op, float p, uint64_t key, uint64_t stream, uint64_t first) {
  fl_kernels_in_use()->bias_activation(dst, pre, x, bias, rows, cols, op, p, key, stream, first);
}

void fl_bias_activation_grad(float *dpre, float *dbias, const float *dy, const float *pre, int64_t rows, int64_t cols,
                             fl_unary op, float p, uint64_t key, uint64_t stream, uint64_t first) {
  fl_kernels_in_use()->bias_activation_grad(dpre, dbias, dy, pre, rows, cols, op, p, key, stream, first);
}

void fl_embed(float *dst, const float *table, const int32_t *ids, const float *positions, const int32_t *position,
              int64_t tokens, int64_t cols, float scale) {
  fl_kernels_in_use()->embed(dst, table, ids, positions, position, tokens, cols, scale);
}

void fl_embed_grad(float *table_grad, const float *dy, const int32_t *ids, int64_t tokens, int64_t cols, int64_t c0,
                   int64_t c1, float scale, int32_t skip) {
  fl_kernels_in_use()->embed_grad(table_grad, dy, ids, tokens, cols, c0, c1, scale, skip);
}

void fl_attention_forward(const fl_attention *a, float *out, float *lse, float *probabilities, const float *q,
                          const float *k, const float *v) {
  fl_kernels_in_use()->attention_forward(a, out, lse, probabilities, q, k, v);
}

void fl_attention_backward(const fl_attention *a, float *dq, float *dk, float *dv, const float *dout,
                           const float *out, const float *lse, const float *q, const float *k, const float *v) {
  fl_kernels_in_use()->attention_backward(a, dq, dk, dv, dout, out, lse, q, k, v);
}

void fl_adam(float *p, float *m, float *v, const float *grads, int64_t n, float grad_scale, float lr, float step_size,
             float beta1, float beta2, float eps, float decay) {
  fl_kernels_in_use()->adam(p, m, v, grads, n, grad_scale, lr, step_size, beta1, beta2, eps, decay);
}

void fl_sgd(float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr, float momentum,
            float decay, bool first) {
  fl_kernels_in_use()->sgd(p, buf, grads, n, grad_scale, lr, momentum, decay, first);
}

void fl_nag(float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr, float correction,
            float momentum, float decay) {
  fl_kernels_in_use()->nag(p, buf, grads, n, grad_scale, lr, correction, momentum, decay);
}

void fl_adagrad(float *p, float *sum, const float *grads, int64_t n, float grad_scale, float lr, float eps, float decay) {
  fl_kernels_in_use()->adagrad(p, sum, grads, n, grad_scale, lr, eps, decay);
}

void fl_adadelta(float *p, float *squares, float *steps, const float *grads, int64_t n, float grad_scale, float lr, float rho,
                 float eps, float decay) {
  fl_kernels_in_use()->adadelta(p, squares, steps, grads, n, grad_scale, lr, rho, eps, decay);
}

void fl_adamax(float *p, float *m, float *most, const float *grads, int64_t n, float grad_scale, float lr, float step_size,
               float beta1, float beta2, float eps, float decay) {
  fl_kernels_in_use()->adamax(p, m, most, grads, n, grad_scale, lr, step_size, beta1, beta2, eps, decay);
}

void fl_mean_squares(float *row, float *col, const float *grads, int64_t rows, int64_t cols, float grad_scale, float eps,
                     float beta) {
  fl_kernels_in_use()->mean_squares(row, col, grads, rows, cols, grad_scale, eps, beta);
}

double fl_factored_squares(const float *grads, const float *row, const float *col, int64_t rows, int64_t cols,
                           float grad_scale) {
  return fl_kernels_in_use()->factored_squares(grads, row, col, rows, cols, grad_scale);
}

void fl_factored_step(float *p, float *m, const float *grads, const float *row, const float *col, int64_t rows, int64_t cols,
                      float grad_scale, float step, float beta, float shrink) {
  fl_kernels_in_use()->factored_step(p, m, grads, row, col, rows, cols, grad_scale, step, beta, shrink);
}

void fl_top_k(float *values, int32_t *indices, const float *x, int64_t n, int64_t k) {
  fl_kernels_in_use()->top_k(values, indices, x, n, k);
}

int64_t fl_best_cells(float *values, int32_t *indices, const float *x, int64_t n, int64_t k, const int32_t *excluded,
                      int64_t excluded_count) {
  return fl_kernels_in_use()->best_cells(values, indices, x, n, k, excluded, excluded_count);
}

float fl_scaled_log_sum(const float *x, int64_t n, float most, float scale) {
  return fl_kernels_in_use()->scaled_log_sum(x, n, most, scale);
}

void fl_linear_sum(const fl_weighted_sum *sum, int64_t first, int64_t end) {
  fl_kernels_in_use()->linear_sum(sum, first, end);
}

fl_error fl_scaled_error(const float *base, const float *const *terms, const float *factors, int64_t count,
                         const float *before, const float *after, float relative, float absolute, int64_t n) {
  return fl_kernels_in_use()->scaled_error(base, terms, factors, count, before, after, relative, absolute, n);
}

void fl_tanh_grad(float *dst, const float *dy, const float *y, int64_t n) {
  fl_kernels_in_use()->tanh_grad(dst, dy, y, n);
}

void fl_log_add_exp(float *dst, const float *a, const float *b, int64_t n) {
  fl_kernels_in_use()->log_add_exp(dst, a, b, n);
}

void fl_step_attention(const fl_step *a, float *out, float *weights, const float *q, const int32_t *rows) {
  fl_kernels_in_use()->step_attention(a, out, weights, q, rows);
}

void fl_to_half(uint16_t *dst, const float *x, int64_t n) {
  fl_kernels_in_use()->to_half(dst, x, n);
}

int64_t fl_packed_panels(int64_t n) { return (n + 31) / 32; }

void fl_pack_weight(float *packed, const float *w, int64_t n, int64_t k) {
  fl_kernels_in_use()->pack_weight(packed, w, n, k);
}

void fl_packed_product(float *c, int64_t ldc, const float *a, int64_t lda, const float *packed, const float *bias,
                       int64_t m, int64_t n, int64_t k, int64_t first_panel, int64_t last_panel) {
  fl_kernels_in_use()->packed_product(c, ldc, a, lda, packed, bias, m, n, k, first_panel, last_panel);
}

bool fl_mostly_zero(const float *a, int64_t lda, int64_t m, int64_t k) {
  return fl_kernels_in_use()->mostly_zero(a, lda, m, k);
}

void fl_sparse_product(float *c, int64_t ldc, const float *a, int64_t lda, const float *packed, const float *bias,
                       int64_t m, int64_t n, int64_t k) {
  fl_kernels_in_use()->sparse_product(c, ldc, a, lda, packed, bias, m, n, k);
}

int64_t fl_int8_depth(int64_t k) { return (k + 3) / 4 * 4; }

void fl_quantize_rows(uint8_t *q, int64_t ldq, float *scale, const float *x, int64_t ldx, int64_t rows, int64_t k) {
  fl_kernels_in_use()->quantize_rows(q, ldq, scale, x, ldx, rows, k);
}

void fl_quantize_weight(int8_t *q, float *scale, const float *w, int64_t n, int64_t k) {
  fl_kernels_in_use()->quantize_weight(q, scale, w, n, k);
}

void fl_dequantize_rows(float *dst, int64_t ldd, const int8_t *q, const float *scale, int64_t rows, int64_t k) {
  fl_kernels_in_use()->dequantize_rows(dst, ldd, q, scale, rows, k);
}

void fl_pack_int8(int8_t *packed, int32_t *offsets, const int8_t *w, const int32_t *rows, int64_t n, int64_t k) {
  fl_kernels_in_use()->pack_int8(packed, offsets, w, rows, n, k);
}

void fl_int8_product(float *c, int64_t ldc, const uint8_t *a, int64_t lda, const float *a_scale,
                     const fl_int8_weight *w, int64_t m, int64_t first_panel, int64_t last_panel) {
  fl_kernels_in_use()->int8_product(c, ldc, a, lda, a_scale, w, m, first_panel, last_panel);
}

void fl_transpose(float *dst, int64_t dst_row, const float *src, int64_t src_row, int64_t rows, int64_t cols, bool add) {
  fl_kernels_in_use()->transpose(dst, dst_row, src, src_row, rows, cols, add);
}
