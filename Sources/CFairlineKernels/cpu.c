// The CPU level: found at start-up, lowered by FAIRLINE_CPU_LEVEL, changed for one thread by
// fl_cpu_use_level.
#include <stdatomic.h>
#include <stdlib.h>
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#ifndef HWCAP_ASIMDDP
#define HWCAP_ASIMDDP (1 << 20)
#endif
#endif

#include "kernels.h"

static _Atomic(const fl_kernels *) in_use = &fl_kernels_baseline;
static atomic_int level_in_use = 0;
// A level that one thread has chosen for itself.
static _Thread_local const fl_kernels *own;
static _Thread_local int own_level;

#if defined(__aarch64__)
static bool has_dot_products(void) {
#if defined(__linux__)
  return getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
#elif defined(__ARM_FEATURE_DOTPROD)
  return true;
#else
  return false;
#endif
}
#endif

int fl_cpu_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return 2;
  if (__builtin_cpu_supports("x86-64-v3")) return 1;
#elif defined(__aarch64__)
  return has_dot_products();
#endif
  return 0;
}

static const fl_kernels *kernels_of(int level) {
#if defined(__x86_64__)
  if (level == 2) return &fl_kernels_x86_64_v4;
  if (level == 1) return &fl_kernels_x86_64_v3;
#elif defined(__aarch64__)
  if (level == 1) return &fl_kernels_aarch64_dot;
#endif
  return &fl_kernels_baseline;
}

static int possible(int level) {
  const int best = fl_cpu_best_level();
  return level > best ? best : level < 0 ? 0 : level;
}

int fl_cpu_use_level(int level) {
  own_level = possible(level);
  own = kernels_of(own_level);
  return own_level;
}

__attribute__((constructor)) static void choose_level(void) {
  const char *wish = getenv("FAIRLINE_CPU_LEVEL");
  const bool known = wish && wish[0] >= '0' && wish[0] <= '2' && wish[1] == 0;
  const int level = possible(known ? wish[0] - '0' : fl_cpu_best_level());
  atomic_store(&level_in_use, level);
  atomic_store(&in_use, kernels_of(level));
}

int fl_cpu_level(void) { return own ? own_level : atomic_load(&level_in_use); }

const fl_kernels *fl_kernels_in_use(void) {
  return own ? own : atomic_load_explicit(&in_use, memory_order_relaxed);
}

bool fl_int8_is_fast(void) { return fl_cpu_level() > 0; }

fl_int8_layout fl_int8_layout_in_use(void) {
#if defined(__x86_64__)
  switch (fl_cpu_level()) {
    case 2:
      return __builtin_cpu_supports("avx512vnni") ? FL_INT8_BYTES_OF_FOUR : FL_INT8_WORDS_OF_TWO;
    case 1:
      return __builtin_cpu_supports("avxvnni") ? FL_INT8_BYTES_OF_FOUR : FL_INT8_WORDS_OF_TWO;
  }
#endif
  return FL_INT8_BYTES_OF_FOUR;
}

const char *fl_cpu_level_name(int level) {
#if defined(__aarch64__)
  if (level == 1) return "aarch64+dotprod";
#endif
  switch (level) {
    case 1:
      return "x86-64-v3";
    case 2:
      return "x86-64-v4";
    default:
      return "baseline";
  }
}
