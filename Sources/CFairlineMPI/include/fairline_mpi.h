// Messages of bytes between the ranks of an MPI job. The MPI library is loaded at run time: nothing
// is linked, and no type of MPI's is needed to build. Open MPI (libmpi.so.40) and libraries with
// MPICH's binary interface (libmpi.so.12) will do.
//
// No call waits for another rank, fl_mpi_start and fl_mpi_finish apart; calls may come from several
// threads.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Whose library was loaded.
typedef enum { FL_MPI_NONE, FL_MPI_OPEN, FL_MPI_MPICH } fl_mpi_kind;

// A message under way, as the library's own request; must stay where it is until it is done.
typedef struct {
  uint64_t words[2];
} fl_mpi_transfer;

// Loads a library and says whose it is; FL_MPI_NONE, and why in `reason`, where it cannot be loaded
// or is none of MPI's.
fl_mpi_kind fl_mpi_load(const char *file, char *reason, int size);

// Starts MPI in this process, whose other threads may call it afterwards; false, and why in
// `reason`, where that fails.
bool fl_mpi_start(int *rank, int *count, char *reason, int size);

// Begin to send or to receive at most 2^31 - 1 bytes; 0, or the library's error code. The memory
// must stay until fl_mpi_done.
int fl_mpi_send(const void *bytes, int count, int peer, int tag, fl_mpi_transfer *transfer);
int fl_mpi_receive(void *bytes, int count, int peer, int tag, fl_mpi_transfer *transfer);

// Whether a message has gone or come; 0, or the library's error code.
int fl_mpi_done(fl_mpi_transfer *transfer, bool *done);

// Ends all ranks of the job with an exit code. May return.
void fl_mpi_abort(int code);

// Ends MPI in this process, when all messages are done.
void fl_mpi_finish(void);

// Kills a process (SIGKILL) after so many seconds, whatever becomes of this one until then.
void fl_kill_later(int process, int seconds);

// Cores that this process may use; 0 where that is not known.
int fl_allowed_cores(void);

#ifdef __cplusplus
}
#endif
