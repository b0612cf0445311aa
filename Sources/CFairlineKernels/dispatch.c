// The public kernels: each calls its version of the CPU level in use.
#include "kernels.h"

#define FL_KERNEL(result, name, parameters, arguments) \
  result fl_##name parameters { return fl_kernels_in_use()->name arguments; }
#include "kernel_list.h"
#undef FL_KERNEL

const char *fl_kernel_name(int64_t index) {
  static const char *const names[] = {
#define FL_KERNEL(result, name, parameters, arguments) #name,
#include "kernel_list.h"
#undef FL_KERNEL
  };
  return index < (int64_t)(sizeof names / sizeof *names) ? names[index] : NULL;
}

int64_t fl_packed_panels(int64_t n) { return (n + 31) / 32; }

int64_t fl_int8_depth(int64_t k) { return (k + 3) / 4 * 4; }

int64_t fl_int8_row(int64_t k) {
  return fl_int8_layout_in_use() == FL_INT8_WORDS_OF_TWO ? 2 * fl_int8_depth(k) : fl_int8_depth(k);
}
