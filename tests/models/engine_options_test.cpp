#include "models/engine_options.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jnlp {
namespace {

using Names = std::vector<std::string>;

const Json kRecommends = {{"int8_keep_fp32", {"ffn.down", "embeddings.word"}}};

TEST(EngineOptions, Int8KeepsWhatTheModelRecommends) {
  const EngineOptions options = EngineOptions{WeightType::int8}.completed_by(kRecommends);
  EXPECT_EQ(options.keep_f32, (Names{"ffn.down", "embeddings.word"}));
  EXPECT_EQ(options.type_of({"layers.3.ffn.down"}), WeightType::f32);
  EXPECT_EQ(options.type_of({"layers.3.ffn.up"}), WeightType::int8);
}

TEST(EngineOptions, WhatIsSaidStands) {
  for (const Names& said : {Names{"layers.0."}, Names{}}) {
    const EngineOptions options = EngineOptions{WeightType::int8, said}.completed_by(kRecommends);
    EXPECT_EQ(options.keep_f32, said);
  }
}

TEST(EngineOptions, OnlyInt8KeepsAnything) {
  EXPECT_EQ(EngineOptions{WeightType::bf16}.completed_by(kRecommends).keep_f32, Names{});
  const EngineOptions unset = EngineOptions{}.completed_by(kRecommends);
  EXPECT_EQ(unset.keep_f32, Names{});
  EXPECT_EQ(unset.weights, WeightType::f32);
  EXPECT_EQ(EngineOptions{WeightType::int8}.completed_by(Json::object()).keep_f32, Names{});
}

TEST(EngineOptions, ARecommendationIsAListOfNames) {
  for (const Json& wrong : {Json("ffn.down"), Json::array({1}), Json(nullptr)}) {
    EXPECT_THROW(EngineOptions{WeightType::int8}.completed_by({{"int8_keep_fp32", wrong}}), Error);
  }
}

}  // namespace
}  // namespace jnlp
