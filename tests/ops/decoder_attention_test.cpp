#include <gtest/gtest.h>

#include <cmath>

#include "kernels/dispatch.h"
#include "ops/cached_attention.h"
#include "ops/cross_attention.h"
#include "ops/log_softmax.h"
#include "support/random_values.h"

namespace jnlp {
namespace {

using test::random_values;

// One head of one query, in double.
std::vector<double> attend(const float* query, const float* key, const float* value, int64_t stride,
                           const std::vector<int32_t>& rows, int64_t size, double scale,
                           const float* bias) {
  std::vector<double> weights;
  double sum = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    double score = 0;
    for (int64_t c = 0; c < size; ++c) {
      score += static_cast<double>(query[c]) * key[rows[i] * stride + c];
    }
    weights.push_back(std::exp(score * scale + (bias != nullptr ? bias[i] : 0.0F)));
    sum += weights.back();
  }
  std::vector<double> out(static_cast<size_t>(size));
  for (size_t i = 0; i < rows.size(); ++i) {
    for (int64_t c = 0; c < size; ++c) {
      out[static_cast<size_t>(c)] += weights[i] / sum * value[rows[i] * stride + c];
    }
  }
  return out;
}

constexpr int64_t kHeads = 3;
constexpr int64_t kHeadSize = 12;
constexpr int64_t kSize = kHeads * kHeadSize;

TEST(CachedAttention, EachHypothesisSeesItsOwnPath) {
  const std::vector<std::vector<int32_t>> paths = {{0, 2, 5}, {0, 3, 4}, {1}};
  constexpr int64_t kSteps = 4;
  const std::vector<float> query = random_values(3 * kSize, 1);
  const std::vector<float> memory = random_values(6 * 2 * kSize, 2);
  const std::vector<float> bias = random_values(kHeads * kSteps, 3);
  for (const Kernels* kernels : available_kernels()) {
    for (const bool with_bias : {false, true}) {
      ThreadPool pool(2);
      const Exec exec{*kernels, pool};
      CachedAttention in{query.data(), kSize, memory.data(), memory.data() + kSize,
                         2 * kSize,    paths, kHeads,        kHeadSize,
                         0.3F};
      if (with_bias) in.bias = bias.data();
      in.bias_columns = kSteps;
      FloatBuffer scores;
      std::vector<float> out(3 * kSize);
      cached_attention(exec, in, &scores, out.data(), kSize);
      for (size_t h = 0; h < paths.size(); ++h) {
        for (int64_t head = 0; head < kHeads; ++head) {
          const auto at = static_cast<int64_t>(h) * kSize + head * kHeadSize;
          const auto length = static_cast<int64_t>(paths[h].size());
          const std::vector<double> exact =
              attend(query.data() + at, memory.data() + head * kHeadSize,
                     memory.data() + kSize + head * kHeadSize, 2 * kSize, paths[h], kHeadSize, 0.3,
                     with_bias ? bias.data() + (head + 1) * kSteps - length : nullptr);
          for (int64_t c = 0; c < kHeadSize; ++c) {
            EXPECT_NEAR(out[static_cast<size_t>(at + c)], exact[static_cast<size_t>(c)], 1e-6)
                << kernels->name;
          }
        }
      }
    }
  }
}

TEST(CrossAttention, EachGroupSeesItsOwnSource) {
  const std::vector<int32_t> cu_seqlens = {0, 5, 6, 40};
  const std::vector<float> memory = random_values(40 * 2 * kSize, 4);
  const std::vector<float> query = random_values(6 * kSize, 5);
  const std::vector<QueryGroup> groups = {{0, 0, 2}, {2, 2, 4}};
  for (const Kernels* kernels : available_kernels()) {
    ThreadPool pool(2);
    const Exec exec{*kernels, pool};
    PackedSources sources;
    sources.pack(exec, memory.data(), memory.data() + kSize, 2 * kSize, cu_seqlens, kHeads,
                 kHeadSize);
    FloatBuffer scores;
    std::vector<float> out(6 * kSize);
    cross_attention(exec, sources, groups, query.data(), kSize, 0.2F, &scores, out.data(), kSize);
    for (const QueryGroup& group : groups) {
      std::vector<int32_t> rows;
      for (int32_t r = cu_seqlens[static_cast<size_t>(group.sequence)];
           r < cu_seqlens[static_cast<size_t>(group.sequence) + 1]; ++r) {
        rows.push_back(r);
      }
      for (int64_t q = group.first; q < group.first + group.count; ++q) {
        for (int64_t head = 0; head < kHeads; ++head) {
          const int64_t at = q * kSize + head * kHeadSize;
          const std::vector<double> exact = attend(
              query.data() + at, memory.data() + head * kHeadSize,
              memory.data() + kSize + head * kHeadSize, 2 * kSize, rows, kHeadSize, 0.2, nullptr);
          for (int64_t c = 0; c < kHeadSize; ++c) {
            EXPECT_NEAR(out[static_cast<size_t>(at + c)], exact[static_cast<size_t>(c)], 1e-6)
                << kernels->name;
          }
        }
      }
    }
  }
}

TEST(LogSoftmax, AlsoOverMoreThanABlockAndWhatCannotCome) {
  const float never = -std::numeric_limits<float>::infinity();
  for (const Kernels* kernels : available_kernels()) {
    std::vector<float> x = random_values(2500, 6);
    std::fill_n(x.begin(), 1100, never);
    double sum = 0;
    for (const float value : x) sum += std::exp(static_cast<double>(value));
    const std::vector<float> before = x;
    log_softmax(*kernels, x.data(), static_cast<int64_t>(x.size()));
    EXPECT_EQ(x[0], never);
    for (size_t i = 1100; i < x.size(); ++i) {
      EXPECT_NEAR(x[i], before[i] - std::log(sum), 2e-6) << kernels->name;
    }
  }
}

}  // namespace
}  // namespace jnlp
