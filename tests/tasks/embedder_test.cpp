#include "tasks/embedder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "golden_model.h"

namespace jnlp {
namespace {

double length(const Embedding& embedding) {
  double sum = 0;
  for (const float value : embedding.values) sum += static_cast<double>(value) * value;
  return std::sqrt(sum);
}

TEST(Embedder, EqualsMeanPoolingInTorch) {
  Embedder embedder(test::golden_model("embed"));
  const Json golden = test::golden_cases("embed");
  std::vector<std::string> texts;
  for (const Json& item : golden) texts.push_back(item["text"]);
  const auto results = embedder.run(texts);
  ASSERT_EQ(results.size(), golden.size());
  for (size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].tokens, golden[i]["tokens"]) << texts[i];
    EXPECT_EQ(results[i].truncated, golden[i]["truncated"]) << texts[i];
    ASSERT_EQ(results[i].values.size(), golden[i]["values"].size());
    for (size_t k = 0; k < results[i].values.size(); ++k) {
      EXPECT_NEAR(results[i].values[k], golden[i]["values"][k].get<float>(), 1e-5) << texts[i];
    }
  }
}

TEST(Embedder, NormalizesOnRequest) {
  // A model without pooling and normalization modules, taken as a sentence encoder.
  Embedder embedder(test::golden_model("qa", Head::embedding));
  const std::vector<std::string> texts = {"the harbour", ""};
  const auto plain = embedder.run(texts);
  const auto normalized = embedder.run(texts, {.normalize = true});
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_GT(std::abs(length(plain[i]) - 1.0), 1e-3);
    EXPECT_NEAR(length(normalized[i]), 1.0, 1e-6);
    EXPECT_NEAR(normalized[i].values[0], plain[i].values[0] / length(plain[i]), 1e-6);
  }
}

TEST(Embedder, KeepsTheFirstValuesAndNormalizesThem) {
  Embedder embedder(test::golden_model("qa", Head::embedding));
  const std::vector<std::string> texts = {"the harbour"};
  const auto whole = embedder.run(texts);
  const auto cut = embedder.run(texts, {.dimensions = 3});
  ASSERT_EQ(cut[0].values.size(), 3U);
  EXPECT_EQ(cut[0].values[2], whole[0].values[2]);
  EXPECT_NEAR(length(embedder.run(texts, {.dimensions = 3, .normalize = true})[0]), 1.0, 1e-6);
  EXPECT_THROW(embedder.run(texts, {.dimensions = embedder.dimension() + 1}), Error);
  EXPECT_THROW(embedder.run(texts, {.dimensions = -1}), Error);
}

TEST(Embedder, RefusesAnotherHead) {
  EXPECT_THROW(Embedder(test::golden_model("qa")), Error);
}

}  // namespace
}  // namespace jnlp
