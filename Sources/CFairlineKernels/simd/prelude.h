// What the kernels include from outside; it stands before the region with a target attribute.
#pragma once
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Vectors are passed between inlined functions only, so their calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang fp contract(fast)
