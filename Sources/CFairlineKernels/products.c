// Products of large matrices: the format of their operands, and its kernels.
#include "kernels.h"

static _Thread_local fl_format in_use = FL_FLOAT32;

bool fl_format_supported(fl_format format) {
  if (format == FL_FLOAT32) return true;
#if defined(__x86_64__)
  if (format == FL_BFLOAT16) return fl_cpu_level() == 2 && __builtin_cpu_supports("avx512bf16");
#endif
  return false;
}

fl_format fl_format_in_use(void) { return in_use; }

void fl_format_use(fl_format format) { in_use = fl_format_supported(format) ? format : FL_FLOAT32; }

static const fl_products *products_of(fl_format format) {
#if defined(__x86_64__)
  if (format == FL_BFLOAT16) return &fl_products_bfloat16;
#endif
  return &fl_kernels_in_use()->products;
}

int64_t fl_product_depth(fl_format format) { return format == FL_BFLOAT16 ? 512 : 256; }

int64_t fl_product_words(fl_format format, int64_t n, int64_t k) {
  return (n + 31) / 32 * 32 * (format == FL_BFLOAT16 ? (k + 1) / 2 : k);
}

void fl_pack_block(fl_format format, const fl_product *g, uint32_t *packed, int64_t block, int64_t first_panel,
                   int64_t last_panel) {
  products_of(format)->pack_block(g, packed, block, first_panel, last_panel);
}

void fl_product_block(fl_format format, const fl_product *g, const uint32_t *packed, int64_t first_row,
                      int64_t last_row, int64_t first_panel, int64_t last_panel) {
  products_of(format)->product_block(g, packed, first_row, last_row, first_panel, last_panel);
}
