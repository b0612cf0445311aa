// A pool of persistent threads. The caller of fl_pool_run opens a gate, takes part in the work,
// closes the gate and waits for the workers inside: those that were still asleep never delay it.
//
// Each thread begins with a share of the blocks that is its own, the same part of every run: what
// it has written in one run it reads in the next, from its own cache. Then it takes what is left of
// the others' shares, from their end. Where a run leaves the last blocks of a share to their
// thread, nobody takes them: a block that only passes over memory takes longer where another core
// has that in its cache than its own thread needs for what it still has to do.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "fairline_kernels.h"

enum {
  gate_open = 1 << 30,
  gate_watched = 1 << 29,
  gate_inside = gate_watched - 1,
  most_threads = 1024
};

// A thread's part of the blocks.
typedef struct share {
  _Alignas(64) _Atomic uint64_t
      left;        // blocks that are left: the first in the lower half, the end in the upper
  uint64_t first;  // of all
} share;

static struct {
  pthread_mutex_t owner;  // held by the thread that runs blocks or changes the number of threads
  atomic_int threads;     // with the caller; 0: not chosen yet
  int started;            // workers
  pthread_t workers[most_threads];

  // The run. Written while nobody is inside the gate.
  fl_block_function function;
  void *context;
  int sharers;
  uint64_t kept;               // last blocks of a share that are left to its thread
  share shares[most_threads];  // the caller's first
  _Alignas(64) atomic_int gate;
  _Alignas(64) atomic_uint runs;  // a change calls the workers
  atomic_int sleepers;
  atomic_bool stopping;

  pthread_mutex_t sleep;
  pthread_cond_t called, left;
} pool = {
    .owner = PTHREAD_MUTEX_INITIALIZER,
    .sleep = PTHREAD_MUTEX_INITIALIZER,
    .called = PTHREAD_COND_INITIALIZER,
    .left = PTHREAD_COND_INITIALIZER,
};

static _Thread_local bool serial = false;  // chosen for this thread
static _Thread_local bool inside = false;  // this thread is running a block

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Spins for a quarter of a millisecond at most; true when the condition came true.
#define SPIN_UNTIL(condition)                                \
  ({                                                         \
    bool done_ = (condition);                                \
    const int64_t end_ = done_ ? 0 : nanoseconds() + 250000; \
    while (!done_) {                                         \
      for (int turn_ = 0; turn_ < 32 && !done_; ++turn_) {   \
        pause_briefly();                                     \
        done_ = (condition);                                 \
      }                                                      \
      if (!done_ && nanoseconds() > end_) break;             \
    }                                                        \
    done_;                                                   \
  })

static void share_out(int64_t blocks) {
  pool.sharers = pool.started + 1;
  for (int64_t i = 0; i < pool.sharers; ++i) {
    share *s = &pool.shares[i];
    s->first = (uint64_t)(blocks * i / pool.sharers);
    const uint64_t end = (uint64_t)(blocks * (i + 1) / pool.sharers);
    atomic_store_explicit(&s->left, end << 32 | s->first, memory_order_relaxed);
  }
}

// A block of a thread's own share, its first, or of another's, its last; -1 when there is none. A
// thread that has not begun its share may be asleep and is left nothing.
static int64_t take_block(share *from, bool own) {
  uint64_t left = atomic_load_explicit(&from->left, memory_order_relaxed);
  for (;;) {
    const uint64_t begin = left & UINT32_MAX, end = left >> 32;
    const uint64_t kept = own || begin == from->first ? 0 : pool.kept;
    if (begin + kept >= end) return -1;
    const uint64_t rest = own ? end << 32 | (begin + 1) : (end - 1) << 32 | begin;
    if (atomic_compare_exchange_weak_explicit(&from->left, &left, rest, memory_order_relaxed,
                                              memory_order_relaxed)) {
      return (int64_t)(own ? begin : end - 1);
    }
  }
}

static void run_blocks(int own) {
  for (int i = 0; i < pool.sharers; ++i) {
    share *from = &pool.shares[(own + i) % pool.sharers];
    for (int64_t block; (block = take_block(from, i == 0)) >= 0;)
      pool.function(pool.context, block);
  }
}

static bool enter_gate(void) {
  int gate = atomic_load(&pool.gate);
  while (gate & gate_open) {
    if (atomic_compare_exchange_weak(&pool.gate, &gate, gate + 1)) return true;
  }
  return false;
}

static void leave_gate(void) {
  const int before = atomic_fetch_sub(&pool.gate, 1);
  if ((before & gate_watched) && (before & gate_inside) == 1) {
    pthread_mutex_lock(&pool.sleep);
    pthread_cond_broadcast(&pool.left);
    pthread_mutex_unlock(&pool.sleep);
  }
}

// Waits for a run other than `seen`: awake at first, then asleep.
static unsigned await_call(unsigned seen) {
  if (!SPIN_UNTIL(atomic_load(&pool.runs) != seen)) {
    pthread_mutex_lock(&pool.sleep);
    atomic_fetch_add(&pool.sleepers, 1);
    while (atomic_load(&pool.runs) == seen) pthread_cond_wait(&pool.called, &pool.sleep);
    atomic_fetch_sub(&pool.sleepers, 1);
    pthread_mutex_unlock(&pool.sleep);
  }
  return atomic_load(&pool.runs);
}

// A worker's number, after the caller's 0, and the runs before its first.
typedef struct worker {
  int number;
  unsigned seen;
} worker;

static void *work(void *worker_of_mine) {
  const worker mine = *(const worker *)worker_of_mine;
  unsigned seen = mine.seen;
  inside = true;
  for (;;) {
    seen = await_call(seen);
    if (atomic_load(&pool.stopping)) return NULL;
    if (enter_gate()) {
      run_blocks(mine.number);
      leave_gate();
    }
  }
}

// A worker checks `runs` after counting itself among the sleepers, and this counts after changing
// `runs`: one of the two sees the other.
static void call_workers(void) {
  atomic_fetch_add(&pool.runs, 1);
  if (atomic_load(&pool.sleepers) > 0) {
    pthread_mutex_lock(&pool.sleep);
    pthread_cond_broadcast(&pool.called);
    pthread_mutex_unlock(&pool.sleep);
  }
}

static void close_gate(void) {
  atomic_fetch_and(&pool.gate, ~gate_open);
  if (SPIN_UNTIL(atomic_load(&pool.gate) == 0)) return;
  atomic_fetch_or(&pool.gate, gate_watched);
  pthread_mutex_lock(&pool.sleep);
  while (atomic_load(&pool.gate) & gate_inside) pthread_cond_wait(&pool.left, &pool.sleep);
  pthread_mutex_unlock(&pool.sleep);
  atomic_store(&pool.gate, 0);
}

static int cores(void) {
#if defined(__linux__)
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
  return count < 1 ? 1 : (int)count;
#else
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : (int)count;
#endif
}

static void stop_workers(void) {
  atomic_store(&pool.stopping, true);
  call_workers();
  for (int i = 0; i < pool.started; ++i) pthread_join(pool.workers[i], NULL);
  pool.started = 0;
  atomic_store(&pool.stopping, false);
}

static void start_workers(void) {
  if (pool.threads == 0) pool.threads = cores();
  static worker workers[most_threads];
  while (pool.started < pool.threads - 1) {
    worker *next = &workers[pool.started];
    *next = (worker){pool.started + 1, atomic_load(&pool.runs)};
    if (pthread_create(&pool.workers[pool.started], NULL, work, next) != 0) return;
    ++pool.started;
  }
}

void fl_pool_set_threads(int threads) {
  if (inside) return;
  if (threads <= 0) threads = cores();
  if (threads > most_threads) threads = most_threads;
  pthread_mutex_lock(&pool.owner);
  if (threads - 1 < pool.started) stop_workers();
  pool.threads = threads;
  pthread_mutex_unlock(&pool.owner);
}

int fl_pool_threads(void) {
  const int threads = atomic_load(&pool.threads);
  return threads == 0 ? cores() : threads;
}

void fl_thread_set_serial(bool value) { serial = value; }

static void run_here(int64_t blocks, fl_block_function function, void *context) {
  for (int64_t block = 0; block < blocks; ++block) function(context, block);
}

void fl_pool_run(int64_t blocks, int64_t kept, fl_block_function function, void *context) {
  if (blocks <= 1 || blocks > INT32_MAX || serial || inside ||
      pthread_mutex_trylock(&pool.owner) != 0) {
    run_here(blocks, function, context);
    return;
  }
  start_workers();
  inside = true;
  if (pool.started == 0) {
    run_here(blocks, function, context);
  } else {
    pool.function = function;
    pool.context = context;
    pool.kept = (uint64_t)kept;
    share_out(blocks);
    atomic_store(&pool.gate, gate_open);
    call_workers();
    run_blocks(0);
    close_gate();
  }
  inside = false;
  pthread_mutex_unlock(&pool.owner);
}
