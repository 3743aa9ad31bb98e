#include "serve/single_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "fake_backend.h"
#include "serve/overloaded.h"
#include "support/expect_error.h"

namespace jnlp {
namespace {

using Clock = WorkContext::Clock;

// Counts up and waits for more than 0; std::counting_semaphore of GCC 11 can sleep for ever.
class Gate {
 public:
  void release(int count = 1) {
    const std::lock_guard lock(mutex_);
    count_ += count;
    changed_.notify_all();
  }
  void acquire() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ > 0; });
    --count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

class Flights : public testing::Test {
 protected:
  // Waits in `compute` until go() is called, then gives a value or throws.
  CachedValue slow(bool fails) {
    ++computed;
    begun.release();
    gate.acquire();
    if (fails) throw std::runtime_error("the leader fails");
    return std::make_shared<const std::string>("value");
  }
  void await_followers(int64_t count) const {
    while (flights.followers() != count) std::this_thread::yield();
  }

  SingleFlight flights;
  const CacheKey key{1, 2};
  std::atomic<int> computed = 0;
  Gate begun;
  Gate gate;
  test::Callers callers;
};

TEST_F(Flights, ComputesOnceForAll) {
  std::atomic<int> right = 0;
  const auto ask = [&] {
    const CachedValue value = flights.run(key, {}, [&] { return slow(false); });
    right += *value == "value";
  };
  callers.start(ask);
  begun.acquire();
  for (int i = 0; i < 10; ++i) callers.start(ask);
  await_followers(10);
  // Another key is not held up.
  EXPECT_EQ(*flights.run({1, 3}, {}, [] { return std::make_shared<const std::string>("other"); }),
            "other");
  gate.release();
  callers.join();
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(right, 11);
  gate.release();
  flights.run(key, {}, [&] { return slow(false); });
  EXPECT_EQ(computed, 2);  // nothing is kept
}

TEST_F(Flights, LetsAFollowerTakeOverFromALeaderThatFails) {
  std::atomic<int> right = 0, failed = 0;
  callers.start([&] {
    EXPECT_THROW(flights.run(key, {}, [&] { return slow(true); }), std::runtime_error);
    ++failed;
  });
  begun.acquire();
  for (int i = 0; i < 5; ++i) {
    callers.start([&] { right += *flights.run(key, {}, [&] { return slow(false); }) == "value"; });
  }
  await_followers(5);
  gate.release();
  begun.acquire();  // one of the five
  EXPECT_EQ(flights.followers(), 4);
  gate.release();
  callers.join();
  EXPECT_EQ(computed, 2);
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(right, 5);
}

TEST_F(Flights, LetsAFollowerGoAtItsOwnDeadline) {
  callers.start([&] { flights.run(key, {}, [&] { return slow(false); }); });
  begun.acquire();
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(10);
  EXPECT_ERROR(flights.run(key, {.deadline = deadline}, [&] { return slow(false); }),
               ErrorCode::deadline, "before its deadline");
  EXPECT_GE(Clock::now(), deadline);
  EXPECT_EQ(flights.followers(), 0);
  gate.release();
  callers.join();
  EXPECT_EQ(computed, 1);
}

TEST_F(Flights, PassesOverFollowersThatWereCancelled) {
  std::atomic<bool> cancelled = false;
  std::atomic<int> right = 0;
  callers.start(
      [&] { EXPECT_THROW(flights.run(key, {}, [&] { return slow(true); }), std::runtime_error); });
  begun.acquire();
  callers.start([&] {
    EXPECT_THROW(flights.run(key, {.cancelled = &cancelled}, [&] { return slow(false); }),
                 Cancelled);
  });
  await_followers(1);
  callers.start([&] { right += *flights.run(key, {}, [&] { return slow(false); }) == "value"; });
  await_followers(2);
  cancelled = true;
  gate.release(2);
  callers.join();
  EXPECT_EQ(computed, 2);
  EXPECT_EQ(right, 1);
}

TEST_F(Flights, SurviveManyThreadsWithFailuresAndDeadlines) {
  std::atomic<int> done = 0;
  for (int thread = 0; thread < 12; ++thread) {
    callers.start([&, thread] {
      for (int i = 0; i < 500; ++i) {
        WorkContext context;
        if (i % 3 == 0) context.deadline = Clock::now() + std::chrono::microseconds(i % 100);
        const auto number = static_cast<uint64_t>(i / 10);
        try {
          const CachedValue value = flights.run({number, 0}, context, [&] {
            if ((i + thread) % 7 == 0) throw std::runtime_error("fails");
            std::this_thread::yield();
            return std::make_shared<const std::string>(std::to_string(number));
          });
          ASSERT_EQ(*value, std::to_string(number));
        } catch (const std::runtime_error&) {
        }
        ++done;
      }
    });
  }
  callers.join();
  EXPECT_EQ(done, 12 * 500);
  EXPECT_EQ(flights.followers(), 0);
}

}  // namespace
}  // namespace jnlp
