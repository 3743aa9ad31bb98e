#include "server/summary_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/error_status.h"
#include "tasks/embedder.h"

namespace jnlp {
namespace {

// Its summary of a text is the text; it stays at work while `held`, and asks whether to go on.
class Slow : public Summarizer {
 public:
  std::string description() const override { return "slow"; }
  std::vector<Summary> run(std::span<const std::string> documents,
                           const SummaryOptions& options) override {
    ++runs;
    do {
      check_given_up(options);
      std::this_thread::yield();
    } while (held);
    std::vector<Summary> summaries;
    for (const std::string& document : documents) summaries.emplace_back().text = document;
    return summaries;
  }

  std::atomic<bool> held = false;
  std::atomic<int> runs = 0;
};

std::string first_text(const std::vector<Summary>& summaries) {
  return summaries.front().text;
}

class Written : public testing::Test {
 protected:
  Written() {
    auto slow = std::make_unique<Slow>();
    summarizer = slow.get();
    service = std::make_shared<WrittenSummaries>(ServedFacts{"summarization", "m", "digest"},
                                                 std::move(slow), TurnOptions{.max_waiting = 1},
                                                 cache, std::make_shared<QueueMetrics>());
  }
  std::string ask(const std::string& text, const SummaryOptions& options = {}) {
    return answer(request, text, options);
  }
  // Both stages.
  std::string answer(const http::Request& asked, const std::string& text,
                     const SummaryOptions& options) {
    const auto texts = shared(std::vector<std::string>{text});
    http::Begun begun = service->answer(asked, texts, options, first_text);
    const auto* rest = std::get_if<http::Rest>(&begun);
    return rest != nullptr ? (*rest)().body : std::get<http::Response>(begun).body;
  }
  // The status of a refusal; 200 for an answer.
  int status_of(const http::Request& asked, const std::string& text) {
    try {
      answer(asked, text, {});
      return 200;
    } catch (const http::HttpError& error) {
      return error.status();
    } catch (const Error& error) {
      return error.code() == ErrorCode::deadline ? 504 : 500;
    }
  }

  CachedResults cache{1'000'000};
  Slow* summarizer = nullptr;
  std::shared_ptr<SummaryService> service;
  http::Request request;
};

TEST_F(Written, TheSameIsComputedOnce) {
  EXPECT_EQ(ask("text"), "text");
  EXPECT_EQ(ask("text"), "text");
  EXPECT_EQ(summarizer->runs, 1);
  EXPECT_EQ(cache.counters().hits, 1);
  ask("other");
  ask("text", {.max_sentences = 1});
  ask("text", {.max_words = 9});
  ask("text", {.min_words = 9});
  EXPECT_EQ(summarizer->runs, 5);
}

TEST_F(Written, TheSameInFlightIsComputedOnce) {
  summarizer->held = true;
  std::thread first([&] { EXPECT_EQ(ask("text"), "text"); });
  while (summarizer->runs == 0) std::this_thread::yield();
  std::thread second([&] { EXPECT_EQ(ask("text"), "text"); });
  while (cache.followers() == 0) std::this_thread::yield();
  summarizer->held = false;
  first.join();
  second.join();
  EXPECT_EQ(summarizer->runs, 1);
}

TEST_F(Written, OthersWaitAndTooManyAreRefused) {
  summarizer->held = true;
  std::thread first([&] { ask("one"); });
  while (summarizer->runs == 0) std::this_thread::yield();
  std::thread second([&] { ask("two"); });
  while (service->depth().calls == 0) std::this_thread::yield();
  EXPECT_EQ(status_of(request, "three"), 503);
  summarizer->held = false;
  first.join();
  second.join();
  EXPECT_EQ(summarizer->runs, 2);
  EXPECT_EQ(status_of(request, "three"), 200);
}

TEST_F(Written, WorkEndsAtTheDeadlineAndIsNotKept) {
  summarizer->held = true;
  http::Request hasty;
  hasty.deadline = WorkContext::Clock::now() + std::chrono::milliseconds(20);
  EXPECT_EQ(status_of(hasty, "text"), 504);
  EXPECT_EQ(summarizer->runs, 1);
  summarizer->held = false;
  EXPECT_EQ(status_of(hasty, "text"), 504);  // its time is over: not begun
  EXPECT_EQ(summarizer->runs, 1);
  EXPECT_EQ(ask("text"), "text");
}

TEST_F(Written, WorkEndsWhenTheClientHasGone) {
  summarizer->held = true;
  http::Request left;
  left.gone = std::make_shared<std::atomic<bool>>(false);
  std::thread asking([&] { EXPECT_NE(status_of(left, "text"), 200); });
  while (summarizer->runs == 0) std::this_thread::yield();
  *left.gone = true;
  asking.join();
  EXPECT_EQ(service->depth().calls, 0);
}

TEST(EstimatedWork, OfASummaryCountsSentences) {
  const std::vector<std::string> texts = {std::string(10'000, 'a')};
  EXPECT_EQ(estimated_work<Embedder>(texts).sequences, 1);
  const Work work = estimated_work<ExtractiveSummarizer>(texts);
  EXPECT_EQ(work.sequences, 100);
  EXPECT_GT(work.tokens, estimated_work<Embedder>(texts).tokens);
  EXPECT_EQ(estimated_work<ExtractiveSummarizer>({"a", "b"}).sequences, 2);
}

}  // namespace
}  // namespace jnlp
