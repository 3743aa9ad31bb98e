#include "generate/search.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

Seq2SeqOptions options(int64_t num_beams, int64_t max_length) {
  Seq2SeqOptions options;
  options.num_beams = num_beams;
  options.max_length = max_length;
  options.decoder_start_token_id = 0;
  options.eos_token_id = {1};
  return options;
}

using Rows = std::vector<std::vector<Candidate>>;

TEST(GreedySearch, EndsWithTheEndToken) {
  const Seq2SeqOptions chosen = options(1, 10);
  const auto search = make_search(chosen);
  EXPECT_EQ(candidates_wanted(chosen), 1);
  search->advance(Rows{{{-1, 5}}});
  EXPECT_EQ(search->running()[0].ids, (std::vector<int32_t>{0, 5}));
  search->advance(Rows{{{-3, 1}}});
  EXPECT_TRUE(search->running().empty());
  EXPECT_EQ(search->results()[0].token_ids, (std::vector<int32_t>{5, 1}));
  EXPECT_EQ(search->results()[0].score, -2);
}

TEST(GreedySearch, EndsAtTheGreatestLength) {
  const Seq2SeqOptions chosen = options(1, 3);
  const auto search = make_search(chosen);
  search->advance(Rows{{{-1, 5}}});
  search->advance(Rows{{{-1, 5}}});
  EXPECT_TRUE(search->running().empty());
  EXPECT_EQ(search->results()[0].token_ids.size(), 2U);
}

TEST(BeamSearch, FollowsTheBestOfAllHypotheses) {
  const Seq2SeqOptions chosen = options(2, 10);
  const auto search = make_search(chosen);
  EXPECT_EQ(candidates_wanted(chosen), 4);
  EXPECT_EQ(search->running().size(), 1U);
  search->advance(Rows{{{-1, 5}, {-2, 6}, {-3, 7}, {-4, 8}}});
  // The second is better: both that go on come from it.
  search->advance(Rows{{{-9, 2}, {-9.5F, 3}}, {{-1, 2}, {-2, 3}}});
  ASSERT_EQ(search->running().size(), 2U);
  EXPECT_EQ(search->running()[0].ids, (std::vector<int32_t>{0, 6, 2}));
  EXPECT_EQ(search->running()[1].ids, (std::vector<int32_t>{0, 6, 3}));
  EXPECT_EQ(search->running()[1].parent, 1);
  EXPECT_EQ(search->running()[1].score, -4);
}

TEST(BeamSearch, AnEndBeyondTheFirstBeamsDoesNotCount) {
  Seq2SeqOptions chosen = options(2, 10);
  chosen.early_stopping = EarlyStopping::yes;
  const auto search = make_search(chosen);
  search->advance(Rows{{{-1, 5}, {-2, 6}, {-3, 1}}});
  EXPECT_EQ(search->running().size(), 2U);
  EXPECT_TRUE(search->results().empty());
}

TEST(BeamSearch, StopsEarlyWhenEnoughAreFinished) {
  Seq2SeqOptions chosen = options(2, 10);
  chosen.early_stopping = EarlyStopping::yes;
  chosen.num_return_sequences = 2;
  const auto search = make_search(chosen);
  search->advance(Rows{{{-1, 1}, {-2, 6}, {-3, 7}}});
  search->advance(Rows{{{-0.5F, 1}, {-1, 3}}, {{-0.25F, 1}}});
  EXPECT_TRUE(search->running().empty());
  const std::vector<GeneratedSequence> results = search->results();
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].token_ids, std::vector<int32_t>{1});
  EXPECT_EQ(results[0].score, -1);
  EXPECT_EQ(results[1].token_ids, (std::vector<int32_t>{6, 1}));
  EXPECT_EQ(results[1].score, -1.25F);
}

TEST(BeamSearch, EndsWhereNoTokenMayFollow) {
  const Seq2SeqOptions chosen = options(2, 10);
  const auto search = make_search(chosen);
  search->advance(Rows{{{-1, 5}, {-2, 6}}});
  search->advance(Rows{{}, {}});
  EXPECT_TRUE(search->running().empty());
  EXPECT_EQ(search->results()[0].token_ids, std::vector<int32_t>{5});
}

}  // namespace
}  // namespace jnlp
