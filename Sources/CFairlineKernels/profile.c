// Times of operations, one table for each thread.
#include <string.h>
#include <time.h>

#include "fairline_kernels.h"

enum { labels = 64 };

static _Thread_local bool enabled = false;
static _Thread_local fl_profile_sum sums[labels];

void fl_profile_enable(bool value) { enabled = value; }

void fl_profile_clear(void) { memset(sums, 0, sizeof sums); }

bool fl_profile_enabled(void) { return enabled; }

int64_t fl_profile_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void fl_profile_add(int32_t label, int64_t nanoseconds, double operations) {
  if (label < 0 || label >= labels) return;
  sums[label].nanoseconds += nanoseconds;
  sums[label].operations += operations;
  ++sums[label].calls;
}

fl_profile_sum fl_profile_read(int32_t label) {
  return label < 0 || label >= labels ? (fl_profile_sum){0, 0, 0} : sums[label];
}
