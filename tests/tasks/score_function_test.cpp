#include "tasks/score_function.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"

namespace jnlp {
namespace {

TEST(ScoreFunction, SoftmaxSurvivesGreatLogits) {
  std::vector<float> logits = {1000.0F, 1000.0F, -1000.0F};
  apply_score_function(ScoreFunction::softmax, logits);
  EXPECT_FLOAT_EQ(logits[0], 0.5F);
  EXPECT_FLOAT_EQ(logits[1], 0.5F);
  EXPECT_FLOAT_EQ(logits[2], 0.0F);
}

TEST(ScoreFunction, DefaultFollowsTheConfig) {
  EXPECT_EQ(default_score_function(Json::object(), 2), ScoreFunction::softmax);
  EXPECT_EQ(default_score_function(Json::object(), 1), ScoreFunction::sigmoid);
  EXPECT_EQ(default_score_function({{"problem_type", nullptr}}, 3), ScoreFunction::softmax);
  EXPECT_EQ(default_score_function({{"problem_type", "multi_label_classification"}}, 5),
            ScoreFunction::sigmoid);
  EXPECT_EQ(default_score_function({{"problem_type", "regression"}}, 1), ScoreFunction::none);
}

TEST(ScoreFunction, RefusesUnknownNames) {
  EXPECT_EQ(score_function_from_name("sigmoid"), ScoreFunction::sigmoid);
  EXPECT_THROW(score_function_from_name("tanh"), Error);
}

}  // namespace
}  // namespace jnlp
