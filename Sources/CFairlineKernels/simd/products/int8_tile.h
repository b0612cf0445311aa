// Tiles of the 8 bit product in registers of 32 bytes: up to 6 rows and 16 columns, or one and two
// rows and 32, over the whole depth. Included for AVX-VNNI, for which FL_DPBUSD(sum, x, w) is the
// instruction that multiplies unsigned with signed bytes and adds four products to a sum, and for
// AVX2 alone, with FL_INT8_WIDENED for half a panel whose weights are 16 bit integers already.
//
// With AVX2 alone numbers are multiplied as 16 bit integers, two products to a sum, which is exact
// as well: rows are stored so, and weights are widened when they are read, once for all rows of a
// tile. (Products of bytes, `vpmaddubsw` with the signs of one side moved to the other, take three
// instructions of the multipliers' ports for what two do here.)

#ifdef FL_DPBUSD
#define FL_INT8_NAMED(name) name##_vnni
#define FL_INT8_BYTES 32  // of a weight's 8 columns in a step
#define FL_INT8_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define FL_INT8_STEP(sum, x, w) FL_DPBUSD(sum, x, w)
#elif defined(FL_INT8_WIDENED)
#define FL_INT8_NAMED(name) name##_widened
#define FL_INT8_BYTES 32
#define FL_INT8_LINE 64
#define FL_INT8_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define FL_INT8_STEP(sum, x, w) _mm256_add_epi32(sum, _mm256_madd_epi16(x, w))
#else
#define FL_INT8_NAMED(name) name##_wide
#define FL_INT8_BYTES 16
#define FL_INT8_LOAD(p) _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(p)))
#define FL_INT8_STEP(sum, x, w) _mm256_add_epi32(sum, _mm256_madd_epi16(x, w))
#endif

#ifndef FL_INT8_LINE
#define FL_INT8_LINE (4 * FL_INT8_BYTES)  // of a panel's 32 columns in a step
#endif

#define FL_INT8_TILE(ROWS, VECTORS)                                                         \
  static void FL_INT8_NAMED(int8_tile_##ROWS)(int32_t *sums, const uint8_t *a, int64_t lda, \
                                              const int8_t *panel, int64_t steps) {         \
    __m256i sum[ROWS][VECTORS];                                                             \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                     \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                \
        sum[r][v] = _mm256_setzero_si256();                                                 \
      }                                                                                     \
    }                                                                                       \
    _Pragma("clang loop unroll(disable)") for (; steps > 0;                                 \
                                               --steps, a += 4, panel += FL_INT8_LINE) {    \
      __m256i w[VECTORS];                                                                   \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                \
        w[v] = FL_INT8_LOAD(panel + v * FL_INT8_BYTES);                                     \
      }                                                                                     \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                   \
        int32_t word;                                                                       \
        __builtin_memcpy(&word, a + r * lda, sizeof word);                                  \
        const __m256i x = _mm256_set1_epi32(word);                                          \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {              \
          sum[r][v] = FL_INT8_STEP(sum[r][v], x, w[v]);                                     \
        }                                                                                   \
      }                                                                                     \
    }                                                                                       \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                     \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; ++v) {                \
        _mm256_storeu_si256((__m256i *)(sums + 32 * r + 8 * v), sum[r][v]);                 \
      }                                                                                     \
    }                                                                                       \
  }

#ifndef FL_INT8_WIDENED
FL_INT8_TILE(1, 4)
FL_INT8_TILE(2, 4)
#endif
FL_INT8_TILE(3, 2)
FL_INT8_TILE(4, 2)
FL_INT8_TILE(5, 2)
FL_INT8_TILE(6, 2)

#ifndef FL_INT8_WIDENED
// The tile of each number of rows.
static __typeof__(FL_INT8_NAMED(int8_tile_1)) *const FL_INT8_NAMED(int8_tiles)[6] = {
    FL_INT8_NAMED(int8_tile_1), FL_INT8_NAMED(int8_tile_2), FL_INT8_NAMED(int8_tile_3),
    FL_INT8_NAMED(int8_tile_4), FL_INT8_NAMED(int8_tile_5), FL_INT8_NAMED(int8_tile_6),
};

// Sums of up to 6 rows and a panel. [row, 32]
static inline void FL_INT8_NAMED(int8_sums)(int32_t *sums, const uint8_t *a, int64_t lda,
                                            int64_t rows, const int8_t *panel, int64_t depth) {
  const int64_t columns = rows <= 2 ? 32 : 16, each = FL_INT8_BYTES / 8;
  for (int64_t j = 0; j < 32; j += columns) {
    FL_INT8_NAMED(int8_tiles)[rows - 1](sums + j, a, lda, panel + j * each, depth / each);
  }
}
#else
// The tile of 3 to 6 rows.
static __typeof__(int8_tile_3_widened) *const int8_tiles_widened[4] = {
    int8_tile_3_widened, int8_tile_4_widened, int8_tile_5_widened, int8_tile_6_widened};
#endif
#undef FL_INT8_TILE
#undef FL_INT8_STEP
#undef FL_INT8_LOAD
#undef FL_INT8_BYTES
#undef FL_INT8_LINE
#undef FL_INT8_NAMED
