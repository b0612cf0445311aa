// Products of rows that are mostly zero, as rectified states are, with a weight in the packed form
// of packed_product.h. Two rows go together and pass over what is zero in both, so that what they
// read of the weight serves both. Sums go on in the order of packed_product.h: both give the same
// bits where the weight is finite.

// All panels of the same product, passing over the zeros of each row: faster where
// fl_mostly_zero, which looks at a few rows, says so. The results are the same to the last bit
// where the weight is finite.
FL_KERNEL(bool, mostly_zero, (const float *a, int64_t lda, int64_t m, int64_t k), (a, lda, m, k))
FL_KERNEL(void, sparse_product,
          (float *c, int64_t ldc, const float *a, int64_t lda, const float *packed,
           const float *bias, int64_t m, int64_t n, int64_t k),
          (c, ldc, a, lda, packed, bias, m, n, k))

#if FL_BODIES
#if FL_LEVEL == 2
#define FL_SPARSE_PANELS 4
#else
#define FL_SPARSE_PANELS 1
#endif

// Pairs of rows meet a few panels together, which stay in the second-level cache for them, or a
// piece of one panel in the first, where its lines are needed sooner than the second gives them.
enum { sparse_depth = FL_LEVEL == 1 ? 128 : 1024, sparse_pairs = 32 };

// Writes the places at which x or y is not zero; there is room for a vector behind them. Returns
// how many there are.
static int64_t not_zero(uint16_t *places, const float *x, const float *y, int64_t n) {
  int64_t count = 0;
#if FL_LEVEL == 2
  FL_EACH_VECTOR(n, {
    const __m512 zero = _mm512_setzero_ps();
    const __mmask16 mask = _mm512_cmp_ps_mask((__m512)take(x + i, lanes), zero, _CMP_NEQ_UQ) |
                           _mm512_cmp_ps_mask((__m512)take(y + i, lanes), zero, _CMP_NEQ_UQ);
    const __m512i here = (__m512i)(lane_numbers() + (vi)(int32_t)i);
    _mm256_storeu_si256((__m256i *)(places + count),
                        _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(mask, here)));
    count += __builtin_popcount(mask);
  });
#else
  for (int64_t i = 0; i < n; ++i) {
    places[count] = (uint16_t)i;
    count += x[i] != 0.0f || y[i] != 0.0f;
  }
#endif
  return count;
}

static bool k_mostly_zero(const float *a, int64_t lda, int64_t m, int64_t k) {
  // A few rows stand for all.
  const int64_t rows = smaller(m, 4);
  int64_t zeros = 0;
  for (int64_t r = 0; r < rows; ++r) {
    const float *x = a + r * m / rows * lda;
    for (int64_t i = 0; i < k; ++i) zeros += x[i] == 0.0f;
  }
  return zeros * 5 >= rows * k * 3;
}

// One or two rows of an operand, and their rows of the result.
typedef struct sparse_rows {
  const float *a;
  float *c;
  int64_t lda, ldc;
  const uint16_t *places;
  int64_t count;
} sparse_rows;

// A few panels of one or two rows, going on from what is in c when `add` is set.
FL_INLINE void sparse_tile(const int rows, const int panels, const sparse_rows *pair,
                           const float *packed, int64_t apart, const float *bias, int64_t column,
                           int64_t columns, bool add) {
  vf sum[2][FL_SPARSE_PANELS][2];
#define FL_EACH_SUM(...)                                                        \
  _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; ++r) {           \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < panels; ++p) {       \
      _Pragma("clang loop unroll(full)") for (int half = 0; half < 2; ++half) { \
        const int64_t at = p * FL_PANEL + half * FL_WIDTH,                      \
                      lanes = smaller(columns - at, FL_WIDTH);                  \
        float *c = pair->c + r * pair->ldc + column + at;                       \
        __VA_ARGS__                                                             \
      }                                                                         \
    }                                                                           \
  }
  FL_EACH_SUM({
    const float *start = add ? c : bias ? bias + column + at : NULL;
    sum[r][p][half] = start && lanes > 0 ? take(start, lanes) : (vf)0.0f;
  });
  const float *a = pair->a;
  for (int64_t i = 0; i < pair->count; ++i) {
    const int64_t place = pair->places[i];
    const float *line = packed + place * FL_PANEL;
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; ++p) {
      const vf line0 = load(line + p * apart), line1 = load(line + p * apart + FL_WIDTH);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; ++r) {
        sum[r][p][0] += a[r * pair->lda + place] * line0;
        sum[r][p][1] += a[r * pair->lda + place] * line1;
      }
    }
  }
  FL_EACH_SUM(if (lanes > 0) give(c, sum[r][p][half], lanes););
#undef FL_EACH_SUM
}

static void k_sparse_product(float *c, int64_t ldc, const float *a, int64_t lda,
                             const float *packed, const float *bias, int64_t m, int64_t n,
                             int64_t k) {
  const int64_t panels = (n + FL_PANEL - 1) / FL_PANEL, apart = k * FL_PANEL;
  uint16_t places[sparse_pairs][sparse_depth + FL_WIDTH];
  sparse_rows pairs[sparse_pairs];
  for (int64_t row = 0; row < m; row += 2 * sparse_pairs) {
    const int64_t rows = smaller(2 * sparse_pairs, m - row);
    for (int64_t first = 0; first < k; first += sparse_depth) {
      for (int64_t r = 0; r < rows; r += 2) {
        const float *x = a + (row + r) * lda + first, *y = r + 1 < rows ? x + lda : x;
        pairs[r / 2] = (sparse_rows){
            .a = x,
            .c = c + (row + r) * ldc,
            .lda = lda,
            .ldc = ldc,
            .places = places[r / 2],
            .count = not_zero(places[r / 2], x, y, smaller(sparse_depth, k - first)),
        };
      }
      for (int64_t p = 0, few; p < panels; p += few) {
        few = p + FL_SPARSE_PANELS <= panels ? FL_SPARSE_PANELS : 1;
        const float *from = packed + p * apart + first * FL_PANEL;
        const int64_t column = p * FL_PANEL, columns = n - column;
        const bool last = p + few >= panels;
        const int64_t next = first + (last ? sparse_depth : 0);
        const float *soon = packed + (last ? 0 : p + few) * apart + next * FL_PANEL;
        const int64_t depth = larger(0, smaller(sparse_depth, k - next));
        for (int64_t r = 0; r < rows; r += 2) {
          const sparse_rows *pair = pairs + r / 2;
          if (FL_LEVEL == 1) ask_for_block(soon, soon + depth * FL_PANEL, r / 2, (rows + 1) / 2);
          const bool add = first > 0, both = r + 1 < rows;
          if (few == FL_SPARSE_PANELS) {
            if (both) {
              sparse_tile(2, FL_SPARSE_PANELS, pair, from, apart, bias, column, columns, add);
            } else {
              sparse_tile(1, FL_SPARSE_PANELS, pair, from, apart, bias, column, columns, add);
            }
          } else if (both) {
            sparse_tile(2, 1, pair, from, apart, bias, column, columns, add);
          } else {
            sparse_tile(1, 1, pair, from, apart, bias, column, columns, add);
          }
        }
      }
    }
  }
}
#endif
