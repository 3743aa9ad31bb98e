#include "server/key_ring.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

bool opens(const KeyRing& ring, const char* key) {
  http::Request request;
  request.headers.set("x-api-key", key);
  return ring.current()->allow(request);
}

TEST(KeyRing, ReadsItsFileAnew) {
  const test::TemporaryDir directory;
  const auto file = directory.path() / "keys";
  write_file(file, "0123456789abcdef\n");
  KeyRing ring(file);
  write_file(file, "fedcba9876543210\n");
  EXPECT_TRUE(opens(ring, "0123456789abcdef"));
  EXPECT_TRUE(ring.reload());
  EXPECT_FALSE(opens(ring, "0123456789abcdef"));
  EXPECT_TRUE(opens(ring, "fedcba9876543210"));
}

TEST(KeyRing, KeepsTheOldKeysWhenTheFileIsOfNoUse) {
  const test::TemporaryDir directory;
  const auto file = directory.path() / "keys";
  write_file(file, "0123456789abcdef\n");
  KeyRing ring(file);
  const std::string nul("0123456789abcdef\0x", 18);
  for (const std::string& damaged : {std::string(), std::string("# none\n"), std::string("short\n"),
                                     nul, std::string("fedcba9876543210 fedcba9876543210\n")}) {
    write_file(file, damaged);
    EXPECT_THROW(ring.reload(), Error) << damaged;
    EXPECT_TRUE(opens(ring, "0123456789abcdef")) << damaged;
    EXPECT_FALSE(opens(ring, "")) << damaged;
  }
  std::filesystem::remove(file);
  EXPECT_THROW(ring.reload(), Error);
  EXPECT_TRUE(opens(ring, "0123456789abcdef"));
}

TEST(KeyRing, KeysOfNoFileStay) {
  KeyRing ring(ApiKeys({"0123456789abcdef"}));
  EXPECT_FALSE(ring.reload());
  EXPECT_TRUE(opens(ring, "0123456789abcdef"));
}

}  // namespace
}  // namespace jnlp
