#include "llm/stream_lines.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "support/expect_error.h"

namespace jnlp {
namespace {

using Strings = std::vector<std::string>;

template <typename Reader>
void finish(Reader& reader) {
  if constexpr (requires { reader.finish(); }) reader.finish();
}

// What a reader gives when the stream comes as these pieces.
template <typename Reader>
Strings read(const Strings& pieces) {
  Strings given;
  Reader reader([&](std::string_view text) { given.emplace_back(text); });
  for (const std::string& piece : pieces) reader.push(piece);
  finish(reader);
  return given;
}

// Whole, byte by byte, and cut at every two places: always the same.
template <typename Reader>
void expect_however_cut(const std::string& stream, const Strings& expected) {
  Strings bytes;
  for (const char c : stream) bytes.emplace_back(1, c);
  EXPECT_EQ(read<Reader>({stream}), expected);
  EXPECT_EQ(read<Reader>(bytes), expected);
  for (size_t i = 0; i <= stream.size(); ++i) {
    for (size_t j = i; j <= stream.size(); ++j) {
      ASSERT_EQ(read<Reader>({stream.substr(0, i), stream.substr(i, j - i), stream.substr(j)}),
                expected)
          << "cut at " << i << " and " << j;
    }
  }
}

TEST(LineSplitter, LinesHoweverTheyAreCut) {
  expect_however_cut<LineSplitter>("{\"a\":1}\n{\"b\":\"\xC3\xA4\\n\"}\r\n\n{}",
                                   {"{\"a\":1}", "{\"b\":\"\xC3\xA4\\n\"}", "", "{}"});
  expect_however_cut<LineSplitter>("a\n", {"a"});
  expect_however_cut<LineSplitter>("", {});
  expect_however_cut<LineSplitter>("\r\n\r", {"", ""});
  expect_however_cut<LineSplitter>("a\rb\n", {"a\rb"});
}

TEST(LineSplitter, IsBounded) {
  Strings given;
  LineSplitter lines([&](std::string_view line) { given.emplace_back(line); });
  const std::string piece(size_t{1} << 20, 'x');
  for (int i = 0; i < 16; ++i) lines.push(piece);
  EXPECT_ERROR(lines.push("y"), ErrorCode::io, "16 MiB");
  EXPECT_TRUE(given.empty());
}

TEST(LineSplitter, AFaultOfTheReceiverComesOutOnce) {
  Strings given;
  LineSplitter lines([&](std::string_view line) {
    if (line == "bad") throw std::runtime_error("bad");
    given.emplace_back(line);
  });
  lines.push("b");
  EXPECT_THROW(lines.push("ad\n"), std::runtime_error);
  lines.push("good\n");
  EXPECT_EQ(given, Strings{"good"});
}

TEST(EventReader, EventsHoweverTheyAreCut) {
  expect_however_cut<EventReader>(
      ": hello\r\ndata: {\"a\":1}\r\n\r\ndata:{\"b\":2}\n\nevent: x\nid: 7\n\ndata: [DONE]\n\n",
      {"{\"a\":1}", "{\"b\":2}", "[DONE]"});
}

TEST(EventReader, LinesOfOneEventAreJoined) {
  expect_however_cut<EventReader>("data: {\ndata:  \"a\":1\n: ping\ndata: }\n\n",
                                  {"{\n \"a\":1\n}"});
  expect_however_cut<EventReader>("data\ndata:\n\n", {"\n"});
}

TEST(EventReader, OtherFieldsAndWhatIsCutOffAreDropped) {
  expect_however_cut<EventReader>("dat: a\ndatax: b\n\nretry: 3\n\n", {});
  expect_however_cut<EventReader>("data: a\n\ndata: b\n", {"a"});
  expect_however_cut<EventReader>("\n\n\n", {});
}

TEST(EventReader, IsBounded) {
  EventReader events([](std::string_view) {});
  const std::string line = "data: " + std::string(size_t{1} << 20, 'x') + "\n";
  const auto push_many = [&] {
    for (int i = 0; i < 20; ++i) events.push(line);
  };
  EXPECT_ERROR(push_many(), ErrorCode::io, "16 MiB");
}

}  // namespace
}  // namespace jnlp
