#include "http/target.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"

namespace jnlp::http {
namespace {

using test::error_of;

TEST(Target, IsDecoded) {
  const Target target = parse_target("/a%20b/%C3%A4?x=1&y=a+b%26&flag&=v&&x=2");
  EXPECT_EQ(target.path, "/a b/\xC3\xA4");
  EXPECT_EQ(target.segments, (std::vector<std::string>{"a b", "\xC3\xA4"}));
  EXPECT_EQ(target.query,
            (NamedValues{{"x", "1"}, {"y", "a b&"}, {"flag", ""}, {"", "v"}, {"x", "2"}}));
}

TEST(Target, EncodedSlashStaysInItsSegment) {
  EXPECT_EQ(parse_target("/models/org%2Fname/infer").segments,
            (std::vector<std::string>{"models", "org/name", "infer"}));
}

TEST(Target, FormsAndEdges) {
  EXPECT_EQ(parse_target("/").segments, std::vector<std::string>{""});
  EXPECT_EQ(parse_target("/a/").segments, (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(parse_target("/?q").path, "/");
  EXPECT_EQ(parse_target("http://host:80/a?b=c").path, "/a");
  EXPECT_EQ(parse_target("HTTP://host").path, "/");
  EXPECT_EQ(parse_target("http://host?b=c").query, (NamedValues{{"b", "c"}}));
  EXPECT_EQ(parse_target("/a..b/...").path, "/a..b/...");
  EXPECT_EQ(parse_target("/+").path, "/+");
}

TEST(Target, RefusesWhatIsBroken) {
  for (const char* text : {"",
                           "a",
                           "*",
                           "host:80",
                           "ftp://host/",
                           "http:///a",
                           "/%",
                           "/%2",
                           "/%zz",
                           "/a?b=%",
                           "/%00",
                           "/%0A",
                           "/%7f",
                           "/%ff",
                           "/?a=%ff",
                           "/..",
                           "/../a",
                           "/a/..",
                           "/a/./b",
                           "/%2e%2E/a",
                           "/.%2e/a",
                           "/..%2f..%2fetc",
                           "/a%2f..%2fb",
                           "/a%2F..",
                           "/..%5cwindows",
                           "/a#b",
                           "/a\tb",
                           "/a b",
                           "/\x80",
                           "/a\x7f"}) {
    const auto error = error_of([&] { parse_target(text); });
    EXPECT_TRUE(error && error->code() == ErrorCode::invalid_input) << text;
  }
}

}  // namespace
}  // namespace jnlp::http
