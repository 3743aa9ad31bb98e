// Against scikit-learn.
#include "evaluate/metrics/confusion_matrix.h"
#include "evaluate/metrics/golden.h"

namespace jnlp {
namespace {

TEST(ConfusionMatrix, AgreesWithScikitLearn) {
  const Json cases = test::golden_metrics("classification");
  ASSERT_GE(cases.size(), 8U);
  for (size_t n = 0; n < cases.size(); ++n) {
    const Json& golden = cases[n];
    const std::string what = "case " + std::to_string(n);
    ConfusionMatrix matrix(golden.at("classes").get<size_t>());
    for (size_t i = 0; i < golden.at("expected").size(); ++i) {
      matrix.add(golden["expected"][i].get<size_t>(), golden["predicted"][i].get<size_t>());
    }
    EXPECT_EQ(matrix.total(), static_cast<int64_t>(golden["expected"].size())) << what;
    EXPECT_NEAR(matrix.accuracy(), golden.at("accuracy").get<double>(), 1e-12) << what;
    EXPECT_NEAR(matrix.matthews(), golden.at("matthews").get<double>(), 1e-12) << what;
    const auto counts = matrix.class_counts();
    for (size_t c = 0; c < counts.size(); ++c) {
      const Json& of_class = golden.at("per_class")[c];
      test::expect_scores(scores_of(counts[c]), of_class, what + " class " + std::to_string(c));
      EXPECT_EQ(counts[c].expected, of_class[3].get<int64_t>()) << what;
    }
    test::expect_averages(averages_of(counts), golden, what);
  }
}

TEST(ConfusionMatrix, NothingIsZeroNotNan) {
  const ConfusionMatrix empty(3);
  EXPECT_EQ(empty.accuracy(), 0);
  EXPECT_EQ(empty.matthews(), 0);
  EXPECT_EQ(averages_of(empty.class_counts()).macro.f1, 0);
}

}  // namespace
}  // namespace jnlp
