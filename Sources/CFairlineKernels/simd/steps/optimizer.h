// One step of an optimizer over a flat range of parameters.

// g = grad_scale * grads. fairseq's Adam: p -= lr * decay * p; m, v moments; p -= lr * sqrt(1 -
// beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps); `step_size` is lr * sqrt(1-beta2^t) /
// (1-beta1^t).
FL_KERNEL(void, adam,
          (float *p, float *m, float *v, const float *grads, int64_t n, float grad_scale, float lr,
           float step_size, float beta1, float beta2, float eps, float decay),
          (p, m, v, grads, n, grad_scale, lr, step_size, beta1, beta2, eps, decay))
// torch's SGD with L2 decay and momentum (dampening 0): buf NULL without momentum; first: buf =
// g.
FL_KERNEL(void, sgd,
          (float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr,
           float momentum, float decay, bool first),
          (p, buf, grads, n, grad_scale, lr, momentum, decay, first))
// fairseq's Nesterov momentum with decoupled decay; `correction` is lr over that of the step
// before: p = (1 - lr decay) p + momentum^2 correction buf - (1 + momentum) lr g; buf = momentum
// correction buf - lr g.
FL_KERNEL(void, nag,
          (float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr,
           float correction, float momentum, float decay),
          (p, buf, grads, n, grad_scale, lr, correction, momentum, decay))
// With L2 decay: sum += g^2; p -= lr g / (sqrt(sum) + eps).
FL_KERNEL(void, adagrad,
          (float *p, float *sum, const float *grads, int64_t n, float grad_scale, float lr,
           float eps, float decay),
          (p, sum, grads, n, grad_scale, lr, eps, decay))
// With L2 decay: moving means with rate rho of g^2 and of the steps' squares; step = sqrt(steps
// + eps) / sqrt(squares + eps) g.
FL_KERNEL(void, adadelta,
          (float *p, float *squares, float *steps, const float *grads, int64_t n, float grad_scale,
           float lr, float rho, float eps, float decay),
          (p, squares, steps, grads, n, grad_scale, lr, rho, eps, decay))
// m a moving mean, most = max(beta2 most, |g|); p -= lr decay p; p -= step_size m / (most +
// eps).
FL_KERNEL(void, adamax,
          (float *p, float *m, float *most, const float *grads, int64_t n, float grad_scale,
           float lr, float step_size, float beta1, float beta2, float eps, float decay),
          (p, m, most, grads, n, grad_scale, lr, step_size, beta1, beta2, eps, decay))

#if FL_BODIES
static void k_adam(float *p, float *m, float *v, const float *grads, int64_t n, float grad_scale,
                   float lr, float step_size, float beta1, float beta2, float eps, float decay) {
  const float shrink = lr * decay;
  FL_EACH_VECTOR(n, {
    const vf g = take(grads + i, lanes) * grad_scale;
    const vf first = fused(take(m + i, lanes), beta1, g * (1.0f - beta1));
    const vf second = fused(take(v + i, lanes), beta2, g * g * (1.0f - beta2));
    const vf before = take(p + i, lanes);
    give(m + i, first, lanes);
    give(v + i, second, lanes);
    give(p + i, before - shrink * before - step_size * first / (vsqrt(second) + eps), lanes);
  });
}

static void k_sgd(float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr,
                  float momentum, float decay, bool first) {
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

static void k_nag(float *p, float *buf, const float *grads, int64_t n, float grad_scale, float lr,
                  float correction, float momentum, float decay) {
  const float keep = 1.0f - lr * decay, pace = momentum * correction;
  FL_EACH_VECTOR(n, {
    const vf step = take(grads + i, lanes) * (grad_scale * lr);
    const vf old = take(buf + i, lanes) * pace;
    give(p + i, take(p + i, lanes) * keep + momentum * old - (1.0f + momentum) * step, lanes);
    give(buf + i, old - step, lanes);
  });
}

static void k_adagrad(float *p, float *sum, const float *grads, int64_t n, float grad_scale,
                      float lr, float eps, float decay) {
  FL_EACH_VECTOR(n, {
    const vf before = take(p + i, lanes);
    const vf g = take(grads + i, lanes) * grad_scale + decay * before;
    const vf total = take(sum + i, lanes) + g * g;
    give(sum + i, total, lanes);
    give(p + i, before - lr * g / (vsqrt(total) + eps), lanes);
  });
}

static void k_adadelta(float *p, float *squares, float *steps, const float *grads, int64_t n,
                       float grad_scale, float lr, float rho, float eps, float decay) {
  FL_EACH_VECTOR(n, {
    const vf before = take(p + i, lanes);
    const vf g = take(grads + i, lanes) * grad_scale + decay * before;
    const vf square = rho * take(squares + i, lanes) + (1.0f - rho) * g * g;
    const vf old = take(steps + i, lanes);
    const vf step = vsqrt(old + eps) / vsqrt(square + eps) * g;
    give(squares + i, square, lanes);
    give(steps + i, rho * old + (1.0f - rho) * step * step, lanes);
    give(p + i, before - lr * step, lanes);
  });
}

static void k_adamax(float *p, float *m, float *most, const float *grads, int64_t n,
                     float grad_scale, float lr, float step_size, float beta1, float beta2,
                     float eps, float decay) {
  const float shrink = lr * decay;
  FL_EACH_VECTOR(n, {
    const vf g = take(grads + i, lanes) * grad_scale;
    const vf mean = fused(take(m + i, lanes), beta1, g * (1.0f - beta1));
    const vf largest = vmax(take(most + i, lanes) * beta2, vabs(g));
    const vf before = take(p + i, lanes);
    give(m + i, mean, lanes);
    give(most + i, largest, lanes);
    give(p + i, before - shrink * before - step_size * mean / (largest + eps), lanes);
  });
}
#endif
