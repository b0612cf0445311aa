// Calls of the operating system that Swift does not import.
#pragma once
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// Exchanges two files or folders in one step; false, with errno set, where that is not possible.
bool fl_exchange(const char *left, const char *right);

#ifdef __cplusplus
}
#endif
