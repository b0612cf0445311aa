// Calls of the operating system that Swift does not import.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Exchanges two files or folders in one step; false, with errno set, where that is not possible.
bool fl_exchange(const char *left, const char *right);

// Remembers which file is mapped where; gives a number for fl_note_unmapped, -1 when the table is
// full.
int fl_note_mapped(const void *start, size_t size, const char *path);
void fl_note_unmapped(int place);

// From now on a mapped file that is shortened ends the process with exit code 1 and a sentence on
// standard error that begins with the program's name.
void fl_report_shortened_files(const char *program);

#ifdef __cplusplus
}
#endif
