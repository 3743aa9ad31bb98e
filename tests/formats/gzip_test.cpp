#include "formats/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

std::string compress(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class GzipTest : public ::testing::Test {
 protected:
  std::string read(const std::string& bytes, size_t max_bytes = 1U << 30) {
    write_file(directory_.path() / "file", bytes);
    return read_maybe_gzip(directory_.path() / "file", max_bytes);
  }
  test::TemporaryDir directory_;
};

TEST_F(GzipTest, ReadsPlainAndCompressedAlike) {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += std::to_string(i * 7919) + "\n";
  EXPECT_EQ(read(text), text);
  EXPECT_EQ(read(compress(text)), text);
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read(compress("")), "");
  EXPECT_EQ(read(compress("one ") + compress("two") + std::string(7, '\0')), "one two");
}

TEST_F(GzipTest, RefusesDamage) {
  const std::string good = compress("some text that is long enough to be cut in the middle");
  for (size_t length = 2; length < good.size(); ++length) {
    EXPECT_THROW(read(good.substr(0, length)), Error) << length;
  }
  std::string flipped = good;
  flipped[good.size() - 6] = static_cast<char>(flipped[good.size() - 6] ^ 1);  // in the checksum
  EXPECT_THROW(read(flipped), Error);
  EXPECT_THROW(read(good + "tail"), Error);
  EXPECT_THROW(read_maybe_gzip(directory_.path() / "absent"), Error);
}

TEST_F(GzipTest, BoundsTheResult) {
  const std::string bomb = compress(std::string(10'000'000, 'a'));
  EXPECT_LT(bomb.size(), 20000U);
  EXPECT_THROW(read(bomb, 1'000'000), Error);
  EXPECT_THROW(read(std::string(100, 'a'), 99), Error);
  EXPECT_EQ(read(std::string(100, 'a'), 100).size(), 100U);
}

}  // namespace
}  // namespace jnlp
