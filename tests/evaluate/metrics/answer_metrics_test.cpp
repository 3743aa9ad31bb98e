// Against the functions of the official SQuAD scripts, run by Python.
#include "evaluate/metrics/answers.h"

#include "base/utf8.h"
#include "evaluate/metrics/golden.h"
#include "evaluate/metrics/python_text.h"

namespace jnlp {
namespace {

TEST(Answers, NormalizeAsTheSquadScripts) {
  const Json golden = test::golden_metrics("answers");
  for (const Json& pair : golden.at("texts")) {
    EXPECT_EQ(normalize_answer(pair[0].get<std::string>()), pair[1].get<std::string>()) << pair[0];
  }
}

TEST(Answers, ScoreAsTheSquadScripts) {
  const Json golden = test::golden_metrics("answers");
  ASSERT_GT(golden.at("cases").size(), 100U);
  for (const Json& pair : golden["cases"]) {
    const auto prediction = pair.at("prediction").get<std::string>();
    const auto references = pair.at("references").get<std::vector<std::string>>();
    if (pair.contains("v1")) {
      const AnswerScore score = score_answer_v1(prediction, references);
      EXPECT_EQ(score.exact, pair["v1"][0].get<double>()) << pair;
      EXPECT_NEAR(score.f1, pair["v1"][1].get<double>(), 1e-12) << pair;
    }
    const AnswerScore score = score_answer_v2(prediction, references);
    EXPECT_EQ(score.exact, pair.at("v2")[0].get<double>()) << pair;
    EXPECT_NEAR(score.f1, pair["v2"][1].get<double>(), 1e-12) << pair;
  }
}

// Marks the code points inside ranges [begin, end).
std::vector<bool> members(const Json& ranges) {
  std::vector<bool> is_member(0x110000);
  for (const Json& range : ranges) {
    for (auto c = range[0].get<size_t>(); c < range[1].get<size_t>(); ++c) is_member[c] = true;
  }
  return is_member;
}

TEST(Answers, EveryAssignedCodePointIsAsInPython) {
  const Json golden = test::golden_metrics("answers").at("code_points");
  const auto assigned = members(golden.at("assigned"));
  const auto word = members(golden.at("word"));
  int different = 0;
  for (size_t value = 0; value < assigned.size(); ++value) {
    if (!assigned[value]) continue;
    const auto c = static_cast<char32_t>(value);
    std::string text;
    append_utf8(c, &text);
    const Json& lower = golden.at("lower");
    const auto found = lower.find(std::to_string(value));
    const std::string expected = found == lower.end() ? text : found->get<std::string>();
    if (is_python_word(c) != word[value] || to_utf8(python_lower(text)) != expected) {
      ADD_FAILURE() << "U+" << std::hex << value;
      if (++different == 10) break;
    }
  }
}

TEST(Answers, WhiteSpaceIsPythons) {
  const auto space = test::golden_metrics("answers").at("code_points").at("space");
  size_t count = 0;
  for (char32_t c = 0; c < 0x110000; ++c) count += is_python_space(c) ? 1 : 0;
  EXPECT_EQ(count, space.size());
  for (const Json& c : space) EXPECT_TRUE(is_python_space(c.get<char32_t>())) << c;
}

}  // namespace
}  // namespace jnlp
