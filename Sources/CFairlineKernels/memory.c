// A cache of memory blocks: fresh pages cost ten times what reused ones do. Large blocks come from
// one heap (heap.c); the sizes of the others are rounded up to one of 8 steps a doubling, and each
// size has a list of free blocks.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fairline_kernels.h"
#include "heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

enum {
  steps = 8,
  first_shift = 6,
  size_classes = (48 - first_shift) * steps,
  huge_page = 2 << 20,
  large = 256 << 10
};
// Free blocks may hold this much beyond the most that was ever in use at once.
enum { slack = 32 << 20 };

typedef struct free_block {
  struct free_block *next;
} free_block;

static struct {
  pthread_mutex_t lock;
  free_block *lists[size_classes];
  size_t live;  // handed out
  size_t listed, held,
      most;  // of the lists: handed out, handed out or free, the most ever handed out
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

// The class of a size; *rounded becomes the size of the class's blocks.
static int size_class(size_t bytes, size_t *rounded) {
  if (bytes <= (size_t)steps << first_shift) {  // up to 512 bytes: multiples of 64
    const size_t units = bytes == 0 ? 1 : (bytes + 63) >> first_shift;
    *rounded = units << first_shift;
    return (int)units - 1;
  }
  const int shift =
      63 - __builtin_clzll(bytes - 1) - 3;          // a step: an eighth of the power of two below
  const size_t units = ((bytes - 1) >> shift) + 1;  // 9...16
  *rounded = units << shift;
  return (shift - first_shift + 1) * steps + (int)units - 9;
}

// The size of a class's blocks.
static size_t class_size(int class) {
  if (class < steps) return (size_t)(class + 1) << first_shift;
  return (size_t)(class % steps + 9) << (class / steps - 1 + first_shift);
}

// Takes free blocks out of the cache, large ones first, until it holds little more than was ever in
// use. Under the lock.
static free_block *surplus(void) {
  free_block *list = NULL;
  for (int class = size_classes - 1; class >= 0 && cache.held > cache.most + slack; --class) {
    while (cache.lists[class] && cache.held > cache.most + slack) {
      free_block *block = cache.lists[class];
      cache.lists[class] = block->next;
      cache.held -= class_size(class);
      block->next = list;
      list = block;
    }
  }
  return list;
}

static void release(free_block *block) {
  while (block) {
    free_block *next = block->next;
    free(block);
    block = next;
  }
}

static void *fresh_block(size_t bytes) {
  void *block = NULL;
  if (posix_memalign(&block, bytes >= huge_page ? huge_page : 64, bytes) != 0) return NULL;
#ifdef MADV_HUGEPAGE
  if (bytes >= huge_page) madvise(block, bytes & ~(size_t)(huge_page - 1), MADV_HUGEPAGE);
#endif
  return block;
}

#ifdef __GLIBC__
// Large blocks go back to the system when they are freed, always: by default glibc raises the
// threshold as it sees them.
__attribute__((constructor)) static void fix_threshold(void) { mallopt(M_MMAP_THRESHOLD, 1 << 20); }
#endif

// Ends the process with a sentence: whoever needs memory that is not there cannot go on.
static void end_without(size_t bytes) {
  fprintf(stderr,
          "out of memory: there are no %zu MB more; use smaller batches or a smaller model\n",
          bytes >> 20);
  _exit(1);
}

void *fl_memory_take(size_t bytes) {
  if (bytes >> 47) end_without(bytes);
  size_t rounded;
  const int class = size_class(bytes, &rounded);
  pthread_mutex_lock(&cache.lock);
  if (rounded >= large) {
    void *place = fl_heap_take(bytes);
    if (place) {
      cache.live += rounded;
      pthread_mutex_unlock(&cache.lock);
      return place;
    }
  }
  cache.live += rounded;
  cache.listed += rounded;
  if (cache.listed > cache.most) cache.most = cache.listed;
  free_block *block = cache.lists[class], *unused = NULL;
  if (block) {
    cache.lists[class] = block->next;
  } else {
    cache.held += rounded;
    unused = surplus();
  }
  pthread_mutex_unlock(&cache.lock);
  release(unused);
  if (block) return block;
  void *fresh = fresh_block(rounded);
  if (!fresh) {
    fl_memory_trim();
    fresh = fresh_block(rounded);
  }
  if (!fresh) end_without(rounded);
  return fresh;
}

void fl_memory_give(void *block, size_t bytes) {
  if (!block) return;
  size_t rounded;
  const int class = size_class(bytes, &rounded);
  free_block *freed = block;
  pthread_mutex_lock(&cache.lock);
  cache.live -= rounded;
  if (fl_heap_owns(block)) {
    fl_heap_give(block);
    pthread_mutex_unlock(&cache.lock);
    return;
  }
  cache.listed -= rounded;
  freed->next = cache.lists[class];
  cache.lists[class] = freed;
  pthread_mutex_unlock(&cache.lock);
}

size_t fl_memory_live(void) {
  pthread_mutex_lock(&cache.lock);
  const size_t bytes = cache.live;
  pthread_mutex_unlock(&cache.lock);
  return bytes;
}

size_t fl_memory_held(void) {
  pthread_mutex_lock(&cache.lock);
  const size_t bytes = cache.held + fl_heap_held();
  pthread_mutex_unlock(&cache.lock);
  return bytes;
}

void fl_memory_trim(void) {
  pthread_mutex_lock(&cache.lock);
  fl_heap_trim();
  pthread_mutex_unlock(&cache.lock);
  for (int class = 0; class < size_classes; ++class) {
    pthread_mutex_lock(&cache.lock);
    free_block *block = cache.lists[class];
    cache.lists[class] = NULL;
    for (free_block *b = block; b; b = b->next) cache.held -= class_size(class);
    pthread_mutex_unlock(&cache.lock);
    release(block);
  }
}
