#include "peak.h"

#include <pthread.h>
#include <time.h>

enum { chains = 12, steps = 4000000 };

// Twelve independent chains keep every multiply-add unit busy while each waits for its own last
// result.
#define CHAINS(NAME, BYTES, TARGET)                                               \
  typedef float NAME##_vector __attribute__((vector_size(BYTES)));                \
  TARGET static float NAME(long count) {                                          \
    const NAME##_vector zero = {0};                                               \
    NAME##_vector sum[chains];                                                    \
    const NAME##_vector scale = zero + 0.999f, offset = zero + 1e-3f;             \
    for (int i = 0; i < chains; i++) sum[i] = zero + (float)i;                    \
    for (long step = 0; step < count; step++) {                                   \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++)         \
        sum[i] = sum[i] * scale + offset;                                         \
    }                                                                             \
    NAME##_vector all = zero;                                                     \
    for (int i = 0; i < chains; i++) all += sum[i];                               \
    return all[0];                                                                \
  }

#if defined(__x86_64__)
CHAINS(wide, 64, __attribute__((target("avx512f"))))
CHAINS(middle, 32, __attribute__((target("avx2,fma"))))
#endif
CHAINS(plain, 16, )

typedef struct {
  float (*run)(long);
  volatile float result;
} job;

static void *work(void *pointer) {
  job *mine = pointer;
  mine->result = mine->run(steps);
  return 0;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double fl_peak_rate(int threads, int level) {
  job one = {plain, 0};
  double lanes = 4;
#if defined(__x86_64__)
  if (level >= 2 && __builtin_cpu_supports("avx512f")) {
    one.run = wide;
    lanes = 16;
  } else if (level >= 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    one.run = middle;
    lanes = 8;
  }
#endif
  if (threads < 1) threads = 1;
  if (threads > 256) threads = 256;
  double best = 0;
  for (int repeat = 0; repeat < 5; repeat++) {
    pthread_t others[256];
    job jobs[256];
    const double start = now();
    int started = 0;
    for (int i = 1; i < threads; i++) {
      jobs[i] = one;
      if (pthread_create(&others[started], 0, work, &jobs[i]) == 0) started++;
    }
    jobs[0] = one;
    work(&jobs[0]);
    for (int i = 0; i < started; i++) pthread_join(others[i], 0);
    const double rate = 2.0 * lanes * chains * steps * (started + 1) / (now() - start) * 1e-9;
    if (rate > best) best = rate;
  }
  return best;
}
