#include "serve/turn_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "fake_backend.h"
#include "serve/overloaded.h"
#include "support/expect_error.h"

namespace jnlp {
namespace {

using Clock = WorkContext::Clock;

class Counts : public QueueObserver {
 public:
  void on_batch(const BatchReport& batch) override {
    tokens += batch.tokens;
    waits += static_cast<int>(batch.waits.size());
  }
  void on_reject(Reject reject) override { ++rejects[static_cast<size_t>(reject)]; }
  int of(Reject reject) const { return rejects[static_cast<size_t>(reject)]; }

  std::atomic<int64_t> tokens = 0;
  std::atomic<int> waits = 0;
  std::array<std::atomic<int>, 4> rejects{};
};

class Turns : public testing::Test {
 protected:
  // Takes the turn until let_go().
  void occupy() {
    callers.start([&] {
      queue.run({1, 10}, {}, [&] {
        running = true;
        while (!free) std::this_thread::yield();
      });
    });
    while (!running) std::this_thread::yield();
  }
  void let_go() {
    free = true;
    callers.join();
  }
  void await_waiting(int64_t calls) const {
    while (queue.depth().calls != calls) std::this_thread::yield();
  }
  // Waits for its turn on a thread of its own.
  void start(int64_t tokens) {
    const int64_t before = queue.depth().calls;
    callers.start([this, tokens] { queue.run({1, tokens}, {}, [&] { order.push_back(tokens); }); });
    await_waiting(before + 1);
  }

  std::shared_ptr<Counts> counts = std::make_shared<Counts>();
  TurnQueue queue{{.admission = {.max_queue_ms = 1'000'000}, .max_waiting = 3}, {counts}};
  std::vector<int64_t> order;  // written by whoever has the turn
  std::atomic<bool> running = false;
  std::atomic<bool> free = false;
  test::Callers callers;
};

TEST_F(Turns, AreOneAtATimeAndShortRequestsGoFirst) {
  occupy();
  start(1000);
  start(500);
  start(20);
  EXPECT_EQ(queue.depth().tokens, 1520);
  EXPECT_GT(queue.depth().oldest_seconds, 0);
  EXPECT_TRUE(order.empty());
  let_go();
  EXPECT_EQ(order, (std::vector<int64_t>{20, 500, 1000}));
  EXPECT_EQ(queue.depth().calls, 0);
  EXPECT_EQ(counts->tokens, 1530);
  EXPECT_EQ(counts->waits, 4);
}

TEST_F(Turns, MoreThanMayWaitAreRefused) {
  occupy();
  for (const int64_t tokens : {1, 2, 3}) start(tokens);
  try {
    queue.run({1, 1}, {}, [] { FAIL(); });
    FAIL();
  } catch (const Overloaded& refusal) {
    EXPECT_EQ(refusal.reason(), Refusal::queue_full);
    EXPECT_GT(refusal.retry_after().count(), 0);
  }
  let_go();
  queue.run({1, 7}, {}, [&] { order.push_back(7); });
  EXPECT_EQ(order.back(), 7);
}

TEST_F(Turns, WhatIsPredictedToTakeTooLongIsRefused) {
  TurnQueue strict({.admission = {.max_queue_ms = 1}, .max_waiting = 3});
  strict.run({1, 10}, {}, [] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); });
  strict.run({1, 10}, {}, [&] {  // alone it is taken
    EXPECT_GE(strict.queued_ms(), 4);
    EXPECT_THROW(strict.run({1, 10}, {}, [] { FAIL(); }), Overloaded);
  });
}

TEST_F(Turns, LeaveAtTheirDeadlineAndAreNeverComputed) {
  occupy();
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(10);
  EXPECT_ERROR(queue.run({1, 1}, {.deadline = deadline}, [] { FAIL(); }), ErrorCode::deadline,
               "before its deadline");
  EXPECT_GE(Clock::now(), deadline);
  EXPECT_EQ(queue.depth().calls, 0);
  EXPECT_EQ(counts->of(Reject::deadline), 1);
  let_go();
  queue.run({1, 1}, {}, [&] { order.push_back(1); });  // the turn was not lost
  EXPECT_EQ(order.size(), 1);
}

TEST_F(Turns, PassOverClientsThatHaveGone) {
  occupy();
  std::atomic<bool> gone = false;
  callers.start([&] {
    EXPECT_THROW(queue.run({1, 1}, {.cancelled = &gone}, [] { FAIL(); }), Cancelled);
  });
  await_waiting(1);
  start(50);
  gone = true;
  let_go();
  EXPECT_EQ(order, std::vector<int64_t>{50});
  EXPECT_EQ(counts->of(Reject::cancelled), 1);
}

TEST_F(Turns, AreHandedOnByOneThatFails) {
  EXPECT_THROW(queue.run({1, 1}, {}, [] { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(counts->of(Reject::failed), 1);
  occupy();
  callers.start([&] {
    EXPECT_THROW(queue.run({1, 1}, {}, [] { throw std::runtime_error("no"); }), std::runtime_error);
  });
  await_waiting(1);
  start(2);
  let_go();
  EXPECT_EQ(order, std::vector<int64_t>{2});
}

}  // namespace
}  // namespace jnlp
