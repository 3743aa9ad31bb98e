#include "generate/generation_defaults.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jnlp {
namespace {

const Json kConfig = {{"decoder_start_token_id", 0}, {"eos_token_id", 1}, {"num_beams", 7}};

TEST(GenerationDefaults, TheFileOfItsOwnCountsAndTokensMayStandInTheOther) {
  const Seq2SeqOptions options =
      read_generation_options(kConfig, {{"num_beams", 4},
                                        {"length_penalty", 2.0},
                                        {"early_stopping", true},
                                        {"forced_eos_token_id", 2},
                                        {"bad_words_ids", {{5}, {6, 7}}}});
  EXPECT_EQ(options.num_beams, 4);
  EXPECT_EQ(options.length_penalty, 2.0);
  EXPECT_EQ(options.early_stopping, EarlyStopping::yes);
  EXPECT_EQ(options.forced_eos_token_id, std::vector<int32_t>{2});
  EXPECT_EQ(options.bad_words_ids, (std::vector<std::vector<int32_t>>{{5}, {6, 7}}));
  EXPECT_EQ(options.decoder_start_token_id, 0);
  EXPECT_EQ(options.eos_token_id, std::vector<int32_t>{1});
}

TEST(GenerationDefaults, AnOldConfigHoldsThemItself) {
  EXPECT_EQ(read_generation_options(kConfig, nullptr).num_beams, 7);
  EXPECT_EQ(read_generation_options(kConfig, {{"early_stopping", "never"}}).early_stopping,
            EarlyStopping::never);
}

TEST(GenerationDefaults, TheTargetBeginsWithBosWhereNothingElseIsSaid) {
  EXPECT_EQ(read_generation_options({{"bos_token_id", 3}}, nullptr).decoder_start_token_id, 3);
}

void expect_error(ErrorCode code, const Json& json, const std::string& part) {
  try {
    read_generation_options(kConfig, json);
    ADD_FAILURE() << "accepted; expected: " << part;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code);
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(GenerationDefaults, NamesWhatItCannotDo) {
  expect_error(ErrorCode::unsupported, {{"do_sample", true}}, "do_sample");
  expect_error(ErrorCode::unsupported, {{"num_beam_groups", 2}}, "num_beam_groups");
  expect_error(ErrorCode::unsupported, {{"encoder_no_repeat_ngram_size", 3}}, "encoder_no_repeat");
  expect_error(ErrorCode::invalid_input, {{"num_beams", "four"}}, "num_beams");
  expect_error(ErrorCode::invalid_input, {{"early_stopping", "often"}}, "early_stopping");
  read_generation_options(kConfig, {{"do_sample", false}, {"diversity_penalty", 0.0}});
}

TEST(Settle, LengthsFollowTransformers) {
  Seq2SeqOptions options = read_generation_options(kConfig, nullptr);
  EXPECT_EQ(settle(options, 0, 10).max_length, 21);
  EXPECT_EQ(settle(options, 12, 10).max_length, 12);
  options.max_length = 7;
  options.min_length = 5;
  EXPECT_EQ(settle(options, 0, 10).max_length, 7);
  EXPECT_EQ(settle(options, 0, 10).min_length, 5);
  options.max_new_tokens = 9;
  options.min_new_tokens = 2;
  EXPECT_EQ(settle(options, 0, 10).max_length, 10);
  EXPECT_EQ(settle(options, 0, 10).min_length, 3);
  EXPECT_EQ(settle(options, 9, 10).max_length, 10);
  EXPECT_THROW(settle(options, 8, 10), Error);
}

}  // namespace
}  // namespace jnlp
