#include "tasks/batching.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace jnlp {
namespace {

// Remembers its batches and answers with the ids it got, so that a misplaced row is seen.
class EchoBackend : public Backend {
 public:
  explicit EchoBackend(Head head) : head_(head) {}

  Head head() const override { return head_; }
  int64_t output_size() const override { return 2; }
  int64_t max_sequence_length() const override { return 512; }
  std::string description() const override { return "echo"; }
  Output run(const Batch& batch) override {
    sequences.push_back(batch.sequences());
    tokens.push_back(batch.tokens());
    Output output{.rows = 0, .columns = 2, .values = {}};
    for (int64_t s = 0; s < batch.sequences(); ++s) {
      const int32_t begin = batch.cu_seqlens[s];
      const int32_t end = head_ == Head::embedding ? begin + 1 : batch.cu_seqlens[s + 1];
      for (int32_t t = begin; t < end; ++t, ++output.rows) {
        output.values.push_back(static_cast<float>(batch.token_ids[t]));
        output.values.push_back(static_cast<float>(batch.type_ids[t]));
      }
    }
    return output;
  }

  std::vector<int64_t> sequences;
  std::vector<int64_t> tokens;

 private:
  Head head_;
};

std::vector<Encoding> encodings_of_lengths(const std::vector<int>& lengths) {
  std::vector<Encoding> encodings;
  int32_t next = 0;
  for (const int length : lengths) {
    Encoding& encoding = encodings.emplace_back();
    for (int t = 0; t < length; ++t) encoding.ids.push_back(next++);
    encoding.type_ids.assign(encoding.ids.size(), static_cast<int32_t>(encodings.size()));
  }
  return encodings;
}

TEST(RunEncodings, KeepsTheLimitsAndTheOrder) {
  EchoBackend backend(Head::token_classification);
  const std::vector<Encoding> encodings = encodings_of_lengths({3, 4, 20, 1, 1, 1, 5});
  const std::vector<Output> outputs =
      run_encodings(backend, encodings, {.max_sequences = 3, .max_tokens = 8});
  EXPECT_EQ(backend.sequences, (std::vector<int64_t>{2, 1, 3, 1}));
  EXPECT_EQ(backend.tokens, (std::vector<int64_t>{7, 20, 3, 5}));
  ASSERT_EQ(outputs.size(), encodings.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    ASSERT_EQ(outputs[i].rows, static_cast<int64_t>(encodings[i].size()));
    for (int64_t t = 0; t < outputs[i].rows; ++t) {
      EXPECT_EQ(outputs[i].row(t)[0], static_cast<float>(encodings[i].ids[t]));
      EXPECT_EQ(outputs[i].row(t)[1], static_cast<float>(encodings[i].type_ids[t]));
    }
  }
}

TEST(RunEncodings, GivesOneRowPerSequenceForEmbeddings) {
  EchoBackend backend(Head::embedding);
  const std::vector<Encoding> encodings = encodings_of_lengths({3, 4, 2});
  const std::vector<Output> outputs = run_encodings(backend, encodings, BatchLimits());
  ASSERT_EQ(outputs.size(), 3U);
  for (size_t i = 0; i < outputs.size(); ++i) {
    ASSERT_EQ(outputs[i].rows, 1);
    EXPECT_EQ(outputs[i].row(0)[0], static_cast<float>(encodings[i].ids[0]));
  }
}

TEST(BatchRunner, HandsOutputsOutAsSoonAsABatchIsFull) {
  EchoBackend backend(Head::token_classification);
  std::vector<float> first_ids;
  BatchRunner runner(backend, {.max_sequences = 2},
                     [&](const Output& output) { first_ids.push_back(output.values[0]); });
  std::vector<size_t> handed_out;
  for (const Encoding& encoding : encodings_of_lengths({3, 4, 2, 1, 1})) {
    runner.add(encoding);
    handed_out.push_back(first_ids.size());
  }
  EXPECT_EQ(handed_out, (std::vector<size_t>{0, 0, 2, 2, 4}));
  runner.finish();
  runner.finish();
  EXPECT_EQ(first_ids, (std::vector<float>{0, 3, 7, 9, 10}));
}

TEST(RunEncodings, DoesNothingForNothing) {
  EchoBackend backend(Head::embedding);
  EXPECT_TRUE(run_encodings(backend, {}, BatchLimits()).empty());
  EXPECT_TRUE(backend.sequences.empty());
}

TEST(SplitOutput, GivesEachEncodingItsRows) {
  for (const Head head : {Head::embedding, Head::token_classification}) {
    EchoBackend backend(head);
    const std::vector<Encoding> encodings = encodings_of_lengths({3, 1, 5});
    Batch batch;
    for (const Encoding& encoding : encodings) batch.add(encoding.ids, encoding.type_ids);
    const std::vector<Output> split = split_output(backend.run(batch), head, encodings);
    const std::vector<Output> expected = run_encodings(backend, encodings, {});
    ASSERT_EQ(split.size(), 3U);
    for (size_t i = 0; i < split.size(); ++i) {
      EXPECT_EQ(split[i].rows, head == Head::embedding ? 1 : std::ssize(encodings[i].ids));
      EXPECT_EQ(split[i].columns, 2);
      EXPECT_EQ(split[i].values, expected[i].values);
    }
  }
}

}  // namespace
}  // namespace jnlp
