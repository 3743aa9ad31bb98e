#include "serve/cost_model.h"

#include <gtest/gtest.h>

#include "fake_backend.h"

namespace jnlp {
namespace {

TEST(CostModel, LearnsWhatIsFixedAndWhatGrows) {
  CostModel model;
  EXPECT_EQ(model.predict_ms(1, 100), 0);
  for (const int64_t tokens : {20, 160, 512, 33, 300}) {
    model.observe(tokens, 5 + 0.25 * static_cast<double>(tokens));
  }
  EXPECT_NEAR(model.predict_ms(1, 100), 30, 1e-6);
  EXPECT_NEAR(model.predict_ms(3, 1000), 265, 1e-6);
}

TEST(CostModel, HoldsAllToGrowWhileBatchesAreAlike) {
  CostModel model;
  for (int i = 0; i < 20; ++i) model.observe(100, 30);
  EXPECT_NEAR(model.predict_ms(1, 100), 30, 1e-6);
  EXPECT_NEAR(model.predict_ms(7, 1000), 300, 1e-6);
}

TEST(CostModel, IsNotMisledByAnOutlier) {
  CostModel model;
  for (int i = 0; i < 50; ++i) model.observe(20 + i % 5 * 100, 10 + (20 + i % 5 * 100) * 0.1);
  model.observe(20, 60000);
  EXPECT_LT(model.predict_ms(1, 20), 20);
  EXPECT_GT(model.predict_ms(1, 20), 10);
}

TEST(CostModel, BelievesADeviceThatBecameSlow) {
  CostModel model;
  for (int i = 0; i < 200; ++i) model.observe(50 + i % 7 * 50, 2 + (50 + i % 7 * 50) * 0.1);
  for (int i = 0; i < 200; ++i) model.observe(50 + i % 7 * 50, 20 + (50 + i % 7 * 50) * 1.0);
  EXPECT_NEAR(model.predict_ms(1, 200), 220, 22);
}

TEST(CostModel, NeverPredictsLessThanNothing) {
  CostModel model;
  model.observe(10, 100);  // short ones that took longer than long ones
  model.observe(1000, 10);
  EXPECT_GE(model.predict_ms(1, 0), 0);
  EXPECT_GE(model.predict_ms(0, 1000), 0);
  EXPECT_GT(model.predict_ms(1, 1), 0);
}

TEST(CostModel, WarmsUpWithinTheLimits) {
  test::FakeBackend backend;
  CostModel model;
  warm_up(backend, {.max_sequences = 8, .max_tokens = 100}, model);
  const auto batches = backend.batches();
  ASSERT_EQ(batches.size(), 4U);
  EXPECT_EQ(batches.front().size(), 1U);
  EXPECT_EQ(batches.back().size(), 3U);
  EXPECT_GT(model.predict_ms(1, 32), 0);
}

}  // namespace
}  // namespace jnlp
