#include "generate/token_rules.h"

#include <gtest/gtest.h>

#include <cmath>

namespace jnlp {
namespace {

Seq2SeqOptions options() {
  Seq2SeqOptions options;
  options.max_length = 10;
  options.decoder_start_token_id = 0;
  options.eos_token_id = {1};
  return options;
}

// The tokens that may still come, of six with the scores 1, 2, ...
std::vector<int32_t> allowed(const Seq2SeqOptions& options, const std::vector<int32_t>& ids) {
  std::vector<float> scores = {1, 2, 3, 4, 5, 6};
  TokenRules(options).apply(ids, scores);
  std::vector<int32_t> out;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (std::isfinite(scores[i])) out.push_back(static_cast<int32_t>(i));
  }
  return out;
}

using Ids = std::vector<int32_t>;

TEST(TokenRules, WithoutRulesNothingChanges) {
  std::vector<float> scores = {1, -2, 3};
  TokenRules(options()).apply(Ids{0, 1, 1}, scores);
  EXPECT_EQ(scores, (std::vector<float>{1, -2, 3}));
}

TEST(TokenRules, RepetitionIsPenalizedOncePerToken) {
  Seq2SeqOptions penalty = options();
  penalty.repetition_penalty = 2;
  std::vector<float> scores = {1, -2, 3};
  TokenRules(penalty).apply(Ids{0, 1, 1}, scores);
  EXPECT_EQ(scores, (std::vector<float>{0.5F, -4, 3}));
}

TEST(TokenRules, NGramsDoNotComeTwice) {
  Seq2SeqOptions ngrams = options();
  ngrams.no_repeat_ngram_size = 2;
  EXPECT_EQ(allowed(ngrams, {0, 2, 3, 2, 4, 2}), (Ids{0, 1, 2, 5}));
  ngrams.no_repeat_ngram_size = 3;
  EXPECT_EQ(allowed(ngrams, {2, 3, 4, 2, 3}), (Ids{0, 1, 2, 3, 5}));
  EXPECT_EQ(allowed(ngrams, {2, 3}), (Ids{0, 1, 2, 3, 4, 5}));
  ngrams.no_repeat_ngram_size = 1;
  EXPECT_EQ(allowed(ngrams, {2, 3}), (Ids{0, 1, 4, 5}));
}

TEST(TokenRules, WordsAreForbiddenButNotTheEnd) {
  Seq2SeqOptions words = options();
  words.bad_words_ids = {{1}, {2}, {3, 4}};
  EXPECT_EQ(allowed(words, {0}), (Ids{0, 1, 3, 4, 5}));
  EXPECT_EQ(allowed(words, {0, 3}), (Ids{0, 1, 3, 5}));
}

TEST(TokenRules, TheEndWaitsForTheMinimum) {
  Seq2SeqOptions minimum = options();
  minimum.min_length = 3;
  EXPECT_EQ(allowed(minimum, {0, 2}), (Ids{0, 2, 3, 4, 5}));
  EXPECT_EQ(allowed(minimum, {0, 2, 2}), (Ids{0, 1, 2, 3, 4, 5}));
}

TEST(TokenRules, FirstAndLastTokenAreForced) {
  Seq2SeqOptions forced = options();
  forced.forced_bos_token_id = 4;
  forced.forced_eos_token_id = {1};
  forced.begin_suppress_tokens = {3};
  EXPECT_EQ(allowed(forced, {0}), Ids{4});
  EXPECT_EQ(allowed(forced, {0, 4}), (Ids{0, 1, 2, 4, 5}));
  EXPECT_EQ(allowed(forced, {0, 4, 2, 2, 2, 2, 2, 2}), (Ids{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(allowed(forced, {0, 4, 2, 2, 2, 2, 2, 2, 2}), Ids{1});
}

TEST(TokenRules, SuppressedTokensNeverCome) {
  Seq2SeqOptions suppressed = options();
  suppressed.suppress_tokens = {2, 5, 999};
  suppressed.begin_suppress_tokens = {0};
  EXPECT_EQ(allowed(suppressed, {0}), (Ids{1, 3, 4}));
  EXPECT_EQ(allowed(suppressed, {0, 1}), (Ids{0, 1, 3, 4}));
}

}  // namespace
}  // namespace jnlp
