#include "heap.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { unit = 64, least_rest = 64 << 10, huge_page = 2 << 20 };

// What stands before each block.
typedef struct block {
  size_t size;                    // with this header
  size_t before;                  // size of the neighbour below; 0 for the first block
  size_t gone, gone_end;          // offsets between which the system has a free block's pages back
  struct block *next, *previous;  // in the list of free blocks
  bool is_free;
} block;

_Static_assert(sizeof(block) <= unit, "a header fits in a unit");

static struct {
  char *base;
  size_t room, top;  // reserved; used from the beginning on
  size_t last;       // size of the block below the top
  size_t returned;
  block *free;
  bool is_open;
} heap;

static block *at(size_t offset) { return (block *)(heap.base + offset); }
static size_t offset_of(const block *b) { return (size_t)((const char *)b - heap.base); }

// Reserves addresses, as many as there is memory; pages come when they are first used.
static void open_heap(void) {
  heap.is_open = true;
  const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  size_t room = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : (size_t)1 << 32;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_NORESERVE
  flags |= MAP_NORESERVE;
#endif
  for (; room >= (size_t)64 << 20; room /= 2) {
    room &= ~(size_t)(huge_page - 1);
    char *base = mmap(NULL, room + huge_page, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (base == MAP_FAILED) continue;
    heap.base = (char *)(((uintptr_t)base + huge_page - 1) & ~(uintptr_t)(huge_page - 1));
    heap.room = room;
#ifdef MADV_HUGEPAGE
    madvise(heap.base, room, MADV_HUGEPAGE);
#endif
    return;
  }
}

static void unlink_free(block *b) {
  if (b->previous)
    b->previous->next = b->next;
  else
    heap.free = b->next;
  if (b->next) b->next->previous = b->previous;
  heap.returned -= b->gone_end - b->gone;
  b->is_free = false;
}

// Puts a block in the list; of the pages between two offsets that the system has, those within the
// block count.
static void link_free(block *b, size_t gone, size_t gone_end) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t first = (offset_of(b) + unit + page - 1) / page * page, end = offset_of(b) + b->size;
  b->gone = gone > first ? gone : first;
  b->gone_end = gone_end < end ? gone_end : end;
  if (b->gone_end < b->gone) b->gone_end = b->gone;
  heap.returned += b->gone_end - b->gone;
  b->is_free = true;
  b->previous = NULL;
  b->next = heap.free;
  if (heap.free) heap.free->previous = b;
  heap.free = b;
}

// Tells the block above, or the top, how large the one below is.
static void tell_above(const block *b) {
  const size_t end = offset_of(b) + b->size;
  if (end == heap.top)
    heap.last = b->size;
  else
    at(end)->before = b->size;
}

static block *best_fit(size_t size) {
  block *best = NULL;
  for (block *b = heap.free; b; b = b->next) {
    if (b->size >= size && (!best || b->size < best->size)) best = b;
  }
  return best;
}

// A block at the top; a free one there grows.
static block *extend(size_t size) {
  block *last = heap.last ? at(heap.top - heap.last) : NULL;
  if (last && last->is_free && size - last->size <= heap.room - heap.top) {
    unlink_free(last);
    heap.top += size - last->size;
    last->size = heap.last = size;
    return last;
  }
  if (size > heap.room - heap.top) return NULL;
  block *b = at(heap.top);
  *b = (block){.size = size, .before = heap.last};
  heap.top += size;
  heap.last = size;
  return b;
}

// Cuts off what is more than `size`.
static void split(block *b, size_t size) {
  if (b->size - size < least_rest) return;
  block *rest = at(offset_of(b) + size);
  *rest = (block){.size = b->size - size, .before = size};
  b->size = size;
  tell_above(rest);
  link_free(rest, b->gone, b->gone_end);
}

void *fl_heap_take(size_t bytes) {
  if (!heap.is_open) open_heap();
  const size_t size = (bytes + unit - 1) / unit * unit + unit;
  block *b = best_fit(size);
  if (b) {
    unlink_free(b);
    split(b, size);
  } else {
    b = extend(size);
    if (!b) return NULL;
  }
  return (char *)b + unit;
}

bool fl_heap_owns(const void *p) {
  return heap.base && (const char *)p >= heap.base && (const char *)p < heap.base + heap.room;
}

// Joins a free neighbour to a block that is being freed; the longer stretch without pages is
// remembered.
static void join(block *below, block *above, size_t *gone, size_t *gone_end,
                 const block *neighbour) {
  if (neighbour->gone_end - neighbour->gone > *gone_end - *gone) {
    *gone = neighbour->gone;
    *gone_end = neighbour->gone_end;
  }
  below->size += above->size;
}

void fl_heap_give(void *p) {
  block *b = (block *)((char *)p - unit);
  size_t gone = 0, gone_end = 0;
  const size_t end = offset_of(b) + b->size;
  if (end < heap.top && at(end)->is_free) {
    unlink_free(at(end));
    join(b, at(end), &gone, &gone_end, at(end));
  }
  if (b->before && at(offset_of(b) - b->before)->is_free) {
    block *below = at(offset_of(b) - b->before);
    unlink_free(below);
    join(below, b, &gone, &gone_end, below);
    b = below;
  }
  tell_above(b);
  link_free(b, gone, gone_end);
}

size_t fl_heap_held(void) { return heap.top - heap.returned; }

void fl_heap_trim(void) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (block *b = heap.free; b; b = b->next) {
    const size_t first = (offset_of(b) + unit + page - 1) / page * page;
    const size_t end = (offset_of(b) + b->size) / page * page;
    if (end <= first || madvise(heap.base + first, end - first, MADV_DONTNEED) != 0) continue;
    heap.returned += (end - first) - (b->gone_end - b->gone);
    b->gone = first;
    b->gone_end = end;
  }
}
