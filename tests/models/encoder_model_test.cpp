#include "models/encoder_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "kernels/dispatch.h"
#include "support/batch_of.h"
#include "support/golden_model.h"
#include "support/resident_pages.h"

namespace jnlp {
namespace {

using test::batch_of;

EncoderModel load_encoder(const std::string& name, std::optional<Head> head = std::nullopt) {
  return EncoderModel(ModelDir::open(test::load_golden_model(name).directory),
                      std::make_shared<ThreadPool>(2), head, best_kernels());
}

void expect_error(EncoderModel& model, const Batch& batch, const std::string& part) {
  try {
    model.run(batch);
    ADD_FAILURE() << "accepted; expected: " << part;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_input);
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(EncoderModel, NamesTheSequenceThatIsWrong) {
  EncoderModel model = load_encoder("bert_sequenceclassification");
  expect_error(model, batch_of({{5}, {}}), "sequence 1 is empty");
  expect_error(model, batch_of({{5}, {6, 51}}), "sequence 1 has the token id 51");
  expect_error(model, batch_of({{-1}}), "sequence 0 has the token id -1");
  expect_error(model, batch_of({std::vector<int32_t>(41, 5)}), "at most 40");
  Batch types = batch_of({{5, 6}});
  types.type_ids[1] = 2;
  expect_error(model, types, "type id 2");
  Batch lengths = batch_of({{5, 6}});
  lengths.cu_seqlens.back() = 3;
  expect_error(model, lengths, "lengths");
  lengths.cu_seqlens = {};
  expect_error(model, lengths, "lengths");
}

TEST(EncoderModel, ABatchOfNothingGivesNothing) {
  EncoderModel model = load_encoder("bert_sequenceclassification");
  EXPECT_EQ(model.run(Batch()).rows, 0);
}

// Layers are packed copies; only tables are read where they lie, and come back when they are used.
TEST(EncoderModel, WhatWasReadToPackLayersIsNoMemoryOfAPackedModel) {
  for (const WeightType type : {WeightType::f32, WeightType::int8}) {
    const test::GoldenModel golden = test::load_golden_model("bert_sequenceclassification");
    EncoderModel model(ModelDir::open(golden.directory), std::make_shared<ThreadPool>(2),
                       std::nullopt, best_kernels(), {type, {}});
    EXPECT_EQ(test::resident_kb(golden.directory / "model.safetensors"), 0);
    const std::vector<float> first = model.run(golden.batch).values;
    EXPECT_EQ(model.run(golden.batch).values, first);
  }
}

TEST(EncoderModel, IgnoresTypeIdsWhereTheModelHasNone) {
  EncoderModel model = load_encoder("distilbert_sequenceclassification");
  Batch batch = batch_of({{5, 6, 7}});
  const Output plain = model.run(batch);
  batch.type_ids = {0, 1, 1};
  EXPECT_EQ(model.run(batch).values, plain.values);
}

TEST(EncoderModel, AnyEncoderGivesEmbeddings) {
  EncoderModel model = load_encoder("roberta_sequenceclassification", Head::embedding);
  EXPECT_EQ(model.output_size(), 32);
  const Output output = model.run(batch_of({{5, 6, 7}, {8}}));
  EXPECT_EQ(output.rows, 2);
  for (const float value : output.values) EXPECT_TRUE(std::isfinite(value));
}

TEST(EncoderModel, AHeadThatTheFileLacksIsNamed) {
  try {
    load_encoder("bert_model", Head::question_answering);
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(e.what()).find("qa_outputs.weight"), std::string::npos) << e.what();
  }
}

TEST(EncoderModel, RunsFromSeveralThreadsAtOnce) {
  EncoderModel model = load_encoder("bert_tokenclassification");
  const test::GoldenModel golden = test::load_golden_model("bert_tokenclassification");
  const Output expected = model.run(golden.batch);
  std::vector<std::thread> callers;
  std::vector<int> equal(3, 0);
  for (size_t caller = 0; caller < equal.size(); ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 20; ++i) {
        equal[caller] += model.run(golden.batch).values == expected.values ? 1 : 0;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(equal, std::vector<int>(3, 20));
}

}  // namespace
}  // namespace jnlp
