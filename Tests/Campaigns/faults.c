// Preloaded into a program: one of its operations on files fails, is cut short, or is its last.
//
// FAULT_KIND is "kill" (SIGKILL before the operation), "enospc", "eio", "eintr" or "short".
// FAULT_AT counts operations from 1; with FAULT_STICKY all later ones fail too. FAULT_COUNT names a
// file for the number of operations. Kills count everything that changes files, the others writes
// only (and fsync, for enospc and eio). What is no regular file, a terminal or pipe, is left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { NOTHING, KILL, ENOSPACE, EIOERROR, EINTERRUPT, SHORT };
enum operation { CHANGE, WRITE, SYNC };

static enum kind kind;
static long at;
static int sticky;
static atomic_long operations;

// At the start, and again where a process of server.c has other settings.
__attribute__((constructor)) void begin_faults(void) {
  const char *name = getenv("FAULT_KIND");
  const char *names[] = {"", "kill", "enospc", "eio", "eintr", "short"};
  for (int i = KILL; name && i <= SHORT; i++) {
    if (!strcmp(name, names[i])) kind = i;
  }
  at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
  sticky = getenv("FAULT_STICKY") != NULL;
  atomic_store(&operations, 0);
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("FAULT_COUNT");
  if (!path) return;
  FILE *file = fopen(path, "w");
  if (!file) return;
  fprintf(file, "%ld\n", atomic_load(&operations));
  fclose(file);
}

// Whether this operation is the one; kills do not return.
static int is_due(enum operation what) {
  if (kind != KILL && what == CHANGE) return 0;
  if ((kind == EINTERRUPT || kind == SHORT) && what != WRITE) return 0;
  long number = atomic_fetch_add(&operations, 1) + 1;
  if (kind == NOTHING || at == 0 || (sticky ? number < at : number != at)) return 0;
  if (kind == KILL) raise(SIGKILL);
  return 1;
}

// Standard error tells of failures, wherever it goes.
static int is_file(int descriptor) {
  if (descriptor == STDERR_FILENO) return 0;
  struct stat status;
  int saved = errno;
  int regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  errno = saved;
  return regular;
}

static int failure(void) {
  errno = kind == ENOSPACE ? ENOSPC : kind == EIOERROR ? EIO : EINTR;
  return -1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (is_file(descriptor) && is_due(WRITE)) {
    if (kind != SHORT) return failure();
    count = count > 1 ? count / 2 : count;
  }
  return REAL(write)(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  if (is_file(descriptor) && is_due(WRITE)) {
    if (kind != SHORT) return failure();
    count = count > 1 ? count / 2 : count;
  }
  return REAL(pwrite)(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  return pwrite(descriptor, bytes, count, offset);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t count) {
  if (is_file(out) && is_due(WRITE)) {
    if (kind != SHORT) return failure();
    count = count > 4096 ? 4096 : count;
  }
  return REAL(sendfile)(out, in, offset, count);
}

ssize_t sendfile64(int out, int in, off64_t *offset, size_t count) {
  return sendfile(out, in, offset, count);
}

int fsync(int descriptor) {
  if (is_due(SYNC)) return failure();
  return REAL(fsync)(descriptor);
}

int rename(const char *from, const char *to) {
  is_due(CHANGE);
  return REAL(rename)(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  is_due(CHANGE);
  return REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

int unlink(const char *path) {
  is_due(CHANGE);
  return REAL(unlink)(path);
}

int link(const char *from, const char *to) {
  is_due(CHANGE);
  return REAL(link)(from, to);
}

int mkdir(const char *path, mode_t mode) {
  is_due(CHANGE);
  return REAL(mkdir)(path, mode);
}

static int open_it(const char *name, const char *path, int flags, mode_t mode) {
  if (flags & (O_CREAT | O_TRUNC)) is_due(CHANGE);
  int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
  return real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_it("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_it("open64", path, flags, mode);
}
