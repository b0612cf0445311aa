#define _GNU_SOURCE
#include "fairline_system.h"

#include <fcntl.h>
#include <stdio.h>

bool fl_exchange(const char *left, const char *right) {
  return renameat2(AT_FDCWD, left, AT_FDCWD, right, RENAME_EXCHANGE) == 0;
}
