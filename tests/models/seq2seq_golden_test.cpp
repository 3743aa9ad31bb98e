#include <gtest/gtest.h>

#include "kernels/dispatch.h"
#include "models/seq2seq_model.h"
#include "support/golden_seq2seq.h"

namespace jnlp {
namespace {

class Seq2SeqGolden : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { golden_ = test::load_golden_seq2seq(GetParam()); }

  Seq2SeqModel load(int threads, const Kernels& kernels, const EngineOptions& options = {}) const {
    return Seq2SeqModel(ModelDir::open(golden_.directory), std::make_shared<ThreadPool>(threads),
                        kernels, options);
  }

  // All sources of the case.
  Batch all() const {
    Batch batch;
    for (const std::vector<int32_t>& source : golden_.sources) batch.add(source);
    return batch;
  }

  test::GoldenSeq2Seq golden_;
};

void expect_equal(const std::vector<GeneratedSequence>& actual,
                  const std::vector<GeneratedSequence>& expected, const std::string& where) {
  ASSERT_EQ(actual.size(), expected.size()) << where;
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(actual[i].token_ids, expected[i].token_ids) << where << ", sequence " << i;
    EXPECT_NEAR(actual[i].score, expected[i].score, 5e-5F * (1 + std::abs(expected[i].score)))
        << where << ", sequence " << i;
  }
}

TEST_P(Seq2SeqGolden, WritesTheReferencesTokensInEveryRun) {
  Seq2SeqModel model = load(2, best_kernels());
  size_t compared = 0;
  for (const test::GoldenRun& run : golden_.runs) {
    const auto results = model.generate(all(), test::with_options(golden_.directory, run.options));
    for (size_t i = 0; i < run.sources.size(); ++i) {
      expect_equal(results[run.sources[i]], run.results[i],
                   dump_json(run.options) + ", source " + std::to_string(run.sources[i]));
      compared += run.results[i].size();
    }
  }
  EXPECT_GT(compared, 20U);
  RecordProperty("sequences", std::to_string(compared));
}

bool same(const std::vector<GeneratedSequence>& a, const std::vector<GeneratedSequence>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const GeneratedSequence& one, const GeneratedSequence& other) {
                      return one.token_ids == other.token_ids && one.score == other.score;
                    });
}

// Scores are sums over all logits that led there, so equal ones mean that all of these were.
TEST_P(Seq2SeqGolden, SameBitsAloneInAnyBatchOnAnyThreadsWithAnyKernels) {
  Seq2SeqOptions beams = test::with_options(golden_.directory, Json::object());
  beams.num_beams = 3;
  beams.num_return_sequences = 3;
  beams.max_new_tokens = 8;
  Seq2SeqOptions greedy = beams;
  greedy.num_beams = 1;
  greedy.num_return_sequences = 1;
  for (const Seq2SeqOptions& options : {beams, greedy}) {
    std::vector<std::vector<GeneratedSequence>> expected;
    for (const Kernels* kernels : available_kernels()) {
      for (const int threads : {1, 3}) {
        Seq2SeqModel model = load(threads, *kernels);
        for (size_t s = 0; s < golden_.sources.size(); ++s) {
          Batch one;
          one.add(golden_.sources[s]);
          const auto alone = model.generate(one, options);
          if (expected.size() < golden_.sources.size()) expected.push_back(alone[0]);
          ASSERT_TRUE(same(alone[0], expected[s])) << kernels->name << ", source " << s;
        }
        // In reverse and repeated, past one chunk of work.
        Batch batch;
        const size_t count = golden_.sources.size();
        for (size_t i = 0; i < 7 * count; ++i) batch.add(golden_.sources[count - 1 - i % count]);
        const auto results = model.generate(batch, options);
        for (size_t i = 0; i < results.size(); ++i) {
          ASSERT_TRUE(same(results[i], expected[count - 1 - i % count]))
              << kernels->name << ", " << threads << " threads, place " << i;
        }
      }
    }
  }
}

TEST_P(Seq2SeqGolden, NarrowWeightsGiveTheSameBitsAloneAndInABatch) {
  Seq2SeqOptions options = test::with_options(golden_.directory, Json::object());
  options.num_beams = 2;
  options.max_new_tokens = 6;
  for (const WeightType type : {WeightType::bf16, WeightType::f16, WeightType::int8}) {
    for (const Kernels* kernels : available_kernels()) {
      Seq2SeqModel model = load(2, *kernels, {type});
      const auto together = model.generate(all(), options);
      for (size_t s = 0; s < golden_.sources.size(); ++s) {
        Batch one;
        one.add(golden_.sources[s]);
        EXPECT_TRUE(same(model.generate(one, options)[0], together[s]))
            << kernels->name << " " << to_string(type) << ", source " << s;
      }
    }
  }
}

// BF16 and FP16 keep most of the first tokens; the weights in the file are BF16 already.
TEST_P(Seq2SeqGolden, NarrowWeightsStayCloseToTheReference) {
  Seq2SeqOptions options = test::with_options(golden_.directory, Json::object());
  options.max_new_tokens = 1;
  const auto expected = load(2, best_kernels()).generate(all(), options);
  for (const WeightType type : {WeightType::bf16, WeightType::f16, WeightType::int8}) {
    const auto results = load(2, best_kernels(), {type}).generate(all(), options);
    size_t equal = 0;
    for (size_t s = 0; s < results.size(); ++s) {
      if (results[s][0].token_ids != expected[s][0].token_ids) continue;
      ++equal;
      EXPECT_NEAR(results[s][0].score, expected[s][0].score, 1.0F) << to_string(type);
    }
    EXPECT_GE(2 * equal, results.size()) << to_string(type);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Seq2SeqGolden, ::testing::ValuesIn(test::golden_seq2seq_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace jnlp
