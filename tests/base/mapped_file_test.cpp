#include "base/mapped_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "base/file.h"
#include "support/paths.h"
#include "support/resident_pages.h"

namespace jnlp {
namespace {

constexpr int64_t kPages = 64;

class MappedPages : public testing::Test {
 protected:
  MappedPages() {
    for (int64_t i = 0; i < kPages; ++i) content.append(page, static_cast<char>('0' + i));
    write_file(path, content);
    file = MappedFile(path);
  }
  // Reads all of it.
  std::string text() const {
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
  }
  int64_t resident_pages() const {
    return test::resident_kb(path) * 1024 / static_cast<int64_t>(page);
  }

  const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const test::TemporaryDir dir;
  const std::filesystem::path path = dir.path() / "f";
  std::string content;
  MappedFile file;
};

TEST_F(MappedPages, AReleasedFileIsNoMemoryAndCanStillBeRead) {
  EXPECT_EQ(text(), content);
  ASSERT_EQ(resident_pages(), kPages);
  file.release(file.bytes());
  EXPECT_EQ(resident_pages(), 0);
  EXPECT_EQ(text(), content);
  EXPECT_EQ(resident_pages(), kPages);
}

TEST_F(MappedPages, APartTakesThePagesAtItsEndsWithIt) {
  ASSERT_EQ(text(), content);
  file.release(file.bytes().subspan(10 * page + 1, 2 * page));  // pages 10 to 12
  EXPECT_EQ(resident_pages(), kPages - 3);
  EXPECT_EQ(text(), content);
}

TEST_F(MappedPages, NothingIsReleasedOfNothing) {
  ASSERT_EQ(text(), content);
  file.release({});
  file.release(file.bytes().subspan(page, 0));
  MappedFile().release({});
  EXPECT_EQ(resident_pages(), kPages);
}

TEST_F(MappedPages, TheEndOfAFileMayBeWithinAPage) {
  write_file(path, content + "end");
  file = MappedFile(path);
  EXPECT_EQ(text(), content + "end");
  file.release(file.bytes().last(2));
  EXPECT_EQ(resident_pages(), kPages);
  EXPECT_EQ(text(), content + "end");
}

}  // namespace
}  // namespace jnlp
