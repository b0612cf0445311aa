#include "fairline_kernels.h"
