// Products of large matrices: the format of their operands, and its kernels.
#include <math.h>

#include "kernels.h"

static _Thread_local fl_format in_use = FL_FLOAT32;

bool fl_format_supported(fl_format format) {
  if (format == FL_FLOAT32) return true;
#if defined(__x86_64__)
  if (fl_cpu_level() != 2) return false;
  switch (format) {
    case FL_BFLOAT16:
      return __builtin_cpu_supports("avx512bf16") && !__builtin_cpu_is("intel");
    case FL_FLOAT16:
      return __builtin_cpu_supports("avx512fp16");
    case FL_FLOAT16_EMULATED:
      return true;
    default:
      break;
  }
#endif
  return false;
}

fl_format fl_format_in_use(void) { return in_use; }

void fl_format_use(fl_format format) { in_use = fl_format_supported(format) ? format : FL_FLOAT32; }

static const fl_products *products_of(fl_format format) {
#if defined(__x86_64__)
  switch (format) {
    case FL_BFLOAT16:
      return &fl_products_bfloat16;
    case FL_FLOAT16:
      return &fl_products_float16;
    case FL_FLOAT16_EMULATED:
      return &fl_products_float16_emulated;
    default:
      break;
  }
#endif
  return &fl_kernels_in_use()->products;
}

int64_t fl_product_depth(fl_format format) { return format == FL_FLOAT32 ? 256 : 512; }

int64_t fl_product_words(fl_format format, int64_t n, int64_t k) {
  return (n + 31) / 32 * 32 * (format == FL_FLOAT32 ? k : (k + 1) / 2);
}

bool fl_format_scales(fl_format format) {
  return format == FL_FLOAT16 || format == FL_FLOAT16_EMULATED;
}

float fl_product_scale(fl_format format, float largest) {
  if (!fl_format_scales(format) || largest == 0.0f || !isfinite(largest)) return 1.0f;
  // The largest magnitude comes to 8 or more and below 16, or less where it takes more than a
  // float's powers of two.
  int exponent;
  frexpf(largest, &exponent);
  return ldexpf(1.0f, exponent < -122 ? 126 : 4 - exponent);
}

void fl_pack_block(fl_format format, const fl_product *g, uint32_t *packed, int64_t block,
                   int64_t first_panel, int64_t last_panel) {
  products_of(format)->pack_block(g, packed, block, first_panel, last_panel);
}

void fl_product_block(fl_format format, const fl_product *g, const uint32_t *packed,
                      const fl_part *part) {
  products_of(format)->product_block(g, packed, part);
}
