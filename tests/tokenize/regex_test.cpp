#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "support/paths.h"
#include "tokenize/regex/pattern.h"

namespace jnlp::tok {
namespace {

std::string repeated(std::string_view part, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; ++i) text += part;
  return text;
}

// Matches that are not empty, in code points, as the golden file has them.
std::vector<size_t> matches_of(const Pattern& pattern, const std::string& text) {
  const CodePointIndex index(text);
  std::vector<size_t> found;
  for (const TextSpan& span : pattern.find_all(text)) {
    if (span.begin == span.end) continue;
    found.push_back(index.code_point_offset(span.begin));
    found.push_back(index.code_point_offset(span.end));
  }
  return found;
}

TEST(Regex, FindsWhatTheReferenceFinds) {
  const Json golden = read_json_file(test::test_file("golden/tokenizers/regex.json"));
  for (const Json& line : golden["cases"]) {
    const auto expression = line[0].get<std::string>();
    const Pattern pattern = Pattern::regex(expression);
    for (size_t i = 0; i < golden["texts"].size(); ++i) {
      const auto text = golden["texts"][i].get<std::string>();
      EXPECT_EQ(matches_of(pattern, text), line[1][i].get<std::vector<size_t>>())
          << expression << " in \"" << text << '"';
    }
  }
}

TEST(Regex, RefusesWhatIsMalformedOrNotKnown) {
  for (const char* expression : {"(",
                                 ")",
                                 "a)",
                                 "[",
                                 "[a",
                                 "[]",
                                 "*",
                                 "a|*",
                                 "(?<n",
                                 "(?q)",
                                 "\\p{Klingon}",
                                 "\\p{L",
                                 "\\p",
                                 "\\x{110000}",
                                 "\\x{",
                                 "[z-a]",
                                 "a{3,2}",
                                 "a{1001}",
                                 "\\1",
                                 "\\k<n>",
                                 "(?<=a*)b",
                                 "\\",
                                 "[[:nothing:]]",
                                 "[[:alpha",
                                 "(?#",
                                 "\xFF"}) {
    EXPECT_THROW(Pattern::regex(expression), Error) << expression;
  }
}

// Each of these took the stack, the memory or minutes from an engine that does not look out.
TEST(Regex, RefusesWhatIsTooLarge) {
  std::string nested_repeats = "";
  for (int i = 0; i < 40; ++i) nested_repeats = "(?:" + nested_repeats + "){1000}";
  for (const std::string& expression :
       {repeated("(", 100'000) + repeated(")", 100'000), repeated("[", 100'000),
        "a" + repeated("*", 10'000), "a" + repeated("{2}", 5'000), nested_repeats,
        repeated("(?i)", 4'000), repeated("a", 100'000),
        std::string("((((a{1000}){1000}){1000}){1000})"),
        "(" + repeated("(?:a+", 90) + repeated(")+", 90) + ")"}) {
    EXPECT_THROW(Pattern::regex(expression), Error) << expression.substr(0, 40);
  }
}

TEST(Regex, CompilesLongCaseInsensitiveExpressionsInTime) {
  const auto start = std::chrono::steady_clock::now();
  Pattern::regex("(?i)" + repeated("a", 16'000));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

class Explosive : public testing::TestWithParam<const char*> {};

// Backtracking without end gives an error, soon and without filling the memory.
TEST_P(Explosive, EndsWithAnErrorOrAnAnswer) {
  const Pattern pattern = Pattern::regex(GetParam());
  const std::string text = repeated("a", 20'000);
  const auto start = std::chrono::steady_clock::now();
  try {
    pattern.find_all(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

INSTANTIATE_TEST_SUITE_P(Patterns, Explosive,
                         testing::Values("(a*)*b", "(a|a)*b", "(a|aa)+$b", "a*b", "a*+b", "(?>a*)b",
                                         "(?:a?){1000}a{1000}b", "(?=a*b)", "(?<=a{1000})b",
                                         "(?!a*+b)c", "a+a+a+b", "(?:(?:a+)+)+b", "(a*?)*?b",
                                         "a{500}b", ".*.*.*=x"));

// In most published tokenizers white space is searched with a look-ahead; long runs of it must not
// cost their square.
TEST(Regex, LongRunsTakeLinearTime) {
  const std::string cl100k =
      R"((?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
  const Pattern pattern = Pattern::regex(cl100k);
  for (const char* part : {" ", "\n", "a", "1", "!", "\u3000", "e\u0301", " a"}) {
    const std::string text = repeated(part, 1'000'000 / std::string_view(part).size());
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(pattern.find_all(text).empty());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << part;
  }
}

TEST(Pattern, LiteralsAreFoundWithoutOverlap) {
  EXPECT_EQ(Pattern::literal("aa").find_all("aaaaa"), (std::vector<TextSpan>{{0, 2}, {2, 4}}));
  EXPECT_TRUE(Pattern::literal("").find_all("abc").empty());
  EXPECT_TRUE(Pattern::literal("x").find_all("").empty());
}

}  // namespace
}  // namespace jnlp::tok
