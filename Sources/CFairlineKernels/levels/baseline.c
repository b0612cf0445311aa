// The kernels for every CPU of the architecture.
#define FL_LEVEL 0
#define FL_TABLE fl_kernels_baseline
#include "../simd/prelude.h"

#include "../simd/table.h"
