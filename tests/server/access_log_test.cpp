#include "server/access_log.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace jnlp {
namespace {

http::Request request() {
  http::Request made;
  made.method = "POST";
  made.path = "/sentiment";
  made.route = "/sentiment";
  made.remote = "10.0.0.7";
  made.id = "abc";
  made.headers.set("traceparent", "00-1-2-01");
  made.headers.set("authorization", "Bearer secret");
  made.body = "a text";
  return made;
}

TEST(AccessLog, JsonHasWhatMachinesSortBy) {
  const http::Request made = request();
  const http::AccessRecord record{made, 200, 123, std::chrono::microseconds(4567), ""};
  const Json line = parse_json(access_line(record, LogFormat::json), "the line");
  EXPECT_EQ(line.at("route"), "/sentiment");
  EXPECT_EQ(line.at("status"), 200);
  EXPECT_EQ(line.at("bytes"), 123);
  EXPECT_EQ(line.at("duration_us"), 4567);
  EXPECT_EQ(line.at("id"), "abc");
  EXPECT_EQ(line.at("traceparent"), "00-1-2-01");
  EXPECT_FALSE(line.contains("fault"));
}

TEST(AccessLog, NeitherKeysNorTextsComeIn) {
  const http::Request made = request();
  for (const LogFormat format : {LogFormat::json, LogFormat::text}) {
    const std::string line =
        access_line({made, 400, 9, std::chrono::microseconds(1), "near 'a text'"}, format);
    EXPECT_EQ(line.find("secret"), std::string::npos) << line;
    EXPECT_EQ(line.find("a text"), std::string::npos) << line;
  }
}

TEST(AccessLog, OurOwnFaultsAreExplained) {
  const http::Request made = request();
  for (const LogFormat format : {LogFormat::json, LogFormat::text}) {
    const std::string line =
        access_line({made, 500, 9, std::chrono::microseconds(1), "disk on fire"}, format);
    EXPECT_NE(line.find("disk on fire"), std::string::npos) << line;
  }
}

TEST(AccessLog, NeitherBlanksNorUnicodesControlsForgeFields) {
  http::Request made = request();
  made.path =
      "/x 200 5 B 1.0 ms \xC2\x9B"
      "31m\xC2\xA0";
  const std::string line =
      access_line({made, 404, 9, std::chrono::microseconds(1), ""}, LogFormat::text);
  EXPECT_NE(line.find(" /x?200?5?B?1.0?ms??31m\xC2\xA0 404 9 B "), std::string::npos) << line;
  const Json parsed = parse_json(
      access_line({made, 404, 9, std::chrono::microseconds(1), ""}, LogFormat::json), "the line");
  EXPECT_EQ(parsed.at("path"), "/x 200 5 B 1.0 ms ?31m\xC2\xA0");
}

TEST(AccessLog, AClientCannotForgeALine) {
  http::Request made = request();
  made.path = "/x\n2026-01-01T00:00:00Z forged\x1b[2J";
  const std::string line =
      access_line({made, 404, 9, std::chrono::microseconds(1), ""}, LogFormat::text);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace jnlp
