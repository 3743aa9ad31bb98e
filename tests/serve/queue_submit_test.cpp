// Calls that no thread waits for.
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "fake_backend.h"
#include "serve/batch_queue.h"
#include "serve/overloaded.h"

namespace jnlp {
namespace {

using Clock = WorkContext::Clock;

// What the call comes to. An exception is moved from thread to thread: how many hold it is counted
// where ThreadSanitizer does not see it.
class Submitted {
 public:
  explicit Submitted(std::future<BatchQueue::Outcome> outcome) : outcome_(std::move(outcome)) {}
  Output get() {
    BatchQueue::Outcome outcome = outcome_.get();
    if (outcome.error) std::rethrow_exception(std::move(outcome.error));
    return std::move(outcome.output);
  }

 private:
  std::future<BatchQueue::Outcome> outcome_;
};

class QueueSubmit : public testing::Test {
 protected:
  Submitted submit(Batch batch, const WorkContext& context = {}) {
    const auto promise = std::make_shared<std::promise<BatchQueue::Outcome>>();
    queue_->submit(std::move(batch), context, [promise](BatchQueue::Outcome outcome) {
      promise->set_value(std::move(outcome));
    });
    return Submitted(promise->get_future());
  }

  std::shared_ptr<test::FakeBackend> backend_ = std::make_shared<test::FakeBackend>();
  std::unique_ptr<BatchQueue> queue_ =
      std::make_unique<BatchQueue>(backend_, QueueOptions{.limits = {4, 100}});
};

ErrorCode code_of(Submitted& submitted) {
  try {
    submitted.get();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::internal;
}

TEST_F(QueueSubmit, GivesWhatRunGives) {
  const Batch one = test::batch_of({3}, 10);
  const Batch many = test::batch_of({1, 2, 3, 4, 5, 6, 7, 8, 9}, 20);  // of several batches
  auto first = submit(one);
  auto second = submit(many);
  EXPECT_EQ(first.get().values, test::fake_output(one).values);
  EXPECT_EQ(second.get().values, test::fake_output(many).values);
  EXPECT_EQ(submit(Batch()).get().rows, 0);
}

TEST_F(QueueSubmit, SharesBatchesWithThreadsThatWait) {
  backend_->hold();
  auto running = submit(test::batch_of({1}, 1));
  backend_->await_started(1);
  auto asked = submit(test::batch_of({1}, 2));
  test::Callers callers;
  callers.start([&] { queue_->run(test::batch_of({1}, 3)); });
  test::await_waiting(*queue_, 2);
  backend_->release();
  callers.join();
  asked.get();
  running.get();
  EXPECT_EQ(backend_->batches(), (std::vector<std::vector<int32_t>>{{1}, {2, 3}}));
}

TEST_F(QueueSubmit, WhatIsOverBeforeItsTurnIsNotComputed) {
  backend_->hold();
  auto running = submit(test::batch_of({1}, 1));
  backend_->await_started(1);
  std::atomic<bool> gone{false};
  auto late =
      submit(test::batch_of({1}, 2), {.deadline = Clock::now() + std::chrono::milliseconds(1)});
  auto cancelled = submit(test::batch_of({1}, 3), {.cancelled = &gone});
  auto wanted = submit(test::batch_of({1}, 4));
  gone = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  backend_->release();
  running.get();
  EXPECT_EQ(code_of(late), ErrorCode::deadline);
  EXPECT_THROW(cancelled.get(), Cancelled);
  wanted.get();
  EXPECT_EQ(backend_->computed(), (std::vector<int32_t>{1, 4}));
  auto refused = submit(test::batch_of({1}, 5), {.cancelled = &gone});
  EXPECT_THROW(refused.get(), Cancelled);
}

TEST_F(QueueSubmit, OnlyWhoIsToBlameFails) {
  backend_->hold();
  auto running = submit(test::batch_of({1}, 1));
  backend_->await_started(1);
  auto bad = submit(test::batch_of({1}, 666));
  auto good = submit(test::batch_of({1}, 2));
  backend_->release();
  running.get();
  EXPECT_ANY_THROW(bad.get());
  EXPECT_EQ(good.get().values, test::fake_output(test::batch_of({1}, 2)).values);
}

// Cancelled while its sequences are put into a batch: the batch must not keep what is told.
TEST_F(QueueSubmit, AnyMomentIsRightToCancel) {
  queue_ = std::make_unique<BatchQueue>(backend_, QueueOptions{.limits = {64, 10'000}});
  const Batch many = test::batch_of(std::vector<int64_t>(64, 2), 10);
  std::atomic<bool> gone{false};
  std::atomic<bool> is_over{false};
  std::thread flipping([&] {
    while (!is_over) {
      gone = true;
      gone = false;
      for (int i = 0; i < 50 && !is_over; ++i) {
      }
    }
  });
  std::atomic<int> told{0};
  for (int sent = 0; sent < 3000; ++sent) {
    while (sent - told > 4) std::this_thread::yield();
    queue_->submit(many, {.cancelled = &gone}, [&](const BatchQueue::Outcome& outcome) {
      EXPECT_TRUE(outcome.error || outcome.output.rows == 64);
      ++told;
    });
  }
  while (told < 3000) std::this_thread::yield();
  is_over = true;
  flipping.join();
}

TEST_F(QueueSubmit, TimesAreKept) {
  WorkTimes times;
  submit(test::batch_of({1}, 1), {.times = &times}).get();
  ASSERT_TRUE(times.entered);
  EXPECT_GE(times.waited.count(), 0);
  EXPECT_GE(times.computed.count(), 0);
}

TEST_F(QueueSubmit, TheEndOfTheQueueIsSaid) {
  backend_->hold();
  auto running = submit(test::batch_of({1}, 1));
  backend_->await_started(1);
  auto waiting = submit(test::batch_of({1}, 2));
  std::thread ending([&] { queue_.reset(); });
  EXPECT_THROW(waiting.get(), Overloaded);
  backend_->release();
  ending.join();
  EXPECT_EQ(running.get().rows, 1);
}

TEST_F(QueueSubmit, DrainWaitsForThem) {
  backend_->hold();
  auto running = submit(test::batch_of({1}, 1));
  auto waiting = submit(test::batch_of({1}, 2));
  std::thread draining([&] { queue_->drain(); });
  backend_->release();
  draining.join();
  running.get();
  waiting.get();
  auto refused = submit(test::batch_of({1}, 3));
  EXPECT_THROW(refused.get(), Overloaded);
}

}  // namespace
}  // namespace jnlp
