// Calls of the operating system that Swift does not import.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Exchanges two files or folders in one step; false, with errno set, where that is not possible.
bool fl_exchange(const char *left, const char *right);

// Opens a file for reading and writing that has no name in a folder and vanishes with the last
// descriptor; -1 where that is not possible.
int fl_open_unnamed(const char *folder);
// Gives an open file without a name a name that is free; false, with errno set, where that fails.
bool fl_name_file(int descriptor, const char *path);

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
