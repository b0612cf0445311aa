// OpenBLAS at start-up. A release older than the CPU falls back to kernels of the SSE era; its
// entry points for a new choice, which builds for one CPU lack, are therefore weak. It also begins
// with threads that wait awake for the first tenth of a second, though the pool of this package
// makes all the parallel work.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fairline_kernels.h"

extern char *openblas_get_corename(void) __attribute__((weak));
extern void openblas_set_num_threads(int threads) __attribute__((weak));
extern void blas_thread_shutdown_(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static char core_name[64] = "unknown";

// Names OpenBLAS gives to its kernels without AVX.
static bool is_outdated(const char *name) {
  static const char *const names[] = {"Katmai", "Coppermine", "Northwood",    "Prescott",  "Banias",
                                      "Core2",  "Penryn",     "Dunnington",   "Nehalem",   "Atom",
                                      "Athlon", "Opteron",    "Opteron_SSE3", "Barcelona", "Bobcat",
                                      "Nano",   "Unknown",    "Generic"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
    if (strcasecmp(name, names[i]) == 0) return true;
  }
  return false;
}

static void prepare(void) {
  if (!openblas_get_corename) return;
  const int level = fl_cpu_best_level();
  if (level > 0 && !getenv("OPENBLAS_CORETYPE") && is_outdated(openblas_get_corename()) &&
      gotoblas_dynamic_init && gotoblas_dynamic_quit) {
    setenv("OPENBLAS_CORETYPE", level == 2 ? "SkylakeX" : "Haswell", 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
  }
  if (openblas_set_num_threads) openblas_set_num_threads(1);
  if (blas_thread_shutdown_) blas_thread_shutdown_();
  strncpy(core_name, openblas_get_corename(), sizeof core_name - 1);
}

const char *fl_blas_prepare(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare);
  return core_name;
}
