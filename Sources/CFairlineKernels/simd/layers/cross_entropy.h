// Label-smoothed cross-entropy of rows of logits, with its gradient written over them. Three passes
// over a row: its maximum and sum; exp and its sum, stored; the gradient p - smoothing, less the
// target's share.

// A target < 0 is ignored (zero loss and gradient).
//   nll[r] = -log p(target), smooth[r] = -sum over the vocabulary of log p
//   loss[r] = (1 - eps - eps/(cols-1)) * nll[r] + eps/(cols-1) * smooth[r]
// With write_grad, logits are replaced by d loss[r] / d logits. argmax may be NULL.
FL_KERNEL(void, cross_entropy,
          (float *logits, const int32_t *targets, int64_t rows, int64_t cols, float eps,
           bool write_grad, float *loss, float *nll, int32_t *argmax),
          (logits, targets, rows, cols, eps, write_grad, loss, nll, argmax))

#if FL_BODIES
FL_INLINE float max_and_sum(const float *x, int64_t n, float *sum) {
  vf m[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
  vf s[4] = {0};
  FL_EACH_PART(n, {
    m[part] = vmax(m[part], take_or(x + i, lanes, -INFINITY));
    s[part] += take(x + i, lanes);
  });
  *sum = join_sum(s);
  return lane_max(vmax(vmax(m[0], m[1]), vmax(m[2], m[3])));
}

static void k_cross_entropy(float *logits, const int32_t *targets, int64_t rows, int64_t cols,
                            float eps, bool write_grad, float *loss, float *nll, int32_t *argmax) {
  const float each = cols > 1 ? eps / (float)(cols - 1) : 0.0f;
  const float own = 1.0f - eps - each;
  for (int64_t r = 0; r < rows; ++r) {
    float *x = logits + r * cols;
    float sum;
    const float most = max_and_sum(x, cols, &sum);
    if (argmax) argmax[r] = first_index(x, cols, most);
    const int32_t target = targets[r];
    if (target < 0) {
      loss[r] = nll[r] = 0;
      if (write_grad) k_fill(x, 0, cols);
      continue;
    }
    const float at_target = x[target];
    const float total = exp_sum(write_grad ? x : NULL, x, cols, most);
    const float log_total = logf(total);
    nll[r] = log_total + (most - at_target);
    // The sum over the vocabulary of -log p = log_total + most - x.
    const float smooth = (float)cols * log_total + ((float)cols * most - sum);
    loss[r] = own * nll[r] + (each == 0 ? 0.0f : each * smooth);
    if (!write_grad) continue;
    const float weight = (own + each * (float)cols) / total;
    FL_EACH_VECTOR(cols, { give(x + i, take(x + i, lanes) * weight - each, lanes); });
    x[target] -= own;
  }
}
#endif
