// Layers' glue in one visit of each row: bias, activation, dropout, residual sum, layer
// normalisation.

// sum = residual + dropout(x + bias); y = layer_norm(sum). bias may be NULL; y NULL: sum only.
// `first` is the index of the range's first element for dropout. sum may be x, residual or y,
// which it becomes then.
FL_KERNEL(void, residual_norm,
          (float *sum, float *y, float *mean, float *rstd, const float *x, const float *bias,
           const float *residual, const float *gamma, const float *beta, int64_t rows, int64_t cols,
           float eps, float p, uint64_t key, uint64_t stream, uint64_t first),
          (sum, y, mean, rstd, x, bias, residual, gamma, beta, rows, cols, eps, p, key, stream,
           first))
// pre = x + bias (stored to `pre` unless NULL), dst = dropout(op(pre)). bias may be NULL. dst
// may be x.
FL_KERNEL(void, bias_activation,
          (float *dst, float *pre, const float *x, const float *bias, int64_t rows, int64_t cols,
           fl_unary op, float p, uint64_t key, uint64_t stream, uint64_t first),
          (dst, pre, x, bias, rows, cols, op, p, key, stream, first))
// dpre = op'(pre) * dropout mask * dy; dbias[cols] += column sums of dpre (NULL: not wanted).
// dpre may be dy.
FL_KERNEL(void, bias_activation_grad,
          (float *dpre, float *dbias, const float *dy, const float *pre, int64_t rows, int64_t cols,
           fl_unary op, float p, uint64_t key, uint64_t stream, uint64_t first),
          (dpre, dbias, dy, pre, rows, cols, op, p, key, stream, first))

#if FL_BODIES
// sum = residual + dropout(x + bias) of one row.
FL_INLINE void residual_row(float *sum, const float *x, const float *bias, const float *residual,
                            int64_t n, float p, dropout d, uint64_t first) {
  if (p > 0.0f) {
    FL_EACH_WORD(n, d.key, d.stream, first, {
      const vf value = take(x + i, lanes) + (bias ? take(bias + i, lanes) : (vf)0.0f);
      give(sum + i, take(residual + i, lanes) + drop(value, word, d), lanes);
    });
  } else {
    FL_EACH_VECTOR(n, {
      const vf value = take(x + i, lanes) + (bias ? take(bias + i, lanes) : (vf)0.0f);
      give(sum + i, take(residual + i, lanes) + value, lanes);
    });
  }
}

static void k_residual_norm(float *sum, float *y, float *mean, float *rstd, const float *x,
                            const float *bias, const float *residual, const float *gamma,
                            const float *beta, int64_t rows, int64_t cols, float eps, float p,
                            uint64_t key, uint64_t stream, uint64_t first) {
  const dropout d = make_dropout(p, key, stream);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * cols;
    residual_row(sum + at, x + at, bias, residual + at, cols, p, d, first + (uint64_t)at);
    if (y) {
      normalize_row(y + at, mean ? mean + r : NULL, rstd ? rstd + r : NULL, sum + at, gamma, beta,
                    cols, eps);
    }
  }
}

// Rows are handled in pieces that stay in the first-level cache between bias, activation and
// dropout.
enum { row_piece = 1024 };

static void k_bias_activation(float *dst, float *pre, const float *x, const float *bias,
                              int64_t rows, int64_t cols, fl_unary op, float p, uint64_t key,
                              uint64_t stream, uint64_t first) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cols; c += row_piece) {
      const int64_t at = r * cols + c;
      const int64_t n = smaller(row_piece, cols - c);
      const float *input = x + at;
      if (bias || pre) {
        float *biased = (pre ? pre : dst) + at;
        if (bias) {
          k_add(biased, input, bias + c, n);
        } else if (biased != input) {
          memcpy(biased, input, (size_t)n * sizeof(float));
        }
        input = biased;
      }
      if (op != FL_IDENTITY || input != dst + at) k_apply(op, dst + at, input, n);
      if (p > 0.0f) k_dropout(dst + at, dst + at, p, key, stream, first + (uint64_t)at, n);
    }
  }
}

static void k_bias_activation_grad(float *dpre, float *dbias, const float *dy, const float *pre,
                                   int64_t rows, int64_t cols, fl_unary op, float p, uint64_t key,
                                   uint64_t stream, uint64_t first) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cols; c += row_piece) {
      const int64_t at = r * cols + c;
      const int64_t n = smaller(row_piece, cols - c);
      k_dropout(dpre + at, dy + at, p, key, stream, first + (uint64_t)at, n);
      if (op != FL_IDENTITY) multiply_slope(op, dpre + at, pre + at, n);
      if (dbias) k_add(dbias + c, dbias + c, dpre + at, n);
    }
  }
}
#endif
