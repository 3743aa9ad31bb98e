#include "serve/redis_url.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"

namespace jnlp {
namespace {

TEST(RedisUrl, IsReadInAllItsForms) {
  const RedisUrl full = parse_redis_url("redis://anna:p%40ss%3Aw%2Fd@cache.local:7000/3");
  EXPECT_EQ(full.user, "anna");
  EXPECT_EQ(full.password, "p@ss:w/d");
  EXPECT_EQ(full.host, "cache.local");
  EXPECT_EQ(full.port, 7000);
  EXPECT_EQ(full.database, 3);
  const RedisUrl least = parse_redis_url("redis://localhost");
  EXPECT_EQ(least.port, 6379);
  EXPECT_EQ(least.database, 0);
  EXPECT_TRUE(least.password.empty());
  EXPECT_EQ(parse_redis_url("redis://:secret@localhost/").password, "secret");
  EXPECT_EQ(parse_redis_url("redis://[::1]:7001/2").host, "::1");
  EXPECT_EQ(parse_redis_url("redis://[::1]:7001/2").port, 7001);
  EXPECT_EQ(parse_redis_url("redis://[fe80::1]").host, "fe80::1");
}

TEST(RedisUrl, IsRefusedWithTheReason) {
  EXPECT_ERROR(parse_redis_url("rediss://host"), ErrorCode::unsupported, "TLS to Redis");
  for (const char* url :
       {"", "host", "http://host", "redis://", "redis://host:", "redis://host:0", "redis://:1",
        "redis://host:65536", "redis://host:1x", "redis://host/x", "redis://host/-1",
        "redis://[::1", "redis://[::1]7", "redis://user@host"}) {
    EXPECT_ERROR(parse_redis_url(url), ErrorCode::invalid_input, "bad Redis URL");
  }
  const auto error = test::error_of([] { parse_redis_url("redis://:hunter2%@host"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(std::string(error->what()).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace jnlp
