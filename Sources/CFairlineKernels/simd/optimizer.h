// One step of an optimizer over a flat range of parameters.

static void k_adam(float *p, float *m, float *v, const float *grads, int64_t n, float grad_scale, float lr,
                   float step_size, float beta1, float beta2, float eps, float decay) {
  const float shrink = lr * decay;
  FL_EACH_VECTOR(n, {
    const vf g = take(grads + i, lanes) * grad_scale;
    const vf first = take(m + i, lanes) * beta1 + g * (1.0f - beta1);
    const vf second = take(v + i, lanes) * beta2 + g * g * (1.0f - beta2);
    const vf before = take(p + i, lanes);
    give(m + i, first, lanes);
    give(v + i, second, lanes);
    give(p + i, before - shrink * before - step_size * first / (vsqrt(second) + eps), lanes);
  });
}

static void k_sgd(float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr, float momentum,
                  float decay, bool first) {
  FL_EACH_VECTOR(n, {
    const vf before = take(p + i, lanes);
    vf g = take(grads + i, lanes) * grad_scale + decay * before;
    if (buf) {
      if (!first) g += momentum * take(buf + i, lanes);
      give(buf + i, g, lanes);
    }
    give(p + i, before - lr * g, lanes);
  });
}
