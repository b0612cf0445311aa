// What the checks of the kernels share: made-up numbers, comparisons, and the names of what was
// checked.
#pragma once
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fairline_kernels.h"

// Sizes around those of vectors, blocks and panels.
static const int64_t sizes[] = {1, 3, 15, 16, 17, 31, 64, 65, 100, 1029};
enum { size_count = sizeof sizes / sizeof *sizes };

// Says that the following comparisons are about a kernel.
void about(const char *kernel);
// n numbers between low and high; the same in every run. Never given back.
float *numbers(int64_t n, float low, float high);
float *zeros(int64_t n);
float *copy(const float *x, int64_t n);

// Compares; |got - want| may be tolerance * (1 + |want|). NaN and infinities must be the same.
void near(double got, double want, double tolerance);
void all_near(const float *got, const double *want, int64_t n, double tolerance);
// The same from a formula in `i`.
#define EACH_NEAR(got, count, tolerance, formula) \
  for (int64_t i = 0; i < (count); ++i) near((got)[i], (formula), (tolerance))
void same(int64_t got, int64_t want);

// The files of checks.
void check_elements(void);
void check_layers(void);
void check_random(void);
void check_steps(void);
void check_products(void);
void check_integers(void);
void check_attention(void);
void check_search(void);
