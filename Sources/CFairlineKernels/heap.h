// A heap of large memory blocks in one range of addresses: free neighbours join, and a request
// takes the smallest free block that is large enough. Batches of many sizes so share the same
// pages. Callers hold the memory cache's lock.
#pragma once
#include <stdbool.h>
#include <stddef.h>

void *fl_heap_take(size_t bytes);  // 64-byte aligned; NULL when there is no room
bool fl_heap_owns(const void *block);
void fl_heap_give(void *block);
size_t fl_heap_held(void);  // bytes in use or free, without those given back to the system
void fl_heap_trim(void);    // gives the pages of free blocks back to the system
