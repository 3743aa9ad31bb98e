#include "serve/redis_cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "fake_backend.h"
#include "key_of.h"
#include "redis_server.h"
#include "serve/redis_connection.h"

namespace jnlp {
namespace {

using test::key_of;
using test::RedisServer;

CachedValue value_of(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// Generous to a loaded test machine; what is tested does not depend on it.
RedisOptions options() {
  return {.command_timeout = std::chrono::milliseconds(200),
          .connect_timeout = std::chrono::milliseconds(500),
          .probe_interval = std::chrono::milliseconds(5)};
}

template <typename Condition>
void await(Condition condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void await_available(const RedisCache& cache) {
  await([&] { return cache.counters().available; });
}

// Returns when the value can be read.
void put(RedisCache& cache, int number, const std::string& text) {
  const int64_t before = cache.counters().written;
  cache.insert(key_of(number), value_of(text));
  await([&] { return cache.counters().written > before; });
}

// What is read once Redis is there (again): a loaded machine may break the circuit at any time.
CachedValue read(RedisCache& cache, int number) {
  for (;;) {
    await_available(cache);
    const int64_t before = cache.counters().misses;
    const CachedValue value = cache.find(key_of(number));
    if (value != nullptr || cache.counters().misses > before) return value;
  }
}

class Redis : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
  }
};

TEST_F(Redis, SharesResultsBetweenServers) {
  RedisServer server("se@cret");
  std::string url = server.url();
  url.replace(url.find("se@"), 3, "se%40");
  RedisCache one(parse_redis_url(url + "/2"), options());
  RedisCache two(parse_redis_url(url + "/2"), options());
  RedisCache elsewhere(parse_redis_url(url + "/1"), options());
  await_available(one);
  EXPECT_EQ(read(one, 1), nullptr);
  const std::string text("{\"label\":\"\0\r\n\xff\"}", 15);
  put(one, 1, text);
  EXPECT_EQ(*read(two, 1), text);
  EXPECT_EQ(read(elsewhere, 1), nullptr);
  const std::string large(300000, 'x');
  put(two, 2, large);
  EXPECT_EQ(*read(one, 2), large);
  EXPECT_GE(one.counters().hits, 1);
  EXPECT_GE(one.counters().misses, 1);
}

TEST_F(Redis, PrefixesKeysAndSetsTheirTimeToLive) {
  RedisServer server;
  RedisOptions with_ttl = options();
  with_ttl.ttl = std::chrono::hours(1);
  RedisCache cache(parse_redis_url(server.url()), with_ttl);
  await_available(cache);
  put(cache, 1, "value");
  const std::string line = "redis-cli -u " + server.url() + " TTL jetson-nlp:1:" + key_of(1).hex();
  std::string answer(64, '\0');
  FILE* const pipe = ::popen(line.c_str(), "r");
  answer.resize(std::fread(answer.data(), 1, answer.size(), pipe));
  ASSERT_EQ(::pclose(pipe), 0);
  EXPECT_GT(std::stoi(answer), 3000);
  EXPECT_LE(std::stoi(answer), 3600);
}

TEST_F(Redis, IsBypassedWhileItIsGoneAndComesBackByItself) {
  RedisServer server;
  RedisCache cache(parse_redis_url(server.url()), options());
  await_available(cache);
  put(cache, 1, "value");
  server.kill();
  // The first to notice breaks the circuit; then nobody tries any more.
  await([&] { return cache.find(key_of(1)) == nullptr && !cache.counters().available; });
  const RedisCounters broken = cache.counters();
  EXPECT_GE(broken.failures, 1);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(cache.find(key_of(1)), nullptr);
    cache.insert(key_of(1), value_of("value"));
  }
  EXPECT_EQ(cache.counters().failures, broken.failures);
  EXPECT_EQ(cache.counters().bypassed, broken.bypassed + 1000);
  EXPECT_EQ(cache.counters().unwritten, broken.unwritten + 1000);
  server.start();
  await_available(cache);
  EXPECT_EQ(read(cache, 1), nullptr);  // it came back empty
  put(cache, 1, "new value");
  EXPECT_EQ(*read(cache, 1), "new value");
}

TEST_F(Redis, IsBypassedWhileItIsFrozen) {
  RedisServer server;
  RedisCache cache(parse_redis_url(server.url()), options());
  await_available(cache);
  put(cache, 1, "value");
  server.freeze();
  EXPECT_EQ(cache.find(key_of(1)), nullptr);  // returns, though Redis never answers
  EXPECT_FALSE(cache.counters().available);
  EXPECT_GE(cache.counters().failures, 1);
  // The kernel still accepts connections for it, but the probes want an answer.
  const int64_t failures = cache.counters().failures;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(cache.find(key_of(1)), nullptr);
  EXPECT_EQ(cache.counters().failures, failures);
  server.thaw();
  EXPECT_EQ(*read(cache, 1), "value");  // it has kept its memory
}

TEST_F(Redis, BreaksTheCircuitAtAWriteToo) {
  RedisServer server;
  RedisCache cache(parse_redis_url(server.url()), options());
  await_available(cache);
  server.kill();
  cache.insert(key_of(1), value_of("value"));
  await([&] { return !cache.counters().available; });
  EXPECT_EQ(cache.counters().unwritten, 1);
}

TEST_F(Redis, StaysAwayWithAWrongPassword) {
  RedisServer server("right");
  EXPECT_THROW(RedisConnection(parse_redis_url("redis://:wrong@" + server.url().substr(15)),
                               std::chrono::seconds(5), std::chrono::seconds(5)),
               Error);
  const RedisConnection right(parse_redis_url(server.url()), std::chrono::seconds(5),
                              std::chrono::seconds(5));
}

TEST_F(Redis, NeedNotBeThereAtTheStart) {
  RedisServer server;
  server.kill();
  RedisCache cache(parse_redis_url(server.url()), options());
  EXPECT_EQ(cache.find(key_of(1)), nullptr);
  EXPECT_EQ(cache.counters().bypassed, 1);
  server.start();
  await_available(cache);
  put(cache, 1, "value");
  EXPECT_EQ(*read(cache, 1), "value");
}

TEST_F(Redis, ServesManyThreadsWhileItComesAndGoes) {
  RedisServer server;
  RedisCache cache(parse_redis_url(server.url()), options());
  await_available(cache);
  std::atomic<bool> over = false;
  test::Callers callers;
  for (int thread = 0; thread < 8; ++thread) {
    callers.start([&, thread] {
      for (int i = 0; !over; ++i) {
        const int number = (i * 7 + thread) % 50;
        if (const CachedValue value = cache.find(key_of(number))) {
          ASSERT_EQ(*value, std::to_string(number));
        } else {
          cache.insert(key_of(number), value_of(std::to_string(number)));
        }
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    await([&] { return cache.counters().available; });
    const int64_t hits = cache.counters().hits;
    await([&] { return cache.counters().hits > hits + 10; });
    server.kill();
    await([&] { return !cache.counters().available; });
    server.start();
  }
  over = true;
  callers.join();
  EXPECT_GE(cache.counters().failures, 3);
}

TEST_F(Redis, DropsWritesThatItCannotKeepUpWith) {
  RedisServer server;
  RedisOptions small = options();
  small.max_pending_bytes = 1000;
  RedisCache cache(parse_redis_url(server.url()), small);
  await_available(cache);
  cache.insert(key_of(1), value_of(std::string(1001, 'x')));
  EXPECT_EQ(cache.counters().unwritten, 1);
  put(cache, 2, std::string(999, 'x'));
}

}  // namespace
}  // namespace jnlp
