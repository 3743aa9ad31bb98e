#include <gtest/gtest.h>

#include "evaluate/datasets/data_file.h"
#include "evaluate/datasets/dataset.h"

namespace jnlp {
namespace {

using test::has;
using test::message_of;

class Qa : public testing::Test {
 protected:
  std::vector<QaExample> read(const std::string& name, std::string_view content) {
    return read_qa(folder_.write(name, content)).examples;
  }
  std::string fault(const std::string& name, std::string_view content) {
    return message_of([&] { read(name, content); });
  }

  test::DataFolder folder_;
};

std::string squad(const std::string& qas, const std::string& context = "Zoë lives in Köln.") {
  return "{\"version\":\"2.0\",\"data\":[{\"title\":\"t\",\"paragraphs\":[{\"context\":\"" +
         context + "\",\"qas\":[" + qas + "]}]}]}";
}

TEST_F(Qa, SquadOffsetsAreCodePoints) {
  const auto examples = read("dev.json", squad(R"({"id":"1","question":"Where?","answers":[
      {"text":"Köln","answer_start":13},{"text":"Köln","answer_start":14},{"text":"Bonn"}]})"));
  ASSERT_EQ(examples.size(), 1U);
  EXPECT_EQ(examples[0].id, "1");
  ASSERT_EQ(examples[0].answers.size(), 3U);
  EXPECT_EQ(examples[0].answers[0].start, 13);
  EXPECT_EQ(examples[0].answers[1].start, -1);  // another text stands there
  EXPECT_EQ(examples[0].answers[2].start, -1);
  EXPECT_FALSE(examples[0].is_impossible);
}

TEST_F(Qa, ImpossibleQuestionsHaveNoAnswers) {
  const auto examples = read("dev.json", squad(R"({"id":7,"question":"When?","is_impossible":true,
      "answers":[],"plausible_answers":[{"text":"Köln","answer_start":13}]})"));
  EXPECT_TRUE(examples[0].is_impossible);
  EXPECT_TRUE(examples[0].answers.empty());
  EXPECT_EQ(examples[0].id, "7");
}

TEST_F(Qa, SquadFaultsNameTheElement) {
  EXPECT_TRUE(has(fault("d.json", squad(R"({"id":"1","question":"a","answers":[]})")),
                  "data[0].paragraphs[0].qas[0] has no answer"));
  EXPECT_TRUE(has(fault("d.json", squad(R"({"id":"1","answers":[]})")),
                  "data[0].paragraphs[0].qas[0] has no \"question\""));
  EXPECT_TRUE(has(fault("d.json", R"({"data":[{"paragraphs":3}]})"), "data[0] \"paragraphs\""));
  EXPECT_TRUE(has(fault("d.json", R"({"data":[{"paragraphs":[]}]})"), "has no questions"));
  EXPECT_TRUE(has(fault("d.json", R"({"paragraphs":[]})"), "the document has no \"data\""));
  EXPECT_TRUE(has(fault("d.json", "{\"data\":[{\"paragraphs\":["), "not valid JSON"));
}

TEST_F(Qa, HuggingFaceRows) {
  const auto examples = read(
      "validation.jsonl", R"({"id":"a","title":"t","context":"Zoë lives in Köln.",)"
                          R"("question":"Where?","answers":{"text":["Köln"],"answer_start":[13]}})"
                          "\n"
                          R"({"id":"b","context":"c","question":"q",)"
                          R"("answers":{"text":[],"answer_start":[]}})");
  ASSERT_EQ(examples.size(), 2U);
  EXPECT_EQ(examples[0].answers[0].start, 13);
  EXPECT_TRUE(examples[1].is_impossible);
  EXPECT_TRUE(has(fault("x.jsonl", R"({"context":"c","question":"q",)"
                                   R"("answers":{"text":["c"],"answer_start":[]}})"),
                  "x.jsonl:1: \"answers\" needs arrays"));
}

TEST_F(Qa, SingleAnswersByOffsetAndByToken) {
  const auto examples =
      read("a.jsonl", R"({"context":"Zoë lives in Köln .","question":"q","answer":"Köln",)"
                      R"("answer_start":13})"
                      "\n"
                      R"({"context":"Zoë lives in Köln .","question":"q","answer":"in Köln",)"
                      R"("answer_tokens":[2,3]})"
                      "\n"
                      R"({"context":"Zoë","question":"q","answer":"no","answer_tokens":[9,9]})");
  ASSERT_EQ(examples.size(), 3U);
  EXPECT_EQ(examples[0].answers[0].start, 13);
  EXPECT_EQ(examples[0].id, "1");
  EXPECT_EQ(examples[1].answers[0].start, 10);
  EXPECT_EQ(examples[2].answers[0].start, -1);
}

TEST_F(Qa, CsvWithAnAnswerColumn) {
  const auto examples = read("a.csv", "question,context,answer\nWho?,\"Ada, a girl\",Ada\n");
  EXPECT_EQ(examples[0].context, "Ada, a girl");
  EXPECT_EQ(examples[0].answers[0].text, "Ada");
  EXPECT_TRUE(
      has(fault("b.csv", "question,answer\nWho?,Ada\n"), "b.csv:2: no column for the context"));
}

}  // namespace
}  // namespace jnlp
