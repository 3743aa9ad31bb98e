#include "serve/admission.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "../tasks/golden_model.h"
#include "fake_backend.h"
#include "serve/overloaded.h"
#include "serve/served_model.h"
#include "tasks/text_classifier.h"

namespace jnlp {
namespace {

using Clock = WorkContext::Clock;
constexpr BatchLimits kLimits = {.max_sequences = 8, .max_tokens = 1000};

// A millisecond per token, ten per batch.
std::shared_ptr<CostModel> model() {
  auto model = std::make_shared<CostModel>();
  for (const int64_t tokens : {10, 1000}) {
    model->observe(tokens, 10 + static_cast<double>(tokens));
  }
  return model;
}

std::optional<Overloaded> refusal(Admission& admission, const Work& work,
                                  std::optional<Clock::time_point> deadline = {}) {
  try {
    const auto ticket = admission.admit(work, deadline);
    return std::nullopt;
  } catch (const Overloaded& error) {
    return error;
  }
}

TEST(Admission, BoundsThePredictedWork) {
  Admission admission(model(), kLimits, {.max_queue_ms = 500});
  std::vector<Admission::Ticket> tickets;
  for (int i = 0; i < 4; ++i) tickets.push_back(admission.admit({1, 100}));
  EXPECT_NEAR(admission.queued_ms(), 410, 1e-6);  // they fit one batch
  const auto refused = refusal(admission, {1, 100});
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code(), ErrorCode::overloaded);
  EXPECT_EQ(refused->reason(), Refusal::queue_full);
  EXPECT_NEAR(static_cast<double>(refused->retry_after().count()), 11, 1);
  EXPECT_FALSE(refusal(admission, {1, 80}));
  tickets.pop_back();
  EXPECT_FALSE(refusal(admission, {1, 100}));
  tickets.clear();
  EXPECT_EQ(admission.queued_ms(), 0);
}

TEST(Admission, CountsTheBatchesThatSequencesNeed) {
  Admission admission(model(), kLimits, {.max_queue_ms = 500});
  const auto ticket = admission.admit({17, 170});
  EXPECT_NEAR(admission.queued_ms(), 30 + 170, 1e-6);
}

TEST(Admission, TakesALargeRequestOnlyWhenNothingElseIsThere) {
  Admission admission(model(), kLimits, {.max_queue_ms = 500});
  EXPECT_FALSE(refusal(admission, {50, 5000}));
  const auto ticket = admission.admit({1, 10});
  EXPECT_TRUE(refusal(admission, {50, 5000}));
}

TEST(Admission, RefusesWhatWouldMissItsDeadline) {
  Admission admission(model(), kLimits, {.max_queue_ms = 1000000});
  const Clock::time_point now = Clock::now();
  EXPECT_TRUE(refusal(admission, {1, 100}, now));
  // An hour is 3,600,000 tokens here.
  const auto hour = now + std::chrono::hours(1);
  EXPECT_FALSE(refusal(admission, {1, 1000}, hour));
  const auto refused = refusal(admission, {4000, 4000000}, hour);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reason(), Refusal::no_time);
  EXPECT_GT(refused->retry_after().count(), 400000);
}

TEST(Admission, DoesNotHoldALargeRequestAgainstASmallOne) {
  Admission admission(model(), kLimits, {.max_queue_ms = 1000000000});
  const auto large = admission.admit({10000, 10000000});  // nearly three hours
  EXPECT_FALSE(refusal(admission, {1, 100}, Clock::now() + std::chrono::hours(1)));
  EXPECT_TRUE(refusal(admission, {10000, 10000000}, Clock::now() + std::chrono::hours(4)));
}

TEST(Admission, CountsTheBatchThatMayRun) {
  const auto cost = std::make_shared<CostModel>();
  for (int i = 0; i < 50; ++i) cost->observe(1000, 3600000);  // an hour a batch
  Admission admission(cost, kLimits, {.max_queue_ms = 1000000000});
  const auto deadline = Clock::now() + std::chrono::minutes(30);
  EXPECT_FALSE(refusal(admission, {1, 10}, deadline));
  const auto large = admission.admit({1, 1000});
  EXPECT_TRUE(refusal(admission, {1, 10}, deadline));
}

TEST(Admission, StretchesPredictionsUntilAnswersAreInTime) {
  const auto cost = std::make_shared<CostModel>();
  cost->observe(1000, 1);
  Admission admission(cost, kLimits, {.max_queue_ms = 1'000'000'000});
  const auto answer_after = [&](std::chrono::milliseconds time) {
    auto ticket = admission.admit({1, 100});  // 1.1 ms are predicted
    std::this_thread::sleep_for(time);
    ticket.answered();
  };
  EXPECT_EQ(admission.stretch(), 1);
  for (int i = 0; i < 30; ++i) answer_after(std::chrono::milliseconds(5));
  const double before = admission.stretch();
  EXPECT_GT(before, 2);
  // An hour and a half of work. Who comes alone is let in by what is predicted, so that it gets
  // better.
  EXPECT_FALSE(refusal(admission, {1, 5'400'000'000}, Clock::now() + std::chrono::hours(2)));
  const auto other = admission.admit({1, 1});
  EXPECT_FALSE(refusal(admission, {1, 5'400'000'000}, Clock::now() + std::chrono::hours(24)));
  EXPECT_TRUE(refusal(admission, {1, 5'400'000'000}, Clock::now() + std::chrono::hours(2)));
  for (int i = 0; i < 1000; ++i) answer_after(std::chrono::milliseconds(0));
  EXPECT_LT(admission.stretch(), before - 0.4);
}

TEST(ServedModel, RunsATaskAndLearnsFromIt) {
  ServedModel<TextClassifier> served(test::golden_model("classify_softmax"));
  const std::vector<std::string> texts = {"a text", "another text"};
  TextClassifier alone(test::golden_model("classify_softmax"));
  const auto expected = alone.run(texts);
  {
    const auto ticket = served.admit({2, 10}, {});
    EXPECT_GT(served.admission().queued_ms(), 0);  // learned from the warm-up
    const auto results = served.take({})->run(texts);
    ASSERT_EQ(results.size(), 2U);
    for (size_t i = 0; i < results.size(); ++i) {
      EXPECT_EQ(results[i].labels[0].score, expected[i].labels[0].score);
    }
  }
  EXPECT_EQ(served.admission().queued_ms(), 0);
  served.drain();
  EXPECT_THROW(served.take({})->run(texts), Overloaded);
}

}  // namespace
}  // namespace jnlp
