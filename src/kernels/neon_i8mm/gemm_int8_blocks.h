#pragma once

// INT8 products with instructions that multiply blocks: two rows of A times two columns of B, eight
// values of k, give 2 x 2 sums.
#include "kernels/gemm_int8_impl.h"

namespace jnlp {
namespace {

inline uint8x16_t load_rows(const uint8_t* first, const uint8_t* second) {
  return vcombine_u8(vld1_u8(first), vld1_u8(second));
}

// Two groups of four k of four columns: columns of eight k, two by two.
inline int8x16x2_t load_columns(const int8_t* group) {
  const int32x4_t low = vreinterpretq_s32_s8(vld1q_s8(group));
  const int32x4_t high = vreinterpretq_s32_s8(vld1q_s8(group + kGroup * kPanelColumns));
  return {
      {vreinterpretq_s8_s32(vzip1q_s32(low, high)), vreinterpretq_s8_s32(vzip2q_s32(low, high))}};
}

// One row's sums for four columns, out of two blocks.
inline int32x4_t first_row(int32x4_t a, int32x4_t b) {
  return vcombine_s32(vget_low_s32(a), vget_low_s32(b));
}
inline int32x4_t second_row(int32x4_t a, int32x4_t b) {
  return vcombine_s32(vget_high_s32(a), vget_high_s32(b));
}

template <int kRows, int kPanels>
struct MultiplyInt8Blocks {
  static __attribute__((noinline)) void run(const Int8Tile& t) {
    static_assert(kPanels == 1);
    constexpr int kRowPairs = (kRows + 1) / 2;
    constexpr int kQuads = kPanelColumns / 4;
    int32x4_t sum[kRowPairs][2 * kQuads];
#pragma GCC unroll 3
    for (int pair = 0; pair < kRowPairs; ++pair) {
#pragma GCC unroll 8
      for (int block = 0; block < 2 * kQuads; ++block) sum[pair][block] = vdupq_n_s32(0);
    }
    const uint8_t* a = t.a;
    const int8_t* b = t.b;
    // The depth is a multiple of kInt8Depth, so that groups come in pairs.
    for (int64_t group = 0; group < t.groups; group += 2) {
      uint8x16_t rows[kRowPairs];
#pragma GCC unroll 3
      for (int pair = 0; pair < kRowPairs; ++pair) {
        // An odd last row is its own partner.
        const int second = 2 * pair + 1 < kRows ? 2 * pair + 1 : 2 * pair;
        rows[pair] = load_rows(a + 2 * pair * t.a_stride, a + second * t.a_stride);
      }
#pragma GCC unroll 4
      for (int quad = 0; quad < kQuads; ++quad) {
        // Without this GCC loads all columns at once, and sums have to leave their registers.
        __asm__ volatile("" ::: "memory");
        const int8x16x2_t columns = load_columns(b + quad * 4 * kGroup);
#pragma GCC unroll 3
        for (int pair = 0; pair < kRowPairs; ++pair) {
          int32x4_t* block = &sum[pair][2 * quad];
          block[0] = vusmmlaq_s32(block[0], rows[pair], columns.val[0]);
          block[1] = vusmmlaq_s32(block[1], rows[pair], columns.val[1]);
        }
      }
      a += 2 * kGroup;
      b += 2 * kGroup * kPanelColumns;
    }
#pragma GCC unroll 3
    for (int pair = 0; pair < kRowPairs; ++pair) {
#pragma GCC unroll 2
      for (int v = 0; v < kPanelVectors; ++v) {
        const int32x4_t* block = &sum[pair][4 * v];
        store_results(t, 2 * pair, v,
                      {first_row(block[0], block[1]), first_row(block[2], block[3])}, 0);
        if (2 * pair + 1 == kRows) continue;
        store_results(t, 2 * pair + 1, v,
                      {second_row(block[0], block[1]), second_row(block[2], block[3])}, 0);
      }
    }
  }
};

void gemm_int8_blocks(const GemmInt8Args& g) {
  multiply_int8<MultiplyInt8Blocks>(g);
}

}  // namespace
}  // namespace jnlp
