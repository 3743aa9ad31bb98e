#include "serve/cache_key.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace jnlp {
namespace {

TEST(CacheKey, DependsOnEveryPartAndOnWhereItEnds) {
  std::set<std::string> keys;
  keys.insert(cache_key("m", "task", "p", "text").hex());
  keys.insert(cache_key("n", "task", "p", "text").hex());
  keys.insert(cache_key("m", "tasks", "p", "text").hex());
  keys.insert(cache_key("m", "task", "", "text").hex());
  keys.insert(cache_key("m", "task", "p", "texts").hex());
  keys.insert(cache_key("mt", "ask", "p", "text").hex());
  keys.insert(cache_key("m", "task", "pt", "ext").hex());
  keys.insert(cache_key("m", "task", "p", std::string("text\0", 5)).hex());
  EXPECT_EQ(keys.size(), 8U);
  EXPECT_EQ(cache_key("m", "task", "p", "text"), cache_key("m", "task", "p", "text"));
}

// Servers that share a Redis must agree: sha256 of eight-byte little-endian lengths and parts, by
// Python's hashlib.
TEST(CacheKey, IsTheSameOnEveryMachine) {
  EXPECT_EQ(cache_key("digest", "sentiment", "{\"top_k\":1}", "I love it").hex(),
            "724820aeed36ea905584ce70efbbd03f");
}

}  // namespace
}  // namespace jnlp
