#include "server/api_keys.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "server/with_header.h"
#include "support/paths.h"

namespace jnlp {
namespace {

using test::with_header;

TEST(ApiKeys, BothHeadersAndAnyKeyOfThemOpen) {
  const ApiKeys keys({"0123456789abcdef", "fedcba9876543210"});
  EXPECT_TRUE(keys.allow(with_header("Authorization", "Bearer 0123456789abcdef")));
  EXPECT_TRUE(keys.allow(with_header("authorization", "bearer  fedcba9876543210 ")));
  EXPECT_TRUE(keys.allow(with_header("X-API-Key", "fedcba9876543210")));
}

TEST(ApiKeys, NothingElseOpens) {
  const ApiKeys keys({"0123456789abcdef"});
  EXPECT_FALSE(keys.allow(http::Request()));
  for (const char* wrong :
       {"Bearer ", "Bearer", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0",
        "Bearer 0123456789abcdef0123456789abcdef", "Basic 0123456789abcdef", "0123456789abcdef"}) {
    EXPECT_FALSE(keys.allow(with_header("Authorization", wrong))) << wrong;
  }
  EXPECT_FALSE(keys.allow(with_header("x-api-key", "")));
}

TEST(ApiKeys, WithoutKeysAllMayCome) {
  EXPECT_TRUE(ApiKeys().empty());
  EXPECT_TRUE(ApiKeys().allow(http::Request()));
}

TEST(ApiKeys, AFileHasOneKeyPerLine) {
  const test::TemporaryDir directory;
  const auto file = directory.path() / "keys";
  write_file(file, "# ours\n\n  0123456789abcdef  \r\nfedcba9876543210");
  const ApiKeys keys = ApiKeys::from_file(file);
  EXPECT_TRUE(keys.allow(with_header("x-api-key", "0123456789abcdef")));
  EXPECT_TRUE(keys.allow(with_header("x-api-key", "fedcba9876543210")));
  EXPECT_FALSE(keys.allow(with_header("x-api-key", "# ours")));
  write_file(file, "# none\n");
  EXPECT_THROW(ApiKeys::from_file(file), Error);
  write_file(file, "short\n");
  EXPECT_THROW(ApiKeys::from_file(file), Error);
  EXPECT_THROW(ApiKeys::from_file(directory.path() / "nothing"), Error);
}

TEST(ApiKeys, MadeOnesAreLongAndDiffer) {
  const std::string key = ApiKeys::random_key();
  EXPECT_EQ(key.size(), 32U);
  EXPECT_NE(key, ApiKeys::random_key());
}

}  // namespace
}  // namespace jnlp
