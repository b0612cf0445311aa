// Cached rows that step attention reads: where they stand, their elements as float32, and those
// that will be read soon.
#pragma once

// Keys that are worked on for all queries before the next ones, and channels: together they stay
// in the first-level cache.
enum { keys_at_once = 16, channels_at_once = 256 };

FL_INLINE int64_t element_size(bool half) { return half ? 2 : 4; }

FL_INLINE const void *cached(const fl_step *a, int32_t row, bool half) {
  return (const char *)a->cache + (int64_t)row * a->ld * element_size(half);
}

// Cached rows that will be read soon: those of the next keys or values, or the first ones of the
// next call. Rows lie scattered, and most are far away.
typedef struct coming_rows {
  const int32_t *rows;  // lists, ldr places apart
  int64_t lists, count;
  int64_t first, channels;  // the elements of each row
} coming_rows;

// Those that follow keys first..<last: n elements, from `element` on.
FL_INLINE coming_rows rows_after(const fl_step *a, const int32_t *rows, int64_t last,
                                 int64_t element, int64_t n) {
  return last < a->keys
             ? (coming_rows){rows + last, a->queries, smaller(a->keys - last, keys_at_once),
                             element, n}
             : (coming_rows){a->next, a->next_queries, smaller(a->next_keys, keys_at_once),
                             element, n};
}

FL_INLINE void ask_for(const fl_step *a, const coming_rows *coming, int32_t row, bool half) {
  const char *p = (const char *)cached(a, row, half) + coming->first * element_size(half);
  for (int64_t i = 0; i < coming->channels * element_size(half); i += 64) __builtin_prefetch(p + i);
}

// Asks for part `part` of `parts` of the rows of the first list.
FL_INLINE void ask_for_part(const fl_step *a, const coming_rows *coming, int64_t part,
                            int64_t parts, bool half) {
  if (coming->lists == 0) return;
  const int64_t end = (part + 1) * coming->count / parts;
  for (int64_t j = part * coming->count / parts; j < end; ++j) {
    ask_for(a, coming, coming->rows[j], half);
  }
}

// Asks for the rows of a list that the list before does not have.
FL_INLINE void ask_for_own(const fl_step *a, const coming_rows *coming, int64_t list, bool half) {
  if (list == 0 || list >= coming->lists) return;
  const int32_t *own = coming->rows + list * a->ldr, *before = own - a->ldr;
  for (int64_t j = 0; j < coming->count; ++j) {
    if (own[j] != before[j]) ask_for(a, coming, own[j], half);
  }
}

// Elements of up to 16 cached rows. Those of float16 are converted once for all queries that read
// the same row, when there are several queries.
typedef struct near_rows {
  const void *at[keys_at_once];  // places beyond the last row repeat it
  int32_t held[keys_at_once];    // the rows whose elements `copies` has, -1: none
  _Alignas(64) float copies[keys_at_once * channels_at_once];
} near_rows;

FL_INLINE void forget_rows(near_rows *near) {
  for (int j = 0; j < keys_at_once; ++j) near->held[j] = -1;
}

// Finds elements first..<first + n of some rows; those to be copied are whole vectors of float16.
FL_INLINE void find_rows(const fl_step *a, near_rows *near, const int32_t *rows, int64_t count,
                         int64_t first, int64_t n, bool half, bool copied) {
  for (int64_t j = 0; j < count; ++j) {
    const char *from = (const char *)cached(a, rows[j], half) + first * element_size(half);
    float *to = near->copies + j * channels_at_once;
    near->at[j] = copied ? (const void *)to : from;
    if (!copied || near->held[j] == rows[j]) continue;
    near->held[j] = rows[j];
    for (int64_t i = 0; i < n; i += FL_WIDTH) store(to + i, load_half((const uint16_t *)from + i));
  }
  for (int64_t j = count; j < keys_at_once; ++j) near->at[j] = near->at[count - 1];
}
