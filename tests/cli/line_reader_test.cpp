#include "cli/line_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

class LineReaderTest : public testing::Test {
 protected:
  std::vector<std::string> lines_of(const std::string& bytes) {
    write_file(path_, bytes);
    LineReader reader(path_);
    std::vector<std::string> lines;
    std::string line;
    while (reader.next(&line)) lines.push_back(line);
    EXPECT_EQ(reader.line_number(), static_cast<int64_t>(lines.size()));
    return lines;
  }

  test::TemporaryDir directory_;
  std::filesystem::path path_ = directory_.path() / "input.txt";
};

using Lines = std::vector<std::string>;

TEST_F(LineReaderTest, EndsLinesAtLineFeeds) {
  EXPECT_EQ(lines_of(""), Lines());
  EXPECT_EQ(lines_of("\n"), Lines{""});
  EXPECT_EQ(lines_of("a\nb"), (Lines{"a", "b"}));
  EXPECT_EQ(lines_of("a\r\n\r\nb\r\n"), (Lines{"a", "", "b"}));
  EXPECT_EQ(lines_of(std::string("a\0b\n", 4)), Lines{std::string("a\0b", 3)});
}

TEST_F(LineReaderTest, DropsAByteOrderMarkAtTheStartOnly) {
  EXPECT_EQ(lines_of("\xEF\xBB\xBF"
                     "a\n\xEF\xBB\xBF"
                     "b"),
            (Lines{"a",
                   "\xEF\xBB\xBF"
                   "b"}));
}

TEST_F(LineReaderTest, ReadsLinesLongerThanItsBuffer) {
  const std::string longer(300'000, 'x');
  EXPECT_EQ(lines_of("a\n" + longer + "\nb\n" + longer), (Lines{"a", longer, "b", longer}));
}

TEST_F(LineReaderTest, RefusesALineWithoutEnd) {
  EXPECT_THROW(lines_of("a\n" + std::string(kMaxLineBytes + 200'000, 'x')), Error);
}

TEST_F(LineReaderTest, GivesTheRestAtOnce) {
  write_file(path_, "first\nsecond\nthird\n");
  LineReader reader(path_);
  std::string line;
  ASSERT_TRUE(reader.next(&line));
  EXPECT_EQ(reader.rest(), "second\nthird\n");
  EXPECT_FALSE(reader.next(&line));
}

TEST_F(LineReaderTest, RefusesWhatIsNoFile) {
  EXPECT_THROW(LineReader(directory_.path() / "absent"), Error);
  LineReader reader(directory_.path());
  std::string line;
  EXPECT_THROW(reader.next(&line), Error);
}

}  // namespace
}  // namespace jnlp
