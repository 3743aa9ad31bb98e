#include "evaluate/label_mapping.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jnlp {
namespace {

using Labels = std::vector<std::string>;

std::vector<size_t> mapped(const Labels& dataset, const Labels& model) {
  const LabelMapping mapping = map_labels(dataset, model);
  std::vector<size_t> indices;
  for (const std::string& label : dataset) indices.push_back(mapping.model_index.at(label));
  return indices;
}

TEST(LabelMapping, ByNameWithoutRegardToCase) {
  EXPECT_EQ(mapped({"negative", "positive"}, {"POSITIVE", "NEGATIVE"}),
            (std::vector<size_t>{1, 0}));
  EXPECT_EQ(mapped({"neg", "pos"}, {"negative", "positive"}), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(mapped({"joy"}, {"anger", "Joy"}), (std::vector<size_t>{1}));
}

TEST(LabelMapping, NumbersMeanPolarities) {
  EXPECT_EQ(mapped({"0", "1"}, {"POSITIVE", "NEGATIVE"}), (std::vector<size_t>{1, 0}));
  EXPECT_EQ(mapped({"negative", "positive"}, {"LABEL_0", "LABEL_1"}), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(mapped({"0", "1", "2"}, {"positive", "neutral", "negative"}),
            (std::vector<size_t>{2, 1, 0}));
  // Two polarities are not the first two of three.
  EXPECT_EQ(mapped({"0", "1"}, {"negative", "neutral", "positive"}), (std::vector<size_t>{0, 2}));
}

TEST(LabelMapping, ByNumberWhenThereAreAsMany) {
  EXPECT_EQ(mapped({"0", "1", "2"}, {"LABEL_0", "LABEL_1", "LABEL_2"}),
            (std::vector<size_t>{0, 1, 2}));
  EXPECT_EQ(mapped({"0", "3"}, {"1 star", "2 stars", "3 stars", "4 stars"}),
            (std::vector<size_t>{0, 3}));
}

TEST(LabelMapping, OtherwiseItIsRefusedWithBothSides) {
  const auto refusal = [](const Labels& dataset, const Labels& model) {
    try {
      map_labels(dataset, model);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::string message = refusal({"anger", "joy", "sadness"}, {"negative", "positive"});
  EXPECT_NE(message.find("anger, joy, sadness"), std::string::npos);
  EXPECT_NE(message.find("negative, positive"), std::string::npos);
  EXPECT_FALSE(refusal({"0", "1", "2"}, {"negative", "positive"}).empty());
  EXPECT_FALSE(refusal({"0", "1"}, {"LABEL_0", "LABEL_1", "LABEL_2"}).empty());
  EXPECT_FALSE(refusal({"joy", "anger"}, {"LABEL_0", "LABEL_1"}).empty());
}

}  // namespace
}  // namespace jnlp
