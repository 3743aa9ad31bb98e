#include "llm/quality_set.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class QualitySetTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text) {
    const fs::path path = folder_.path() / name;
    std::ofstream(path) << text;
    return path;
  }

  std::string failure(const std::string& text) {
    try {
      read_quality_set("x", write("bad.jsonl", text), {});
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  TemporaryDir folder_;
};

TEST_F(QualitySetTest, MultipleChoiceIsAskedInBothForms) {
  const auto path =
      write("arc_easy-test.jsonl",
            R"({"question":"What melts?","choices":["ice","fire"],"labels":["1","2"],)"
            R"("answer":"1"})"
            "\n");
  const QualitySet set = read_quality_set("arc_easy", path, {});
  ASSERT_EQ(set.items.size(), 1U);
  EXPECT_EQ(set.kind, QualityKind::multiple_choice);
  EXPECT_EQ(set.shots, 0);
  const QualityItem& item = set.items[0];
  EXPECT_EQ(item.context, "Question: What melts?\nAnswer:");
  EXPECT_EQ(item.continuations, (std::vector<std::string>{" ice", " fire"}));
  EXPECT_EQ(item.right, 0U);
  EXPECT_EQ(item.prompt, "Question: What melts?\nA. ice\nB. fire\nAnswer:");
  EXPECT_EQ(item.expected, "A");
}

TEST_F(QualitySetTest, SubjectsGetWorkedExamplesOfTheirOwn) {
  write("mmlu-dev.jsonl",
        R"({"subject":"law","question":"L?","choices":["x","y"],"answer":"B"})"
        "\n"
        R"({"subject":"real_life","question":"R?","choices":["p","q"],"answer":"A"})"
        "\n");
  const auto path =
      write("mmlu-test-sample.jsonl",
            R"({"subject":"real_life","question":"Q?","choices":["m","n"],"answer":"B"})"
            "\n");
  const QualitySet set = read_quality_set("mmlu", path, {});
  EXPECT_EQ(set.shots, 5);
  EXPECT_NE(set.shots_path.find("mmlu-dev.jsonl"), std::string::npos);
  EXPECT_EQ(set.items[0].context,
            "The following are multiple choice questions (with answers) about real life.\n\n"
            "R?\nA. p\nB. q\nAnswer: A\n\nQ?\nA. m\nB. n\nAnswer:");
  EXPECT_EQ(set.items[0].continuations, (std::vector<std::string>{" A", " B"}));
  EXPECT_EQ(set.items[0].right, 1U);
  const QualitySet bare = read_quality_set("mmlu", path, {.shots = 0});
  EXPECT_EQ(bare.items[0].context.find("R?"), std::string::npos);
}

TEST_F(QualitySetTest, CalculationsEndWithANumber) {
  write("gsm8k-train.jsonl", R"({"question":"1+1?","answer":"It is 2.\n#### 2"})"
                             "\n");
  const auto path = write("gsm8k-test.jsonl", R"({"question":"2+2?","answer":"So.\n#### 1,004"})"
                                              "\n");
  const QualitySet set = read_quality_set("gsm8k", path, {});
  EXPECT_EQ(set.kind, QualityKind::number);
  EXPECT_EQ(set.items[0].prompt,
            "Question: 1+1?\nAnswer: It is 2.\n#### 2\n\nQuestion: 2+2?\nAnswer:");
  EXPECT_EQ(set.items[0].expected, "1,004");
  EXPECT_TRUE(set.items[0].continuations.empty());
}

TEST_F(QualitySetTest, APassageIsPartedFromItsLastWord) {
  const auto path = write("lambada.jsonl", "{\"text\":\"She saw\\nthe  sea \"}\n");
  const QualitySet set = read_quality_set("lambada", path, {});
  EXPECT_EQ(set.kind, QualityKind::last_word);
  EXPECT_EQ(set.items[0].context, "She saw\nthe");
  EXPECT_EQ(set.items[0].continuations, std::vector<std::string>{" sea"});
}

TEST_F(QualitySetTest, ASubsetIsTheSameForTheSameSeed) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "{\"text\":\"word number" + std::to_string(i) + "\"}\n";
  const auto path = write("many.jsonl", text);
  const QualitySet first = read_quality_set("many", path, {.samples = 7, .seed = 3});
  const QualitySet again = read_quality_set("many", path, {.samples = 7, .seed = 3});
  const QualitySet other = read_quality_set("many", path, {.samples = 7, .seed = 4});
  ASSERT_EQ(first.items.size(), 7U);
  EXPECT_EQ(first.size, 50U);
  bool differs = false;
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(first.items[i].expected, again.items[i].expected);
    differs = differs || first.items[i].expected != other.items[i].expected;
  }
  EXPECT_TRUE(differs);
  EXPECT_EQ(read_quality_set("many", path, {.samples = 0}).items.size(), 50U);
}

TEST_F(QualitySetTest, BadRowsAreNamed) {
  EXPECT_NE(failure("{\"x\":1}\n").find("bad.jsonl:1"), std::string::npos);
  EXPECT_NE(failure(R"({"question":"q","choices":["a"],"answer":"A"})").find("2 to 8"),
            std::string::npos);
  EXPECT_NE(failure(R"({"question":"q","choices":["a","b"],"answer":"C"})").find("\"answer\""),
            std::string::npos);
  EXPECT_NE(failure(R"({"question":"q","answer":"4"})").find("####"), std::string::npos);
  EXPECT_NE(failure("{\"text\":\"word\"}\n").find("several words"), std::string::npos);
  EXPECT_NE(failure("{\"text\":\"a b\"}\n{\"question\":\"q\",\"answer\":\"#### 1\"}\n")
                .find("several forms"),
            std::string::npos);
}

TEST_F(QualitySetTest, IsFoundByTheBeginningOfItsName) {
  fs::create_directory(folder_.path() / "llm");
  write("llm/arc_easy-dev.jsonl", "{}\n");
  const auto test = write("llm/arc_easy-test.jsonl", "{}\n");
  EXPECT_EQ(find_quality_set("arc_easy", {folder_.path()}), test);
  EXPECT_EQ(find_quality_set(test.string(), {}), test);
  EXPECT_THROW(find_quality_set("mmlu", {folder_.path()}), Error);
}

TEST(IsRight, Letters) {
  const auto right = [](const char* written) {
    return is_right(QualityKind::multiple_choice, written, "B");
  };
  EXPECT_TRUE(right(" B"));
  EXPECT_TRUE(right(" B. fire"));
  EXPECT_TRUE(right("(B)"));
  EXPECT_TRUE(right("The answer is B"));
  EXPECT_FALSE(right(" A or B"));
  EXPECT_FALSE(right("Because"));
  EXPECT_FALSE(right(""));
}

TEST(IsRight, Words) {
  EXPECT_TRUE(is_right(QualityKind::last_word, " Sea, and", "sea"));
  EXPECT_TRUE(is_right(QualityKind::last_word, "été.", "été"));
  EXPECT_FALSE(is_right(QualityKind::last_word, " seaside", "sea"));
  EXPECT_FALSE(is_right(QualityKind::last_word, " ", "sea"));
  EXPECT_FALSE(is_right(QualityKind::last_word, "...", "!"));
}

TEST(IsRight, Numbers) {
  const auto right = [](const char* written, const char* expected) {
    return is_right(QualityKind::number, written, expected);
  };
  EXPECT_TRUE(right("3 + 4 = 7\n#### 7\n\nQuestion: 5", "7"));
  EXPECT_TRUE(right("#### $1,200", "1200"));
  EXPECT_TRUE(right("so she has 1,200 dollars.", "1200"));
  EXPECT_TRUE(right("it is 18.00", "18"));
  EXPECT_TRUE(right("it is -3.", "-3"));
  EXPECT_FALSE(right("#### 8 or 7", "7"));
  EXPECT_FALSE(right("no number", "7"));
  EXPECT_FALSE(right("17", "7"));
}

}  // namespace
}  // namespace jnlp
