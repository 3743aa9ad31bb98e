#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <sstream>

#include "kernels/dispatch.h"
#include "models/encoder_model.h"
#include "support/golden_model.h"

namespace jnlp {
namespace {

class EncoderGolden : public ::testing::TestWithParam<std::string> {
 protected:
  static EncoderModel load(const std::string& name, int threads, const Kernels& kernels,
                           const EngineOptions& options = {}) {
    return EncoderModel(ModelDir::open(test::load_golden_model(name).directory),
                        std::make_shared<ThreadPool>(threads), std::nullopt, kernels, options);
  }
};

// The tolerance is 1e-5 of the largest output.
TEST_P(EncoderGolden, AgreesWithTheReference) {
  const test::GoldenModel golden = test::load_golden_model(GetParam());
  float largest = 0;
  for (const float value : golden.output) largest = std::max(largest, std::abs(value));
  for (const Kernels* kernels : available_kernels()) {
    const Output output = load(GetParam(), 2, *kernels).run(golden.batch);
    ASSERT_EQ(output.values.size(), golden.output.size());
    float worst = 0;
    for (size_t i = 0; i < golden.output.size(); ++i) {
      worst = std::max(worst, std::abs(output.values[i] - golden.output[i]));
    }
    EXPECT_LE(worst, 1e-5F * largest) << kernels->name;
    std::ostringstream relative;
    relative << worst / largest;
    RecordProperty(kernels->name, relative.str());
  }
}

// Rows of one sequence in a batch's output.
std::vector<float> rows_of(const Output& output, const Batch& batch, int64_t sequence) {
  const bool per_token = output.rows == batch.tokens() && batch.tokens() != batch.sequences();
  const int64_t begin = per_token ? batch.cu_seqlens[static_cast<size_t>(sequence)] : sequence;
  const int64_t end = per_token ? batch.cu_seqlens[static_cast<size_t>(sequence) + 1] : begin + 1;
  return {output.values.begin() + begin * output.columns,
          output.values.begin() + end * output.columns};
}

TEST_P(EncoderGolden, SameBitsAloneInAnyBatchOnAnyThreadsWithAnyKernels) {
  const test::GoldenModel golden = test::load_golden_model(GetParam());
  const int64_t sequences = golden.batch.sequences();
  std::vector<std::vector<float>> expected;
  for (const Kernels* kernels : available_kernels()) {
    for (const int threads : {1, 2, 3}) {
      EncoderModel model = load(GetParam(), threads, *kernels);
      for (int64_t s = 0; s < sequences; ++s) {
        const Output alone = model.run(test::single(golden.batch, s));
        if (expected.size() < static_cast<size_t>(sequences)) expected.push_back(alone.values);
        ASSERT_EQ(alone.values, expected[static_cast<size_t>(s)])
            << kernels->name << " " << threads << " threads, sequence " << s;
      }
      // Each sequence at several places: in order, reversed, and repeated past one chunk of work.
      for (const bool reversed : {false, true}) {
        Batch batch;
        std::vector<int64_t> order;
        for (int round = 0; round < 20; ++round) {
          for (int64_t s = 0; s < sequences; ++s) {
            order.push_back(reversed ? sequences - 1 - s : s);
            const Batch one = test::single(golden.batch, order.back());
            batch.add(one.token_ids, one.type_ids);
          }
        }
        const Output output = model.run(batch);
        for (size_t i = 0; i < order.size(); ++i) {
          ASSERT_EQ(rows_of(output, batch, static_cast<int64_t>(i)),
                    expected[static_cast<size_t>(order[i])])
              << kernels->name << " " << threads << " threads, place " << i;
        }
      }
    }
  }
}

// Of the largest output; the tiny models have five layers at most.
constexpr std::array kNarrowTypes = {WeightType::bf16, WeightType::f16, WeightType::int8};

// INT8's is wide: these tiny random models have layers of 32 inputs, whose errors hardly even out.
float tolerance_of(WeightType type, const Kernels& kernels) {
  if (type == WeightType::int8) return 0.2F;
  if (type == WeightType::bf16) return 3e-2F;
  return kernels.adds_f16 ? 6e-3F : 3e-3F;
}

// Instructions that multiply pairs of BF16 round by themselves, and so does attention with them;
// those of FP16 round each sum to it.
bool has_bits_of_its_own(const Kernels& kernels, WeightType type) {
  if (type == WeightType::f16) return kernels.adds_f16;
  if (type == WeightType::bf16) return kernels.bf16_bytes == 2;
  return kernels.bf16_attention != nullptr;
}

TEST_P(EncoderGolden, NarrowWeightsStayCloseToTheReference) {
  const test::GoldenModel golden = test::load_golden_model(GetParam());
  float largest = 0;
  for (const float value : golden.output) largest = std::max(largest, std::abs(value));
  for (const WeightType type : kNarrowTypes) {
    std::vector<float> expected;
    for (const Kernels* kernels : available_kernels()) {
      const Output output = load(GetParam(), 2, *kernels, {type}).run(golden.batch);
      ASSERT_EQ(output.values.size(), golden.output.size());
      float worst = 0;
      for (size_t i = 0; i < golden.output.size(); ++i) {
        worst = std::max(worst, std::abs(output.values[i] - golden.output[i]));
      }
      EXPECT_LE(worst, tolerance_of(type, *kernels) * largest)
          << kernels->name << " " << to_string(type);
      EXPECT_GT(worst, 0) << kernels->name << " " << to_string(type);
      if (has_bits_of_its_own(*kernels, type)) continue;
      if (expected.empty()) expected = output.values;
      EXPECT_EQ(output.values, expected) << kernels->name << " " << to_string(type);
    }
  }
}

TEST_P(EncoderGolden, NarrowWeightsGiveTheSameBitsAloneInABatchAndOnAnyThreads) {
  const test::GoldenModel golden = test::load_golden_model(GetParam());
  for (const Kernels* kernels : available_kernels()) {
    for (const WeightType type : kNarrowTypes) {
      std::vector<std::vector<float>> expected;
      for (const int threads : {1, 3}) {
        EncoderModel model = load(GetParam(), threads, *kernels, {type});
        const Output all = model.run(golden.batch);
        for (int64_t s = 0; s < golden.batch.sequences(); ++s) {
          const Output alone = model.run(test::single(golden.batch, s));
          if (threads == 1) expected.push_back(alone.values);
          ASSERT_EQ(alone.values, expected[static_cast<size_t>(s)])
              << kernels->name << " " << to_string(type) << ", sequence " << s;
          ASSERT_EQ(rows_of(all, golden.batch, s), alone.values)
              << kernels->name << " " << to_string(type) << ", sequence " << s;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EncoderGolden, ::testing::ValuesIn(test::golden_model_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace jnlp
