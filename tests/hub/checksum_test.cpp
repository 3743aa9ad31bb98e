#include "hub/checksum.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "support/paths.h"

namespace jnlp {
namespace {

// `git hash-object` and `sha256sum` gave the expected values.
TEST(Checksum, GitBlobIdOfPieces) {
  Checksum checksum("ce013625030ba8dba906f756967f9e9ca394464a", 6);
  checksum.update("hel");
  checksum.update("lo\n");
  EXPECT_EQ(checksum.finish(), checksum.expected());
}

TEST(Checksum, GitBlobIdOfAnEmptyFile) {
  Checksum checksum("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", 0);
  EXPECT_EQ(checksum.finish(), checksum.expected());
}

TEST(Checksum, Sha256AfterARestart) {
  Checksum checksum("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", 6);
  checksum.update("something else");
  checksum.restart();
  checksum.update("hello\n");
  EXPECT_EQ(checksum.finish(), checksum.expected());
}

TEST(Checksum, RefusesWhatIsNeither) {
  EXPECT_THROW(Checksum("abc", 1), Error);
  EXPECT_THROW(Checksum(std::string(64, 'G'), 1), Error);
}

TEST(Checksum, Sha256OfAFile) {
  const test::TemporaryDir dir;
  const auto path = dir.path() / "file";
  std::ofstream(path, std::ios::binary) << "hello\n";
  EXPECT_EQ(sha256_of_file(path),
            "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
  EXPECT_THROW(sha256_of_file(dir.path() / "none"), Error);
}

}  // namespace
}  // namespace jnlp
