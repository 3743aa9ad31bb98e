#include "ops/attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/dispatch.h"
#include "support/random_values.h"

namespace jnlp {
namespace {

struct Case {
  std::vector<int32_t> cu_seqlens;
  int64_t heads;
  int64_t head_size;
  bool with_bias;
};

using test::random_values;

// Attention of one query, as the formula says it, in double.
std::vector<double> exact_row(const float* query, const float* keys, const float* values,
                              int64_t stride, int64_t length, int64_t d, const float* bias) {
  std::vector<double> weight(static_cast<size_t>(length));
  double sum = 0;
  for (int64_t j = 0; j < length; ++j) {
    double score = 0;
    for (int64_t k = 0; k < d; ++k) score += static_cast<double>(query[k]) * keys[j * stride + k];
    score /= std::sqrt(static_cast<double>(d));
    if (bias != nullptr) score += bias[j];
    sum += weight[static_cast<size_t>(j)] = std::exp(score);
  }
  std::vector<double> out(static_cast<size_t>(d));
  for (int64_t j = 0; j < length; ++j) {
    for (int64_t k = 0; k < d; ++k) {
      out[static_cast<size_t>(k)] += weight[static_cast<size_t>(j)] / sum * values[j * stride + k];
    }
  }
  return out;
}

int64_t bytes_of(const AttendScratch& scratch) {
  return scratch.keys.size() + scratch.values.size() + scratch.queries.size() +
         scratch.weights.size() + 4 * (scratch.scores.size() + scratch.addend.size()) +
         static_cast<int64_t>(sizeof(SoftmaxRow)) * scratch.rows.size();
}

// Compares with the formula; returns the bytes of a worker's scratch memory.
int64_t check(const Case& c, const Kernels& kernels, bool bf16 = false, double tolerance = 2e-6) {
  const int64_t size = c.heads * c.head_size;
  const int64_t tokens = c.cu_seqlens.back();
  const std::vector<float> qkv = random_values(tokens * 3 * size, 1);
  const int64_t reach = tokens;
  const std::vector<float> bias = random_values(c.heads * (2 * reach + 1), 2);
  ThreadPool pool(2);
  const Exec exec{kernels, pool};
  AttentionInput in{qkv.data(), 3 * size,     qkv.data() + size, qkv.data() + 2 * size,
                    3 * size,   c.cu_seqlens, c.heads,           c.head_size};
  if (c.with_bias) {
    in.bias = bias.data();
    in.bias_reach = reach;
  }
  in.bf16 = bf16;
  AttentionScratch scratch;
  std::vector<float> out(static_cast<size_t>(tokens * size));
  attention(exec, in, &scratch, out.data(), size);
  for (size_t s = 0; s + 1 < c.cu_seqlens.size(); ++s) {
    const int64_t begin = c.cu_seqlens[s];
    const int64_t length = c.cu_seqlens[s + 1] - begin;
    for (int64_t head = 0; head < c.heads; ++head) {
      const float* start = qkv.data() + begin * 3 * size + head * c.head_size;
      // A few rows of long sequences are enough.
      for (int64_t i = 0; i < length; i += std::max<int64_t>(1, length / 20)) {
        const float* row_bias =
            c.with_bias ? bias.data() + head * (2 * reach + 1) + reach - i : nullptr;
        const std::vector<double> exact =
            exact_row(start + i * 3 * size, start + size, start + 2 * size, 3 * size, length,
                      c.head_size, row_bias);
        for (int64_t k = 0; k < c.head_size; ++k) {
          const auto at = static_cast<size_t>((begin + i) * size + head * c.head_size + k);
          EXPECT_NEAR(out[at], exact[static_cast<size_t>(k)], tolerance)
              << kernels.name << " sequence " << s << " head " << head << " row " << i;
        }
      }
    }
  }
  return bytes_of(scratch.per_worker[0]);
}

TEST(Attention, FollowsTheFormula) {
  for (const Kernels* kernels : available_kernels()) {
    for (const bool with_bias : {false, true}) {
      check({{0, 1, 3, 20, 69}, 3, 8, with_bias}, *kernels);
      check({{0, 49, 65}, 2, 11, with_bias}, *kernels);
      check({{0, 33}, 1, 32, with_bias}, *kernels);
    }
  }
}

TEST(Attention, InBf16FollowsTheFormulaRoughly) {
  int tried = 0;
  for (const Kernels* kernels : available_kernels()) {
    if (kernels->bf16_attention == nullptr) continue;
    ++tried;
    for (const bool with_bias : {false, true}) {
      check({{0, 1, 3, 20, 69}, 3, 8, with_bias}, *kernels, true, 0.03);
      check({{0, 49, 65}, 2, 11, with_bias}, *kernels, true, 0.03);
      check({{0, 37}, 3, 16, with_bias}, *kernels, true, 0.03);
      check({{0, 33}, 1, 64, with_bias}, *kernels, true, 0.03);
      // Means of many values err by little.
      check({{0, 600, 1300}, 2, 32, with_bias}, *kernels, true, 3e-3);
    }
  }
  if (tried == 0) GTEST_SKIP() << "no kernels here with attention in BF16";
}

// Where kernels have no such products, the flag changes nothing.
TEST(Attention, Bf16IsFp32Elsewhere) {
  for (const Kernels* kernels : available_kernels()) {
    if (kernels->bf16_attention != nullptr) continue;
    check({{0, 20, 30}, 2, 8, false}, *kernels, true, 2e-6);
  }
}

TEST(Attention, TakesKeysInBlocks) {
  for (const Kernels* kernels : available_kernels()) {
    if (std::string_view(kernels->name) == "reference") continue;  // slow
    for (const bool with_bias : {false, true}) {
      check({{0, 513, 1550}, 1, 16, with_bias}, *kernels);
    }
  }
}

TEST(Attention, LongSequencesNeedLittleMemory) {
  // Short enough for an emulator.
  const int64_t shorter = check({{0, 1024}, 1, 16, false}, best_kernels());
  const int64_t longer = check({{0, 2048}, 1, 16, false}, best_kernels());
  EXPECT_LT(longer - shorter, 1024 * 16);
}

class AttentionBits : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(Types, AttentionBits, testing::Bool(),
                         [](const auto& type) { return type.param ? "bf16" : "fp32"; });

TEST_P(AttentionBits, FirstTokensAloneGiveTheSame) {
  const std::vector<int32_t> cu_seqlens = {0, 5, 6, 40, 640};
  const int64_t size = 32;
  const std::vector<float> qkv = random_values(640 * 3 * size, 1);
  ThreadPool pool(2);
  for (const Kernels* kernels : available_kernels()) {
    const Exec exec{*kernels, pool};
    AttentionInput in{
        qkv.data(), 3 * size, qkv.data() + size, qkv.data() + 2 * size, 3 * size, cu_seqlens, 4, 8};
    in.bf16 = GetParam();
    AttentionScratch scratch;
    std::vector<float> all(640 * size);
    attention(exec, in, &scratch, all.data(), size);
    std::vector<float> queries;
    for (const int64_t token : {0, 5, 6, 40}) {
      queries.insert(queries.end(), qkv.begin() + token * 3 * size,
                     qkv.begin() + token * 3 * size + size);
    }
    in.query = queries.data();
    in.query_stride = size;
    in.first_token_only = true;
    std::vector<float> first(4 * size);
    attention(exec, in, &scratch, first.data(), size);
    for (const int64_t s : {0, 1, 2, 3}) {
      EXPECT_TRUE(std::equal(first.begin() + s * size, first.begin() + (s + 1) * size,
                             all.begin() + cu_seqlens[static_cast<size_t>(s)] * size))
          << kernels->name << " " << s;
    }
  }
}

// Alone, behind another sequence, and with longer scratch memory left by one before.
TEST_P(AttentionBits, AreThoseOfTheSequenceAlone) {
  const int64_t size = 32;
  const std::vector<float> qkv = random_values(700 * 3 * size, 1);
  ThreadPool pool(2);
  const Exec exec{best_kernels(), pool};
  const std::vector<int32_t> together = {0, 600, 637, 700};
  AttentionInput in{
      qkv.data(), 3 * size, qkv.data() + size, qkv.data() + 2 * size, 3 * size, together, 4, 8};
  in.bf16 = GetParam();
  AttentionScratch scratch;
  std::vector<float> all(700 * size);
  attention(exec, in, &scratch, all.data(), size);
  const std::vector<int32_t> alone = {0, 37};
  in.query += 600 * 3 * size;
  in.key += 600 * 3 * size;
  in.value += 600 * 3 * size;
  in.cu_seqlens = alone;
  std::vector<float> one(37 * size);
  attention(exec, in, &scratch, one.data(), size);
  EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + 600 * size));
}

}  // namespace
}  // namespace jnlp
