#include "tasks/faq_documents.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/error.h"
#include "support/paths.h"
#include "tasks/text_chars.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class FaqDocumentsTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder() / name).parent_path());
    std::ofstream(folder() / name, std::ios::binary) << text;
    return folder() / name;
  }

  static FaqDocuments read(const std::vector<fs::path>& paths) {
    return read_faq_documents(paths, {.max_tokens = 100, .min_words = 0},
                              [](std::string_view text) { return count_words(text); });
  }

  static std::string fault(const fs::path& path) {
    try {
      read({path});
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  const fs::path& folder() const { return dir_.path(); }

  test::TemporaryDir dir_;
};

TEST_F(FaqDocumentsTest, JsonLinesArePairs) {
  const auto path =
      write("faq.jsonl",
            "{\"id\": \"w\", \"question\": \"How long?\", \"answer\": \" A year. \"}\n"
            "\n"
            "{\"Q\": \"Why?\", \"a\": \"Because.\", \"id\": 7, \"tags\": [1]}");
  const FaqDocuments documents = read({path});
  ASSERT_EQ(documents.passages.size(), 2U);
  EXPECT_TRUE(documents.passages[0].is_pair());
  EXPECT_EQ(documents.passages[0].name, "w");
  EXPECT_EQ(documents.passages[0].question, "How long?");
  EXPECT_EQ(documents.passages[0].text, "A year.");
  EXPECT_EQ(documents.passages[1].line, 3U);
  EXPECT_EQ(documents.passages[1].name, "7");
  EXPECT_EQ(documents.passages[1].text, "Because.");
}

TEST_F(FaqDocumentsTest, CsvRowsArePairs) {
  const auto path = write("faq.csv",
                          "\xEF\xBB\xBFQuestion,Answer\n\"Where, exactly?\",\"Here.\nAnd there.\"\n"
                          "Who?,Me.\n");
  const FaqDocuments documents = read({path});
  ASSERT_EQ(documents.passages.size(), 2U);
  EXPECT_EQ(documents.passages[0].question, "Where, exactly?");
  EXPECT_EQ(documents.passages[0].text, "Here.\nAnd there.");
  EXPECT_EQ(documents.passages[1].line, 4U);
}

TEST_F(FaqDocumentsTest, TextsKnowTheirPlaceInTheFile) {
  const std::string text = "\xEF\xBB\xBF# Ä\n\nFirst.\n\n## Deep\nSecond\nline.\n";
  const FaqDocuments documents = read({write("a.md", text)});
  ASSERT_EQ(documents.passages.size(), 2U);
  const FaqPassage& second = documents.passages[1];
  EXPECT_FALSE(second.is_pair());
  EXPECT_EQ(documents.passages[0].line, 3U);
  EXPECT_EQ(second.line, 6U);
  EXPECT_EQ(second.name, "Deep");
  EXPECT_EQ(second.heading, "Ä > Deep");
  EXPECT_EQ(second.text, "Second\nline.");
  EXPECT_EQ(text.substr(second.span.begin, second.span.end - second.span.begin), second.text);
}

TEST_F(FaqDocumentsTest, AFolderIsReadInOrderWithoutHiddenAndOtherFiles) {
  write("b.txt", "B.");
  write("a/deep.md", "A.");
  write(".git/x.txt", "hidden");
  write(".hidden.txt", "hidden");
  write("picture.png", "\xFF");
  const FaqDocuments documents = read({folder(), folder() / "b.txt"});
  ASSERT_EQ(documents.passages.size(), 2U);
  EXPECT_EQ(documents.passages[0].text, "A.");
  EXPECT_EQ(documents.passages[1].text, "B.");
  EXPECT_EQ(documents.documents[1].path, folder() / "b.txt");
}

TEST_F(FaqDocumentsTest, FaultsNameFileAndLine) {
  const auto expect_fault = [&](const std::string& name, const std::string& text,
                                const std::string& message) {
    EXPECT_NE(fault(write(name, text)).find(message), std::string::npos)
        << name << ": " << fault(folder() / name);
  };
  expect_fault("a.txt", "good\n\xC3(", "a.txt:2: not valid UTF-8");
  expect_fault("b.txt", std::string("a\n\n\0", 4), "b.txt:3: holds a NUL byte");
  expect_fault("c.jsonl",
               "{\"question\": \"a\", \"answer\": \"b\"}\n{\"question\": 1, \"answer\": \"b\"}",
               "c.jsonl:2: no field \"question\" or \"q\"");
  expect_fault("d.jsonl", "[1]", "d.jsonl:1: a JSON object is needed");
  expect_fault("e.jsonl", "{\"question\": \"a\"", "e.jsonl:1 is not valid JSON");
  expect_fault("f.jsonl", "{\"question\": \"a\", \"answer\": \" \"}", "the answer is empty");
  expect_fault("g.csv", "question,answer\na\n", "g.csv:2: 1 cells, but the header has 2");
  expect_fault("h.csv", "question,answer\na,\"b", "h.csv:2: the quote");
  expect_fault("i.pdf", "text", "are read from .txt");
  expect_fault("j.txt", " \n", "nothing to answer from in");
  EXPECT_NE(fault(folder() / "none.txt").find("none.txt"), std::string::npos);
}

}  // namespace
}  // namespace jnlp
