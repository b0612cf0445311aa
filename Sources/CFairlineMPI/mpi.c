#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "fairline_mpi.h"

// What a handle of MPI's is: the address of an object in Open MPI, a number in MPICH.
typedef union {
  void *address;
  int number;
} handle;

static struct {
  pthread_mutex_t lock;  // held during every call after the start: threads take turns
  fl_mpi_kind kind;
  handle world, byte, errors_return;
  void *send, *receive, *set_errhandler, *abort, *size, *rank;
  int (*init_thread)(int *, char ***, int, int *);
  int (*test)(void *request, int *done, void *status);
  int (*finalize)(void);
  void *ignored_status;
} mpi = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum { mpi_thread_serialized = 2 };  // in both interfaces

static void *find(void *library, const char *name, bool *complete) {
  void *found = dlsym(library, name);
  if (!found) *complete = false;
  return found;
}

fl_mpi_kind fl_mpi_load(const char *file, char *reason, int size) {
  // Its plug-ins look for its symbols among the global ones.
  void *library = dlopen(file, RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    const char *why = dlerror();
    snprintf(reason, (size_t)size, "%s", why ? why : file);
    return FL_MPI_NONE;
  }
  bool complete = true;
  mpi.send = find(library, "MPI_Isend", &complete);
  mpi.receive = find(library, "MPI_Irecv", &complete);
  mpi.set_errhandler = find(library, "MPI_Comm_set_errhandler", &complete);
  mpi.abort = find(library, "MPI_Abort", &complete);
  mpi.size = find(library, "MPI_Comm_size", &complete);
  mpi.rank = find(library, "MPI_Comm_rank", &complete);
  mpi.init_thread =
      (int (*)(int *, char ***, int, int *))find(library, "MPI_Init_thread", &complete);
  mpi.test = (int (*)(void *, int *, void *))find(library, "MPI_Test", &complete);
  mpi.finalize = (int (*)(void))find(library, "MPI_Finalize", &complete);
  if (dlsym(library, "ompi_mpi_comm_world")) {
    mpi.world.address = find(library, "ompi_mpi_comm_world", &complete);
    mpi.byte.address = find(library, "ompi_mpi_byte", &complete);
    mpi.errors_return.address = find(library, "ompi_mpi_errors_return", &complete);
    mpi.ignored_status = NULL;
    mpi.kind = FL_MPI_OPEN;
  } else {
    // The numbers that MPICH and those who share its binary interface have fixed.
    mpi.world.number = 0x44000000;
    mpi.byte.number = 0x4c00010d;
    mpi.errors_return.number = 0x54000001;
    mpi.ignored_status = (void *)1;
    mpi.kind = FL_MPI_MPICH;
  }
  if (!complete) {
    snprintf(reason, (size_t)size, "%s is no MPI library", file);
    mpi.kind = FL_MPI_NONE;
  }
  return mpi.kind;
}

static int ask(void *function, int *result) {
  return mpi.kind == FL_MPI_OPEN
             ? ((int (*)(void *, int *))function)(mpi.world.address, result)
             : ((int (*)(int, int *))function)(mpi.world.number, result);
}

bool fl_mpi_start(int *rank, int *count, char *reason, int size) {
  int provided = 0;
  int code = mpi.init_thread(NULL, NULL, mpi_thread_serialized, &provided);
  if (code || provided < mpi_thread_serialized) {
    snprintf(
        reason, (size_t)size,
        code ? "MPI_Init_thread gives error %d" : "it serves one thread only (level %d)",
        code ? code : provided);
    return false;
  }
  code = mpi.kind == FL_MPI_OPEN
             ? ((int (*)(void *, void *))mpi.set_errhandler)(
                   mpi.world.address, mpi.errors_return.address)
             : ((int (*)(int, int))mpi.set_errhandler)(
                   mpi.world.number, mpi.errors_return.number);
  if (code == 0) code = ask(mpi.rank, rank);
  if (code == 0) code = ask(mpi.size, count);
  if (code) snprintf(reason, (size_t)size, "the world of ranks gives error %d", code);
  return code == 0;
}

static int begin(
    void *function, void *bytes, int count, int peer, int tag, fl_mpi_transfer *transfer) {
  typedef int open_call(void *, int, void *, int, int, void *, void *);
  typedef int mpich_call(void *, int, int, int, int, int, void *);
  pthread_mutex_lock(&mpi.lock);
  const int code = mpi.kind == FL_MPI_OPEN
                       ? ((open_call *)function)(
                             bytes, count, mpi.byte.address, peer, tag, mpi.world.address,
                             transfer->words)
                       : ((mpich_call *)function)(
                             bytes, count, mpi.byte.number, peer, tag, mpi.world.number,
                             transfer->words);
  pthread_mutex_unlock(&mpi.lock);
  return code;
}

int fl_mpi_send(const void *bytes, int count, int peer, int tag, fl_mpi_transfer *transfer) {
  return begin(mpi.send, (void *)bytes, count, peer, tag, transfer);
}

int fl_mpi_receive(void *bytes, int count, int peer, int tag, fl_mpi_transfer *transfer) {
  return begin(mpi.receive, bytes, count, peer, tag, transfer);
}

int fl_mpi_done(fl_mpi_transfer *transfer, bool *done) {
  int flag = 0;
  pthread_mutex_lock(&mpi.lock);
  const int code = mpi.test(transfer->words, &flag, mpi.ignored_status);
  pthread_mutex_unlock(&mpi.lock);
  *done = flag != 0;
  return code;
}

void fl_mpi_abort(int code) {
  // A thread that hangs in a call must not keep the job alive.
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 2;
  const bool locked = pthread_mutex_timedlock(&mpi.lock, &end) == 0;
  if (mpi.kind == FL_MPI_OPEN)
    ((int (*)(void *, int))mpi.abort)(mpi.world.address, code);
  else if (mpi.kind == FL_MPI_MPICH)
    ((int (*)(int, int))mpi.abort)(mpi.world.number, code);
  if (locked) pthread_mutex_unlock(&mpi.lock);
}

void fl_mpi_finish(void) {
  pthread_mutex_lock(&mpi.lock);
  mpi.finalize();
  pthread_mutex_unlock(&mpi.lock);
}

int fl_allowed_cores(void) {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 0;
}

void fl_kill_later(int process, int seconds) {
  // The child of a process with several threads calls what a signal handler may call.
  if (fork() != 0) return;
  setsid();
  for (int number = 0; number < 1024; number++) close(number);
  sleep((unsigned)seconds);
  kill(process, SIGKILL);
  _exit(0);
}
