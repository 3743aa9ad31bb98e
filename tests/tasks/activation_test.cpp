#include "tasks/activation.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"

namespace jnlp {
namespace {

TEST(Activation, SoftmaxSurvivesGreatLogits) {
  std::vector<float> logits = {1000.0F, 1000.0F, -1000.0F};
  apply_activation(Activation::softmax, logits);
  EXPECT_FLOAT_EQ(logits[0], 0.5F);
  EXPECT_FLOAT_EQ(logits[1], 0.5F);
  EXPECT_FLOAT_EQ(logits[2], 0.0F);
}

TEST(Activation, DefaultFollowsTheConfig) {
  EXPECT_EQ(default_activation(Json::object(), 2), Activation::softmax);
  EXPECT_EQ(default_activation(Json::object(), 1), Activation::sigmoid);
  EXPECT_EQ(default_activation({{"problem_type", nullptr}}, 3), Activation::softmax);
  EXPECT_EQ(default_activation({{"problem_type", "multi_label_classification"}}, 5),
            Activation::sigmoid);
  EXPECT_EQ(default_activation({{"problem_type", "regression"}}, 1), Activation::none);
}

TEST(Activation, RefusesUnknownNames) {
  EXPECT_EQ(activation_from_name("sigmoid"), Activation::sigmoid);
  EXPECT_THROW(activation_from_name("tanh"), Error);
}

}  // namespace
}  // namespace jnlp
