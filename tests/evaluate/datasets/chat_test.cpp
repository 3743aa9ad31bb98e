#include <gtest/gtest.h>

#include "evaluate/datasets/data_file.h"
#include "evaluate/datasets/dataset.h"

namespace jnlp {
namespace {

using test::has;
using test::message_of;
using Strings = std::vector<std::string>;

class ChatData : public testing::Test {
 protected:
  std::vector<ChatExample> read(const std::string& name, std::string_view content,
                                const ReadOptions& options = {}) {
    return read_chat(folder_.write(name, content), options).examples;
  }
  std::string fault(std::string_view content) {
    return message_of([&] { read("bad.jsonl", content); });
  }

  test::DataFolder folder_;
};

TEST_F(ChatData, QuestionsWithAnswers) {
  const auto examples =
      read("a.jsonl", R"({"id":"x","category":"c","question":"1+1?","answers":["2","two"]})"
                      "\n"
                      R"({"question":"Who?","answer":"Ann","source":"f#n"})"
                      "\n"
                      R"({"question":"Why?","answers":[],"source":null})");
  ASSERT_EQ(examples.size(), 3U);
  EXPECT_EQ(examples[0].id, "x");
  EXPECT_EQ(examples[0].category, "c");
  EXPECT_EQ(examples[0].turns, Strings{"1+1?"});
  EXPECT_EQ(examples[0].answers, (Strings{"2", "two"}));
  EXPECT_FALSE(examples[0].is_impossible);
  EXPECT_EQ(examples[1].id, "2");
  EXPECT_EQ(examples[1].answers, Strings{"Ann"});
  EXPECT_EQ(examples[1].source, "f#n");
  EXPECT_TRUE(examples[2].is_impossible);
  EXPECT_EQ(examples[2].source, "");
}

TEST_F(ChatData, PromptsOfMtBenchAndVicuna) {
  const auto bench =
      read("a.jsonl", R"({"question_id":81,"category":"writing","turns":["Write.","Again."]})");
  EXPECT_EQ(bench[0].id, "81");
  EXPECT_EQ(bench[0].turns, (Strings{"Write.", "Again."}));
  EXPECT_TRUE(bench[0].answers.empty());
  EXPECT_FALSE(bench[0].is_impossible);
  const auto vicuna = read("b.jsonl", R"({"question_id":1,"text":"How?","category":"generic"})");
  EXPECT_EQ(vicuna[0].turns, Strings{"How?"});
  const auto csv = read("c.csv", "question,answer\nWho?,Ann\n");
  EXPECT_EQ(csv[0].answers, Strings{"Ann"});
}

TEST_F(ChatData, FaultsNameTheLine) {
  EXPECT_TRUE(has(fault(R"({"answer":"a"})"), "bad.jsonl:1: no column for the question"));
  EXPECT_TRUE(has(fault(R"({"turns":[]})"), "bad.jsonl:1: the list of turns is empty"));
  EXPECT_TRUE(has(fault(R"({"turns":["a",1]})"), "the question is not a string"));
  EXPECT_TRUE(has(fault(R"({"question":" "})"), "the question is empty"));
  EXPECT_TRUE(has(fault(R"({"question":"a","answers":[""]})"), "the answer is empty"));
  EXPECT_TRUE(has(fault("\n\n"), "nothing but white space"));
}

}  // namespace
}  // namespace jnlp
