#include "serve/cached_results.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "fake_backend.h"
#include "key_of.h"
#include "redis_server.h"

namespace jnlp {
namespace {

using test::key_of;

CachedValue get(CachedResults& results, const CacheKey& key,
                const std::function<std::string()>& compute) {
  if (CachedValue value = results.find(key)) return value;
  return results.get(key, {}, compute);
}

TEST(CachedResults, ComputesEachKeyOnceForManyThreads) {
  CachedResults results(8 << 20);
  std::vector<std::atomic<int>> computed(200);
  test::Callers callers;
  for (int thread = 0; thread < 16; ++thread) {
    callers.start([&] {
      for (int i = 0; i < 200; ++i) {
        const CachedValue value = get(results, key_of(i), [&] {
          ++computed[static_cast<size_t>(i)];
          std::this_thread::yield();
          return std::to_string(i);
        });
        ASSERT_EQ(*value, std::to_string(i));
      }
    });
  }
  callers.join();
  for (const auto& count : computed) EXPECT_EQ(count, 1);
  EXPECT_EQ(results.counters().entries, 200);
  EXPECT_EQ(results.counters().hits + results.counters().misses, 16 * 200);
  EXPECT_EQ(results.redis(), nullptr);
}

TEST(CachedResults, KeepsNoFailures) {
  CachedResults results(1 << 20);
  EXPECT_THROW(get(results, key_of(1), []() -> std::string { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_EQ(*get(results, key_of(1), [] { return "yes"; }), "yes");
  EXPECT_EQ(*get(results, key_of(1), [] { return "again"; }), "yes");
}

TEST(CachedResults, OneMayLeadWithoutAThread) {
  CachedResults results(1 << 20);
  auto lead = results.try_lead(key_of(1));
  ASSERT_NE(lead, nullptr);
  EXPECT_EQ(results.try_lead(key_of(1)), nullptr);
  test::Callers callers;
  for (int i = 0; i < 3; ++i) {
    callers.start([&] {
      EXPECT_EQ(*results.get(key_of(1), {}, [] { return "by a follower"; }), "by the leader");
    });
  }
  while (results.followers() < 3) std::this_thread::yield();
  lead->land(std::make_shared<const std::string>("by the leader"));
  callers.join();
  lead.reset();  // it has nothing left to give up
  EXPECT_EQ(*results.find(key_of(1)), "by the leader");
  EXPECT_NE(results.try_lead(key_of(2)), nullptr);
}

TEST(CachedResults, WhoLetsALeadGoLeavesItToTheNext) {
  CachedResults results(1 << 20);
  auto lead = results.try_lead(key_of(1));
  test::Callers callers;
  callers.start([&] {
    EXPECT_EQ(*results.get(key_of(1), {}, [] { return "by a follower"; }), "by a follower");
  });
  while (results.followers() < 1) std::this_thread::yield();
  lead.reset();
  callers.join();
  EXPECT_EQ(*results.find(key_of(1)), "by a follower");
}

TEST(CachedResults, TakesWhatAnotherServerPutIntoRedis) {
  if (!test::RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
  test::RedisServer server;
  const auto connected = [&] {
    auto redis = std::make_unique<RedisCache>(
        parse_redis_url(server.url()), RedisOptions{.command_timeout = std::chrono::seconds(5),
                                                    .connect_timeout = std::chrono::seconds(5)});
    while (!redis->counters().available) std::this_thread::yield();
    return redis;
  };
  CachedResults one(1 << 20, connected());
  CachedResults two(1 << 20, connected());
  EXPECT_EQ(*get(one, key_of(1), [] { return "from one"; }), "from one");
  while (one.redis()->counters().written < 1) std::this_thread::yield();
  EXPECT_EQ(*get(two, key_of(1), [] { return "from two"; }), "from one");
  EXPECT_EQ(two.redis()->counters().hits, 1);
  EXPECT_EQ(*get(two, key_of(1), [] { return "from two"; }), "from one");
  EXPECT_EQ(two.redis()->counters().hits, 1);   // now it has its own
  EXPECT_EQ(one.try_lead(key_of(2)), nullptr);  // Redis has to be waited for
}

}  // namespace
}  // namespace jnlp
