#include "backends/text_generator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "base/error.h"

namespace jnlp {
namespace {

std::string fault(const std::function<void(GenerateOptions*)>& change) {
  GenerateOptions options;
  change(&options);
  try {
    check_options(options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input);
    return error.what();
  }
  return "";
}

TEST(GenerateOptions, TheDefaultsAreInRange) {
  EXPECT_EQ(fault([](GenerateOptions*) {}), "");
}

TEST(GenerateOptions, WhatIsOutOfRangeIsNamed) {
  EXPECT_EQ(fault([](GenerateOptions* o) { o->temperature = -1; }),
            "temperature is -1; it must be from 0 to 100");
  EXPECT_NE(fault([](GenerateOptions* o) { o->temperature = std::nanf(""); }), "");
  EXPECT_NE(fault([](GenerateOptions* o) { o->max_tokens = -1; }), "");
  EXPECT_NE(fault([](GenerateOptions* o) { o->top_k = -1; }), "");
  EXPECT_NE(fault([](GenerateOptions* o) { o->top_p = 1.5F; }), "");
  EXPECT_NE(fault([](GenerateOptions* o) { o->min_p = 2; }), "");
  EXPECT_NE(fault([](GenerateOptions* o) { o->repeat_penalty = 0; }), "");
}

TEST(GenerateOptions, StopStringsMustBeText) {
  EXPECT_EQ(fault([](GenerateOptions* o) { o->stop = {"\n", ""}; }), "a stop string is empty");
  EXPECT_NE(fault([](GenerateOptions* o) { o->stop = {"\xC3"}; }), "");
}

TEST(GenerateOptions, AGrammarAndASchemaExcludeEachOther) {
  EXPECT_EQ(fault([](GenerateOptions* o) { o->json_schema = "{}"; }), "");
  EXPECT_NE(fault([](GenerateOptions* o) {
              o->json_schema = "{}";
              o->grammar = "root ::= \"a\"";
            }),
            "");
}

TEST(GenerationStats, RatesCountWhatWasComputed) {
  GenerationStats stats;
  EXPECT_EQ(stats.prefill_tokens_per_second(), 0);
  EXPECT_EQ(stats.decode_tokens_per_second(), 0);
  stats.prompt_tokens = 30;
  stats.reused_tokens = 20;
  stats.prefill_seconds = 0.5;
  stats.generated_tokens = 5;
  stats.decode_seconds = 2;
  EXPECT_EQ(stats.prefill_tokens_per_second(), 20);
  EXPECT_EQ(stats.decode_tokens_per_second(), 2);  // four tokens after the first
}

}  // namespace
}  // namespace jnlp
