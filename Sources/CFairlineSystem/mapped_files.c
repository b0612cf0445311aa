// A file that is shortened while it is mapped takes its pages away: reading them raises SIGBUS.
// The table says which file has which addresses, so that a program can name it before it ends.
#define _GNU_SOURCE
#include "fairline_system.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACES 1024

static struct {
  _Atomic uintptr_t start;  // 0 for a free place
  size_t size;
  char *path;
} places[PLACES];

static char program[64];

int fl_note_mapped(const void *start, size_t size, const char *path) {
  for (int place = 0; place < PLACES; place++) {
    uintptr_t nothing = 0;
    // An address that no file has reserves the place.
    if (!atomic_compare_exchange_strong(&places[place].start, &nothing, UINTPTR_MAX)) continue;
    places[place].size = size;
    places[place].path = strdup(path);
    atomic_store(&places[place].start, (uintptr_t)start);
    return place;
  }
  return -1;
}

void fl_note_unmapped(int place) {
  if (place < 0) return;
  char *path = places[place].path;
  places[place].path = NULL;
  atomic_store(&places[place].start, 0);
  free(path);
}

static void put(const char *text) {
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

static void report(int number, siginfo_t *information, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)information->si_addr;
  for (int place = 0; place < PLACES; place++) {
    uintptr_t start = atomic_load(&places[place].start);
    if (start == 0 || address < start || address - start >= places[place].size) continue;
    put(program);
    put(": ");
    put(places[place].path ? places[place].path : "a file");
    put(" was shortened while it was read: leave files as they are while a program uses them\n");
    _exit(1);
  }
  signal(number, SIG_DFL);  // Not ours: the instruction runs again and ends the process.
}

void fl_report_shortened_files(const char *name) {
  strncpy(program, name, sizeof program - 1);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = report;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, NULL);
}
