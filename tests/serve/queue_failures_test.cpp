#include <gtest/gtest.h>

#include <map>

#include "fake_backend.h"
#include "serve/batch_queue.h"
#include "serve/overloaded.h"
#include "support/expect_error.h"

namespace jnlp {
namespace {

using test::batch_of;
using test::Callers;
using test::FakeBackend;
using Clock = WorkContext::Clock;

struct Rejects : QueueObserver {
  void on_batch(const BatchReport&) override {}
  void on_reject(Reject reject) override {
    const std::lock_guard lock(mutex);
    ++counts[reject];
  }
  int of(Reject reject) {
    const std::lock_guard lock(mutex);
    return counts[reject];
  }
  std::mutex mutex;
  std::map<Reject, int> counts;
};

class FailingQueue : public testing::Test {
 protected:
  FailingQueue() {
    backend->hold();
    start(batch_of({1}, 1));
    backend->await_started(1);
  }
  ~FailingQueue() override { backend->release(); }

  void start(Batch batch, WorkContext context = {}) {
    callers.start([this, batch = std::move(batch), context] {
      EXPECT_EQ(queue->run(batch, context).values, test::fake_output(batch).values);
    });
  }

  template <typename Check>
  void start_failing(Batch batch, WorkContext context, Check check) {
    const int64_t before = queue->depth().calls;
    callers.start([this, batch = std::move(batch), context, check] {
      check([&] { queue->run(batch, context); });
    });
    test::await_waiting(*queue, before + 1);
  }

  bool was_computed(int32_t id) const {
    const auto ids = backend->computed();
    return std::count(ids.begin(), ids.end(), id) > 0;
  }

  std::shared_ptr<FakeBackend> backend = std::make_shared<FakeBackend>();
  std::shared_ptr<Rejects> rejects = std::make_shared<Rejects>();
  std::unique_ptr<BatchQueue> queue = std::make_unique<BatchQueue>(
      backend, QueueOptions{.limits = {.max_sequences = 2, .max_tokens = 100}},
      std::vector<std::shared_ptr<QueueObserver>>{rejects});
  Callers callers;
};

TEST_F(FailingQueue, RefusesWhatIsExpiredOrCancelledAlready) {
  const std::atomic<bool> cancelled = true;
  EXPECT_ERROR(queue->run(batch_of({1}, 10), {.deadline = Clock::now()}), ErrorCode::deadline,
               "before its deadline");
  EXPECT_THROW(queue->run(batch_of({1}, 11), {.cancelled = &cancelled}), Cancelled);
  EXPECT_EQ(rejects->of(Reject::deadline), 1);
  EXPECT_EQ(rejects->of(Reject::cancelled), 1);
  backend->release();
  queue->drain();
  EXPECT_FALSE(was_computed(10));
  EXPECT_FALSE(was_computed(11));
}

TEST_F(FailingQueue, ReturnsAtTheDeadlineThoughTheEngineIsBusyAndNeverComputes) {
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(20);
  // The engine is held for as long as this thread is in run().
  EXPECT_ERROR(queue->run(batch_of({1, 1, 1}, 10), {.deadline = deadline}), ErrorCode::deadline,
               "before its deadline");
  EXPECT_GE(Clock::now(), deadline);
  EXPECT_EQ(queue->depth().calls, 0);
  EXPECT_EQ(queue->depth().sequences, 0);
  EXPECT_EQ(queue->depth().tokens, 0);
  EXPECT_EQ(rejects->of(Reject::deadline), 1);
  start(batch_of({1}, 20));
  backend->release();
  callers.join();
  EXPECT_FALSE(was_computed(10));
  EXPECT_TRUE(was_computed(20));
}

TEST_F(FailingQueue, LeavesOutTheRestOfACallThatExpiresInTheMiddle) {
  backend->permit(1);
  callers.join();
  const Batch batch = batch_of({1, 1, 1, 1, 1}, 10);
  const WorkContext context{.deadline = Clock::now() + std::chrono::milliseconds(50)};
  EXPECT_ERROR(queue->run(batch, context), ErrorCode::deadline, "before its deadline");
  backend->release();
  queue->drain();
  EXPECT_FALSE(was_computed(12));
  EXPECT_FALSE(was_computed(14));
}

TEST_F(FailingQueue, DropsACancelledCall) {
  std::atomic<bool> cancelled = false;
  start_failing(batch_of({1, 1, 1}, 10), {.cancelled = &cancelled},
                [](auto run) { EXPECT_THROW(run(), Cancelled); });
  start(batch_of({1}, 20));
  test::await_waiting(*queue, 2);
  cancelled = true;
  backend->release();
  callers.join();
  EXPECT_FALSE(was_computed(10));
  EXPECT_TRUE(was_computed(20));
  EXPECT_EQ(rejects->of(Reject::cancelled), 1);
}

TEST_F(FailingQueue, LeavesOutTheRestOfACallCancelledInTheMiddle) {
  std::atomic<bool> cancelled = false;
  start_failing(batch_of({1, 1, 1, 1}, 10), {.cancelled = &cancelled},
                [](auto run) { EXPECT_THROW(run(), Cancelled); });
  backend->permit(1);
  backend->await_started(2);  // the first two of it
  cancelled = true;
  backend->release();
  callers.join();
  EXPECT_TRUE(was_computed(11));
  EXPECT_FALSE(was_computed(12));
}

TEST_F(FailingQueue, FailsOnlyTheCallThatIsToBlame) {
  start_failing(batch_of({1}, 666), {}, [](auto run) {
    try {
      run();
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "the fake backend does not like 666");
    }
  });
  start(batch_of({3}, 20));
  test::await_waiting(*queue, 2);
  backend->release();
  callers.join();
  EXPECT_EQ(backend->batches(), (std::vector<std::vector<int32_t>>{{1}, {666, 20}, {666}, {20}}));
  EXPECT_EQ(rejects->of(Reject::failed), 1);
  // And the queue goes on.
  EXPECT_EQ(queue->run(batch_of({1}, 5)).values, test::fake_output(batch_of({1}, 5)).values);
}

TEST_F(FailingQueue, FailsALargeCallOnceAndLeavesOutItsRest) {
  start_failing(batch_of({1, 1, 1, 1, 1, 1}, 664), {},
                [](auto run) { EXPECT_THROW(run(), std::runtime_error); });
  backend->release();
  callers.join();
  queue->drain();
  EXPECT_TRUE(was_computed(666));
  EXPECT_FALSE(was_computed(668));
  EXPECT_EQ(rejects->of(Reject::failed), 1);
}

TEST_F(FailingQueue, DrainComputesWhatWasAcceptedAndRefusesMore) {
  for (int32_t id = 10; id < 15; ++id) start(batch_of({1, 1}, id * 10));
  test::await_waiting(*queue, 5);
  std::thread drainer([&] { queue->drain(); });
  // Refused calls show that the drain has begun; those before are still waiting.
  for (bool refused = false; !refused;) {
    std::atomic<bool> cancelled = false;
    try {
      queue->run(batch_of({1}, 99), {.deadline = Clock::now() + std::chrono::milliseconds(1)});
    } catch (const Overloaded& error) {
      EXPECT_EQ(error.reason(), Refusal::closing);
      EXPECT_EQ(error.code(), ErrorCode::overloaded);
      refused = true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::deadline);
    }
  }
  EXPECT_EQ(queue->depth().calls, 5);
  backend->release();
  drainer.join();
  callers.join();
  EXPECT_TRUE(was_computed(141));
  EXPECT_FALSE(was_computed(99));
  queue->drain();  // once more does no harm
}

TEST_F(FailingQueue, DestructorLetsTheRunningBatchEndAndTheOthersGo) {
  for (int32_t id = 10; id < 14; ++id) {
    start_failing(batch_of({1, 1, 1}, id * 10), {}, [](auto run) {
      EXPECT_ERROR(run(), ErrorCode::overloaded, "takes no more requests");
    });
  }
  std::thread destroyer([&] { queue.reset(); });
  while (rejects->of(Reject::closing) < 4) std::this_thread::yield();
  backend->release();
  destroyer.join();
  callers.join();
  EXPECT_EQ(backend->batches().size(), 1U);
}

TEST(BatchQueue, SurvivesCallersThatComeLeaveAndFailAtOnce) {
  const auto backend = std::make_shared<FakeBackend>();
  BatchQueue queue(backend, {.limits = {.max_sequences = 3, .max_tokens = 20},
                             .max_wait = std::chrono::microseconds(50)});
  std::atomic<int> right = 0, failed = 0;
  Callers callers;
  for (int32_t thread = 0; thread < 12; ++thread) {
    callers.start([&, thread] {
      std::atomic<bool> cancelled = false;
      for (int32_t i = 0; i < 300; ++i) {
        const bool poisoned = i % 17 == thread;
        const Batch batch = batch_of({1 + i % 5, 2, 3}, poisoned ? 665 : 1000 + i);
        WorkContext context{.cancelled = &cancelled, .client = static_cast<uint64_t>(thread % 4)};
        if (i % 3 == 0) context.deadline = Clock::now() + std::chrono::microseconds(i % 200);
        cancelled = i % 29 == 5;
        try {
          ASSERT_EQ(queue.run(batch, context).values, test::fake_output(batch).values);
          EXPECT_FALSE(poisoned);
          ++right;
        } catch (const std::runtime_error&) {
          EXPECT_TRUE(poisoned || context.deadline || cancelled);
          ++failed;
        }
      }
    });
  }
  callers.join();
  queue.drain();
  EXPECT_EQ(right + failed, 12 * 300);
  EXPECT_GT(right, 0);
  EXPECT_GT(failed, 0);
  EXPECT_EQ(queue.depth().tokens, 0);
}

}  // namespace
}  // namespace jnlp
