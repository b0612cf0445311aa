// Checks every kernel against plain loops. The one argument is the CPU level to check; it must be
// there. Ends with 1 when a number is wrong or a kernel has no check.
#include "check.h"

static const char *const kernels[] = {
#define FL_KERNEL(result, name, parameters, arguments) #name,
#include "kernel_list.h"
#undef FL_KERNEL
    "pack_block", "product_block"};
enum { kernel_count = sizeof kernels / sizeof *kernels };
static int64_t comparisons[kernel_count], wrong[kernel_count], failures;
static int current;

void about(const char *kernel) {
  for (current = 0; current < kernel_count; ++current) {
    if (strcmp(kernels[current], kernel) == 0) return;
  }
  fprintf(stderr, "there is no kernel %s\n", kernel);
  exit(1);
}

static void fail(double got, double want) {
  ++failures;
  if (++wrong[current] <= 3) {
    fprintf(stderr, "%s: %.9g instead of %.9g\n", kernels[current], got, want);
  }
}

void near(double got, double want, double tolerance) {
  ++comparisons[current];
  if (isfinite(want) ? !(fabs(got - want) <= tolerance * (1 + fabs(want)))
                     : !(got == want || (isnan(got) && isnan(want)))) {
    fail(got, want);
  }
}

void all_near(const float *got, const double *want, int64_t n, double tolerance) {
  EACH_NEAR(got, n, tolerance, want[i]);
}

void same(int64_t got, int64_t want) {
  ++comparisons[current];
  if (got != want) fail((double)got, (double)want);
}

static void *taken(size_t bytes) {
  void *block = calloc(1, bytes + 64);
  if (!block) abort();
  return block;
}

float *zeros(int64_t n) { return taken((size_t)n * sizeof(float)); }

float *numbers(int64_t n, float low, float high) {
  static uint64_t state = 1;
  float *x = zeros(n);
  for (int64_t i = 0; i < n; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x[i] = low + (high - low) * (float)(state >> 40) * 0x1p-24f;
  }
  return x;
}

float *copy(const float *x, int64_t n) {
  return memcpy(taken((size_t)n * sizeof(float)), x, (size_t)n * sizeof(float));
}

int main(int count, char **arguments) {
  const int level = count > 1 ? atoi(arguments[1]) : fl_cpu_best_level();
  if (fl_cpu_use_level(level) != level) {
    fprintf(stderr, "this CPU has no level %d\n", level);
    return 1;
  }
  check_elements();
  check_layers();
  check_random();
  check_steps();
  check_products();
  check_integers();
  check_attention();
  check_search();
  int64_t total = 0;
  for (int i = 0; i < kernel_count; ++i) {
    total += comparisons[i];
    if (comparisons[i] == 0) {
      fprintf(stderr, "%s has no check\n", kernels[i]);
      ++failures;
    }
  }
  printf("%s: %d kernels, %lld comparisons, %lld failures\n", fl_cpu_level_name(level),
         kernel_count, (long long)total, (long long)failures);
  return failures > 0;
}
