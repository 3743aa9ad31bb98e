#include "serve/rate_limiter.h"

#include <gtest/gtest.h>

#include "serve/overloaded.h"

namespace jnlp {
namespace {

using std::chrono::milliseconds;

// Milliseconds to wait; 0: admitted.
int64_t wait_of(RateLimiter& limiter, uint64_t client, RateLimiter::Clock::time_point now) {
  try {
    limiter.admit(client, now);
    return 0;
  } catch (const Overloaded& error) {
    EXPECT_EQ(error.reason(), Refusal::rate_limit);
    return error.retry_after().count();
  }
}

TEST(RateLimiter, AllowsABurstAndThenTheRate) {
  RateLimiter limiter({.per_second = 10, .burst = 3});
  const auto start = RateLimiter::Clock::now();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(wait_of(limiter, 1, start), 0);
  EXPECT_EQ(wait_of(limiter, 1, start), 100);
  EXPECT_EQ(wait_of(limiter, 1, start + milliseconds(60)), 40);
  EXPECT_EQ(wait_of(limiter, 1, start + milliseconds(100)), 0);
  EXPECT_EQ(wait_of(limiter, 1, start + milliseconds(100)), 100);
  EXPECT_EQ(wait_of(limiter, 2, start), 0);  // another client
  int admitted = 0;
  for (int ms = 1000; ms < 11000; ++ms)
    admitted += wait_of(limiter, 1, start + milliseconds(ms)) == 0;
  EXPECT_EQ(admitted, 3 + 99);
}

TEST(RateLimiter, LimitsNobodyWithoutARate) {
  RateLimiter limiter({});
  for (int i = 0; i < 1000; ++i) limiter.admit(1);
  EXPECT_EQ(limiter.clients(), 0U);
}

TEST(RateLimiter, ForgetsTheClientThatWasAwayLongest) {
  RateLimiter limiter({.per_second = 0.001, .burst = 1, .max_clients = 3});
  const auto now = RateLimiter::Clock::now();
  for (const uint64_t client : {1, 2, 3}) EXPECT_EQ(wait_of(limiter, client, now), 0);
  EXPECT_GT(wait_of(limiter, 1, now), 0);  // 2 is now the one seen longest ago
  EXPECT_EQ(wait_of(limiter, 4, now), 0);
  EXPECT_EQ(limiter.clients(), 3U);
  EXPECT_GT(wait_of(limiter, 1, now), 0);
  EXPECT_EQ(wait_of(limiter, 2, now), 0);
  for (uint64_t client = 100; client < 100000; ++client) wait_of(limiter, client, now);
  EXPECT_EQ(limiter.clients(), 3U);
}

}  // namespace
}  // namespace jnlp
