#include "serve/batch_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fake_backend.h"

namespace jnlp {
namespace {

using test::batch_of;
using test::Callers;
using test::FakeBackend;
using Batches = std::vector<std::vector<int32_t>>;

struct Recorder : QueueObserver {
  void on_batch(const BatchReport& batch) override {
    const std::lock_guard lock(mutex);
    sequences += batch.sequences;
    tokens += batch.tokens;
    waits += batch.waits.size();
    ++batches;
  }
  std::mutex mutex;
  int64_t sequences = 0, tokens = 0, batches = 0;
  size_t waits = 0;
};

// A queue whose engine is busy with a call (id 1) until the test lets it go on.
class BusyQueue : public testing::Test {
 protected:
  void make(const QueueOptions& options) {
    queue = std::make_unique<BatchQueue>(backend, options);
    backend->hold();
    call(batch_of({1}, 1));
    backend->await_started(1);
  }

  // Waits until the call is in the queue, so that the order of calls is known.
  void call(Batch batch, WorkContext context = {}) {
    const int64_t before = queue->depth().calls;
    const bool idle = backend->batches().empty();
    callers.start([this, batch = std::move(batch), context] {
      const Output output = queue->run(batch, context);
      EXPECT_EQ(output.values, test::fake_output(batch, backend->head()).values);
      ++answered;
    });
    if (!idle) test::await_waiting(*queue, before + 1);
  }

  Batches finish() {
    backend->release();
    callers.join();
    return backend->batches();
  }

  std::shared_ptr<FakeBackend> backend = std::make_shared<FakeBackend>();
  std::unique_ptr<BatchQueue> queue;
  std::atomic<int> answered = 0;
  Callers callers;
};

TEST_F(BusyQueue, PacksWhatCameWhileTheEngineWasBusy) {
  make({.limits = {.max_sequences = 4, .max_tokens = 100}});
  for (int32_t id = 10; id < 16; ++id) call(batch_of({5}, id));
  EXPECT_EQ(queue->depth().sequences, 6);
  EXPECT_EQ(queue->depth().tokens, 30);
  EXPECT_EQ(finish(), (Batches{{1}, {10, 11, 12, 13}, {14, 15}}));
  EXPECT_EQ(queue->depth().calls, 0);
  EXPECT_EQ(queue->depth().tokens, 0);
}

TEST_F(BusyQueue, TellsACallerWhereItsTimeWent) {
  make({});
  WorkTimes times;
  const auto before = WorkContext::Clock::now();
  call(batch_of({5}, 10), {.times = &times});
  EXPECT_FALSE(times.entered);
  finish();
  const auto after = WorkContext::Clock::now();
  ASSERT_TRUE(times.entered);
  EXPECT_GE(*times.entered, before);
  EXPECT_GT(times.waited.count(), 0);  // the engine was busy
  EXPECT_GT(times.computed.count(), 0);
  EXPECT_LE(times.waited + times.computed, after - *times.entered);
}

TEST_F(BusyQueue, EndsABatchAtTheTokenLimitAndPassesNobodyOver) {
  make({.limits = {.max_sequences = 8, .max_tokens = 20}});
  call(batch_of({12}, 10));
  call(batch_of({9}, 11));
  call(batch_of({3}, 12));
  call(batch_of({50}, 13));  // longer than any batch
  call(batch_of({2}, 14));
  EXPECT_EQ(finish(), (Batches{{1}, {14, 12, 11}, {10}, {13}}));
}

TEST_F(BusyQueue, SplitsALargeCallAndGivesSmallOnesTheirTurns) {
  make({.limits = {.max_sequences = 4, .max_tokens = 1000}});
  call(batch_of(std::vector<int64_t>(20, 10), 100));
  for (int32_t id = 10; id < 13; ++id) call(batch_of({10}, id));
  const Batches batches = finish();
  ASSERT_EQ(batches.size(), 7U);
  EXPECT_EQ(batches[1], (std::vector<int32_t>{100, 10, 11, 12}));
  EXPECT_EQ(batches[2], (std::vector<int32_t>{101, 102, 103, 104}));
}

TEST_F(BusyQueue, SharesBetweenClientsWhateverTheNumberOfTheirCalls) {
  make({.limits = {.max_sequences = 2, .max_tokens = 1000}});
  for (int32_t id = 10; id < 16; ++id) call(batch_of({10}, id), {.client = 7});
  call(batch_of({10, 10}, 20), {.client = 8});
  const Batches batches = finish();
  EXPECT_EQ(batches[1], (std::vector<int32_t>{10, 20}));
  EXPECT_EQ(batches[2], (std::vector<int32_t>{11, 21}));
}

TEST_F(BusyQueue, LetsLongAndShortOnesShareTokens) {
  make({.limits = {.max_sequences = 1, .max_tokens = 1000}});
  call(batch_of(std::vector<int64_t>(4, 100), 100));
  call(batch_of(std::vector<int64_t>(40, 10), 200));
  finish();
  std::vector<int32_t> order = backend->computed();
  // Two of 100 are not taken before about ten of 10, and the other way round.
  int64_t longs = 0, shorts = 0;
  for (size_t i = 1; i + 1 < order.size() && longs < 400 && shorts < 400; ++i) {
    (order[i] < 200 ? longs : shorts) += order[i] < 200 ? 100 : 10;
    EXPECT_LE(std::abs(longs - shorts), 110) << i;
  }
}

TEST(BatchQueue, LeavesAtOnceWhenIdle) {
  const auto backend = std::make_shared<FakeBackend>();
  // Would it wait for more, the test would last an hour.
  BatchQueue queue(backend, {.limits = {}, .max_wait = std::chrono::hours(1)});
  for (int32_t id = 0; id < 50; ++id) {
    const Batch batch = batch_of({3}, id);
    EXPECT_EQ(queue.run(batch).values, test::fake_output(batch).values);
  }
  EXPECT_EQ(backend->batches().size(), 50U);
}

TEST_F(BusyQueue, WaitsForTheCallersJustAnsweredAndNoLonger) {
  make({.limits = {.max_sequences = 8, .max_tokens = 1000}, .max_wait = std::chrono::hours(1)});
  call(batch_of({5}, 10));
  call(batch_of({5}, 11));
  backend->permit(1);  // the call with id 1 is answered; a third caller may come
  while (answered != 1) std::this_thread::yield();
  EXPECT_EQ(backend->batches().size(), 1U);
  callers.start([&] { queue->run(batch_of({5}, 12)); });
  backend->await_started(2);  // now as many wait as there were callers
  EXPECT_EQ(finish(), (Batches{{1}, {10, 11, 12}}));
}

TEST_F(BusyQueue, WaitsNoLongerThanMaxWait) {
  make({.limits = {.max_sequences = 8, .max_tokens = 1000},
        .max_wait = std::chrono::milliseconds(1)});
  call(batch_of({5}, 10));
  EXPECT_EQ(finish(), (Batches{{1}, {10}}));  // would never end
}

TEST_F(BusyQueue, DoesNotWaitWithAFullBatch) {
  make({.limits = {.max_sequences = 2, .max_tokens = 1000}, .max_wait = std::chrono::hours(1)});
  call(batch_of({5}, 10));
  call(batch_of({5}, 11));
  EXPECT_EQ(finish(), (Batches{{1}, {10, 11}}));
}

TEST(BatchQueue, GivesEachCallerItsOwnRows) {
  for (const Head head : {Head::sequence_classification, Head::token_classification}) {
    const auto backend = std::make_shared<FakeBackend>(head);
    const auto recorder = std::make_shared<Recorder>();
    BatchQueue queue(backend, {.limits = {.max_sequences = 3, .max_tokens = 50}}, {recorder});
    std::atomic<int64_t> sequences = 0, tokens = 0;
    Callers callers;
    for (int32_t thread = 0; thread < 16; ++thread) {
      callers.start([&, thread] {
        for (int32_t i = 0; i < 200; ++i) {
          std::vector<int64_t> lengths;
          for (int32_t k = 0; k <= (i + thread) % 7; ++k) lengths.push_back(1 + (i * k) % 13);
          const Batch batch = batch_of(lengths, 1000 * thread + i);
          sequences += batch.sequences();
          tokens += batch.tokens();
          const Output output = queue.run(batch, {.client = static_cast<uint64_t>(thread % 3)});
          const Output expected = test::fake_output(batch, head);
          ASSERT_EQ(output.values, expected.values);
          ASSERT_EQ(output.rows, expected.rows);
          ASSERT_EQ(output.columns, 2);
        }
      });
    }
    callers.join();
    queue.drain();
    EXPECT_EQ(recorder->sequences, sequences);
    EXPECT_EQ(recorder->tokens, tokens);
    EXPECT_EQ(static_cast<size_t>(recorder->batches), backend->batches().size());
    EXPECT_GE(recorder->waits, static_cast<size_t>(recorder->batches));
  }
}

TEST(BatchQueue, GivesNothingForNothing) {
  BatchQueue queue(std::make_shared<FakeBackend>());
  const Output output = queue.run(Batch());
  EXPECT_EQ(output.rows, 0);
  EXPECT_EQ(output.columns, 2);
}

}  // namespace
}  // namespace jnlp
