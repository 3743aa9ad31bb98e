#include "base/atomic_directory.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

int64_t entries(const fs::path& directory) {
  return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
}

TEST(AtomicDirectory, AppearsWhole) {
  const test::TemporaryDir dir;
  const fs::path path = dir.path() / "a/b/";
  {
    AtomicDirectory directory(path);
    write_file(directory.path() / "file", "one");
    EXPECT_FALSE(fs::exists(path));
    directory.commit();
  }
  EXPECT_EQ(read_file(path / "file"), "one");
  EXPECT_EQ(entries(dir.path() / "a"), 1);
}

TEST(AtomicDirectory, ReplacesWhatWasThere) {
  const test::TemporaryDir dir;
  const fs::path path = dir.path() / "a";
  fs::create_directories(path / "old");
  AtomicDirectory directory(path);
  write_file(directory.path() / "file", "two");
  EXPECT_TRUE(fs::exists(path / "old"));
  directory.commit();
  EXPECT_FALSE(fs::exists(path / "old"));
  EXPECT_EQ(read_file(path / "file"), "two");
  EXPECT_EQ(entries(dir.path()), 1);
}

TEST(AtomicDirectory, IsGoneWithoutCommit) {
  const test::TemporaryDir dir;
  {
    const AtomicDirectory directory(dir.path() / "a");
    write_file(directory.path() / "file", "three");
  }
  EXPECT_EQ(entries(dir.path()), 0);
}

TEST(AtomicDirectory, AFileInTheWayIsNamed) {
  const test::TemporaryDir dir;
  write_file(dir.path() / "file", "");
  EXPECT_THROW(AtomicDirectory(dir.path() / "file/a"), Error);
}

}  // namespace
}  // namespace jnlp
