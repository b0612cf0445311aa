// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"),
// 16 blocks at a time.
//
// A word of the state stands in the low half of a 64-bit lane: a widening multiplication then needs
// no shuffles, and whatever is left in the high halves is ignored by the next one.
#pragma once

// Products of the low halves of the lanes. The empty assembly keeps the compiler from turning a
// shifted product into a full 64-bit multiplication, which is three times as slow.
FL_INLINE vq multiply_low_halves(vq a, vq b) {
#if FL_LEVEL == 2
  __m512i product = _mm512_mul_epu32((__m512i)a, (__m512i)b);
  __asm__("" : "+v"(product));
  return (vq)product;
#elif FL_LEVEL == 1
  __m256i low = _mm256_mul_epu32((__m256i)a.lo, (__m256i)b.lo);
  __m256i high = _mm256_mul_epu32((__m256i)a.hi, (__m256i)b.hi);
  __asm__("" : "+x"(low), "+x"(high));
  vq product;
  product.lo = (__typeof__(product.lo))low;
  product.hi = (__typeof__(product.hi))high;
  return product;
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

FL_INLINE void philox_round(vq c[4], uint64_t key0, uint64_t key1) {
  const vq a = multiply_low_halves(c[0], (vq)0xd2511f53u);
  const vq b = multiply_low_halves(c[2], (vq)0xcd9e8d57u);
  c[0] = (b >> 32) ^ c[1] ^ key0;
  c[1] = b;
  c[2] = (a >> 32) ^ c[3] ^ key1;
  c[3] = a;
}

// Lanes stand for blocks in such an order that two interleavings put the words of 8 blocks in their
// order.
FL_INLINE void philox_pack(vu words[2], const vq c[4]) {
  const vq low = (c[0] & 0xffffffffu) | (c[1] << 32);
  const vq high = (c[2] & 0xffffffffu) | (c[3] << 32);
  const vq even = __builtin_shufflevector(low, high, 0, 8, 2, 10, 4, 12, 6, 14);
  const vq odd = __builtin_shufflevector(low, high, 1, 9, 3, 11, 5, 13, 7, 15);
  words[0] = (vu)even;
  words[1] = (vu)odd;
}

// The 64 words of the blocks block..<block + 16.
FL_INLINE void philox_blocks(vu words[4], uint64_t key, uint64_t stream, uint64_t block) {
  const vq order = {0, 4, 1, 5, 2, 6, 3, 7};
  vq c[2][4];
  for (int half = 0; half < 2; ++half) {
    const vq counter = order + (block + 8 * (uint64_t)half);
    c[half][0] = counter;
    c[half][1] = counter >> 32;
    c[half][2] = stream & 0xffffffffu;
    c[half][3] = stream >> 32;
  }
  uint32_t key0 = (uint32_t)key;
  uint32_t key1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; ++round) {
    philox_round(c[0], key0, key1);
    philox_round(c[1], key0, key1);
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  philox_pack(words, c[0]);
  philox_pack(words + 2, c[1]);
}

// How many words one call of philox_words serves from an element on: all 64, unless it lies within
// a block.
FL_INLINE int64_t philox_step(uint64_t element) { return element & 3 ? 60 : 64; }

// The words of the elements element..<element + philox_step(element).
static __attribute__((noinline)) void philox_words(vu words[4], uint64_t key, uint64_t stream,
                                                   uint64_t element) {
  vu whole[5] = {0};
  philox_blocks(whole, key, stream, element >> 2);
  memcpy(words, (const uint32_t *)whole + (element & 3), 4 * sizeof(vu));
}
