#include "http/content_coding.h"

#include <gtest/gtest.h>

#include "http/error_status.h"
#include "support/expect_error.h"

namespace jnlp::http {
namespace {

TEST(ContentCoding, RoundTrip) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919);
  for (const std::string& each : {std::string(), std::string("a"), text}) {
    EXPECT_TRUE(decompress_gzip(compress_gzip(each), text.size()) == each);
  }
  EXPECT_LT(compress_gzip(text).size(), text.size() / 2);
}

TEST(ContentCoding, SeveralMembersAreOneText) {
  EXPECT_EQ(decompress_gzip(compress_gzip("ab") + compress_gzip("") + compress_gzip("c"), 3),
            "abc");
}

TEST(ContentCoding, BombIsRefusedAtTheLimit) {
  const std::string bomb = compress_gzip(std::string(size_t{200} << 20, 'a'));
  ASSERT_LT(bomb.size(), size_t{2} << 20);
  try {
    decompress_gzip(bomb, 1'000'000);
    FAIL() << "not refused";
  } catch (const HttpError& error) {
    EXPECT_EQ(error.status(), 413);
  }
  EXPECT_EQ(decompress_gzip(compress_gzip(std::string(1000, 'a')), 1000).size(), 1000U);
  EXPECT_THROW(decompress_gzip(compress_gzip(std::string(1001, 'a')), 1000), HttpError);
}

TEST(ContentCoding, DamagedDataIsRefused) {
  const std::string good = compress_gzip("some text that is long enough to be cut somewhere");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_ERROR(decompress_gzip(good.substr(0, size), 1000), ErrorCode::invalid_input, "gzip");
  }
  EXPECT_ERROR(decompress_gzip(good + "x", 1000), ErrorCode::invalid_input, "gzip");
  EXPECT_ERROR(decompress_gzip("plain text", 1000), ErrorCode::invalid_input, "gzip");
  std::string damaged = good;
  damaged[damaged.size() - 6] ^= 1;  // of the checksum
  EXPECT_ERROR(decompress_gzip(damaged, 1000), ErrorCode::invalid_input, "gzip");
}

TEST(ContentCoding, AcceptEncoding) {
  for (const char* yes : {"gzip", "GZIP", "deflate, gzip;q=0.5", "br,gzip", "*", "gzip ; q=1"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const char* no : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "identity"}) {
    EXPECT_FALSE(accepts_gzip(no)) << no;
  }
}

TEST(ErrorStatus, CodesHaveStatuses) {
  EXPECT_EQ(status_of(ErrorCode::invalid_input), 400);
  EXPECT_EQ(status_of(ErrorCode::not_found), 404);
  EXPECT_EQ(status_of(ErrorCode::overloaded), 503);
  EXPECT_EQ(status_of(ErrorCode::deadline), 504);
  EXPECT_EQ(status_of(ErrorCode::unsupported), 501);
  EXPECT_EQ(status_of(ErrorCode::io), 500);
  EXPECT_EQ(status_of(ErrorCode::internal), 500);
}

}  // namespace
}  // namespace jnlp::http
