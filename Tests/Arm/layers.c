// Checks of softmax, cross-entropy, normalisation, embeddings and the fused layers.
#include "check.h"

enum { rows = 5 };

static void check_softmax(int64_t cols) {
  const int64_t n = rows * cols;
  const float *x = numbers(n, -6, 6), *dy = numbers(n, -1, 1);
  float *y = zeros(n), *logs = zeros(n), *dx = numbers(n, -1, 1), *dlogs = copy(dx, n);
  const float *before = copy(dx, n);
  fl_softmax(y, x, rows, cols);
  fl_log_softmax(logs, x, rows, cols);
  fl_softmax_grad(dx, y, dy, rows, cols);
  fl_log_softmax_grad(dlogs, logs, dy, rows, cols);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * cols;
    double total = 0, along = 0, sum = 0;
    for (int64_t i = at; i < at + cols; ++i) total += exp(x[i]);
    for (int64_t i = at; i < at + cols; ++i) {
      along += exp(x[i]) / total * dy[i];
      sum += dy[i];
    }
    for (int64_t i = at; i < at + cols; ++i) {
      const double p = exp(x[i]) / total;
      about("softmax");
      near(y[i], p, 2e-6);
      about("log_softmax");
      near(logs[i], x[i] - log(total), 2e-6);
      about("softmax_grad");
      near(dx[i], before[i] + p * (dy[i] - along), 1e-5);
      about("log_softmax_grad");
      near(dlogs[i], before[i] + dy[i] - p * sum, 2e-5);
    }
  }
}

static void check_cross_entropy(int64_t cols) {
  if (cols < 2) return;
  about("cross_entropy");
  const float eps = 0.1f;
  const float *x = numbers(rows * cols, -6, 6);
  float *logits = copy(x, rows * cols);
  float loss[rows], nll[rows];
  int32_t targets[rows], places[rows];
  for (int64_t r = 0; r < rows; ++r) targets[r] = r == 2 ? -1 : (int32_t)(r * 7 % cols);
  fl_cross_entropy(logits, targets, rows, cols, eps, true, loss, nll, places);
  const double each = eps / (double)(cols - 1), own = 1 - eps - each;
  for (int64_t r = 0; r < rows; ++r) {
    const float *row = x + r * cols;
    double total = 0, smooth = 0;
    int64_t best = 0;
    for (int64_t c = 0; c < cols; ++c) {
      total += exp(row[c]);
      if (row[c] > row[best]) best = c;
    }
    for (int64_t c = 0; c < cols; ++c) smooth += log(total) - row[c];
    same(places[r], best);
    const bool counts = targets[r] >= 0;
    const double likelihood = counts ? log(total) - row[targets[r]] : 0;
    near(nll[r], likelihood, 1e-5);
    near(loss[r], counts ? own * likelihood + each * smooth : 0, 1e-5);
    for (int64_t c = 0; c < cols; ++c) {
      const double p = exp(row[c]) / total;
      near(logits[r * cols + c],
           counts ? (own + each * (double)cols) * p - each - (c == targets[r] ? own : 0) : 0, 1e-5);
    }
  }
}

static void check_norm(int64_t cols) {
  const int64_t n = rows * cols;
  const float eps = 1e-5f;
  const float *x = numbers(n, -2, 3), *gamma = numbers(cols, 0.5f, 2), *beta = numbers(cols, -1, 1);
  const float *dy = numbers(n, -1, 1), *residual = numbers(n, -1, 1), *bias = numbers(cols, -1, 1);
  float *y = zeros(n), *dx = zeros(n), *dgamma = zeros(cols), *dbeta = zeros(cols);
  float *sum = zeros(n), *both = zeros(n), mean[rows], rstd[rows];
  fl_layer_norm(y, mean, rstd, x, gamma, beta, rows, cols, eps);
  fl_layer_norm_grad(dx, false, dgamma, dbeta, dy, x, mean, rstd, gamma, beta, NULL, rows, cols);
  fl_residual_norm(sum, both, NULL, NULL, x, bias, residual, gamma, beta, rows, cols, eps, 0, 0, 0,
                   0);
  double *along = calloc((size_t)cols, sizeof *along);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * cols;
    double m = 0, v = 0, g = 0, gh = 0;
    for (int64_t c = 0; c < cols; ++c) m += x[at + c] / (double)cols;
    for (int64_t c = 0; c < cols; ++c) v += pow(x[at + c] - m, 2) / (double)cols;
    const double scale = 1 / sqrt(v + eps);
    for (int64_t c = 0; c < cols; ++c) {
      const double h = (x[at + c] - m) * scale;
      g += dy[at + c] * gamma[c] / (double)cols;
      gh += dy[at + c] * gamma[c] * h / (double)cols;
      along[c] += dy[at + c] * h;
    }
    about("layer_norm");
    near(mean[r], m, 1e-5);
    near(rstd[r], scale, 1e-4);
    for (int64_t c = 0; c < cols; ++c) {
      const double h = (x[at + c] - m) * scale;
      about("layer_norm");
      near(y[at + c], h * gamma[c] + beta[c], 1e-4);
      about("layer_norm_grad");
      near(dx[at + c], scale * (dy[at + c] * gamma[c] - g - h * gh), cols == 1 ? 1e-2 : 1e-4);
      about("residual_norm");
      near(sum[at + c], (double)residual[at + c] + x[at + c] + bias[c], 1e-6);
    }
  }
  about("layer_norm_grad");
  EACH_NEAR(dgamma, cols, 1e-4, along[i]);
  about("residual_norm");
  float *again = zeros(n);
  fl_layer_norm(again, NULL, NULL, sum, gamma, beta, rows, cols, eps);
  EACH_NEAR(both, n, 1e-6, again[i]);
}

static void check_activation(int64_t cols) {
  const int64_t n = rows * cols;
  const float *x = numbers(n, -3, 3), *bias = numbers(cols, -1, 1), *dy = numbers(n, -1, 1);
  float *y = zeros(n), *pre = zeros(n), *dpre = zeros(n), *dbias = zeros(cols), *mask = zeros(n);
  const float p = 0.3f;
  fl_bias_activation(y, pre, x, bias, rows, cols, FL_RELU, p, 11, 12, 13);
  fl_bias_activation_grad(dpre, dbias, dy, pre, rows, cols, FL_RELU, p, 11, 12, 13);
  float *ones = zeros(n);
  fl_fill(ones, 1, n);
  fl_dropout(mask, ones, p, 11, 12, 13, n);
  double *sums = calloc((size_t)cols, sizeof *sums);
  for (int64_t i = 0; i < n; ++i) {
    const double biased = (double)x[i] + bias[i % cols];
    about("bias_activation");
    near(pre[i], biased, 1e-6);
    near(y[i], biased > 0 ? biased * mask[i] : 0, 2e-6);
    about("bias_activation_grad");
    const double slope = pre[i] > 0 ? mask[i] * dy[i] : 0;
    near(dpre[i], slope, 1e-6);
    sums[i % cols] += slope;
  }
  EACH_NEAR(dbias, cols, 1e-5, sums[i]);
}

static void check_embedding(int64_t cols) {
  enum { symbols = 9, tokens = 6 };
  const int32_t ids[tokens] = {3, 0, 8, 3, 1, 5}, places[tokens] = {0, 1, 2, 0, 1, 2};
  const float *table = numbers(symbols * cols, -1, 1), *positions = numbers(3 * cols, -1, 1);
  const float *dy = numbers(tokens * cols, -1, 1);
  float *y = zeros(tokens * cols), *gradient = zeros(symbols * cols);
  about("embed");
  fl_embed(y, table, ids, positions, places, tokens, cols, 4);
  EACH_NEAR(
      y, tokens * cols, 1e-6,
      4.0 * table[ids[i / cols] * cols + i % cols] + positions[places[i / cols] * cols + i % cols]);
  about("embed_grad");
  const int64_t first = cols / 3;
  fl_embed_grad(gradient, dy, ids, tokens, cols, first, cols, 4, 1);
  for (int64_t i = 0; i < symbols * cols; ++i) {
    double sum = 0;
    for (int64_t t = 0; t < tokens; ++t) {
      if (ids[t] == i / cols && ids[t] != 1 && i % cols >= first)
        sum += 4.0 * dy[t * cols + i % cols];
    }
    near(gradient[i], sum, 1e-6);
  }
}

void check_layers(void) {
  for (int s = 0; s < size_count; ++s) {
    check_softmax(sizes[s]);
    check_cross_entropy(sizes[s]);
    check_norm(sizes[s]);
    check_activation(sizes[s]);
    check_embedding(sizes[s]);
  }
}
