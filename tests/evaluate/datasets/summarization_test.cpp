#include <gtest/gtest.h>

#include "evaluate/datasets/data_file.h"
#include "evaluate/datasets/dataset.h"

namespace jnlp {
namespace {

using test::has;
using test::message_of;

class Summarization : public testing::Test {
 protected:
  std::vector<SummarizationExample> read(const std::string& name, std::string_view content,
                                         const ReadOptions& options = {}) {
    return read_summarization(folder_.write(name, content), options).examples;
  }
  std::string fault(const std::string& name, std::string_view content,
                    const ReadOptions& options = {}) {
    return message_of([&] { read(name, content, options); });
  }

  test::DataFolder folder_;
};

TEST_F(Summarization, RowsOfTheThreeWellKnownSets) {
  const auto news = read("a.jsonl", R"({"article":"Long.","highlights":"One .\nTwo .","id":"f0"})"
                                    "\n\n"
                                    R"({"id":7,"article":"Other.","highlights":"Three ."})");
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[0].id, "f0");
  EXPECT_EQ(news[0].document, "Long.");
  EXPECT_EQ(news[0].summary, "One .\nTwo .");
  EXPECT_EQ(news[1].id, "7");
  const auto extreme = read("b.jsonl", R"({"document":"Long.","summary":"Short.","id":"1"})");
  EXPECT_EQ(extreme[0].document, "Long.");
  EXPECT_EQ(extreme[0].summary, "Short.");
  const auto chat = read("c.jsonl", R"({"dialogue":"A: hi\nB: hi","summary":"They greet."})");
  EXPECT_EQ(chat[0].document, "A: hi\nB: hi");
  EXPECT_EQ(chat[0].id, "1");
}

TEST_F(Summarization, OtherLayouts) {
  const auto csv = read("a.csv", "id,article,highlights\n1,\"Long,\nwith \"\"lines\"\".\",Short\n");
  EXPECT_EQ(csv[0].document, "Long,\nwith \"lines\".");
  const auto bare = read("bare", "Dialogue\tSummary\nA: hi\tHi\n");
  EXPECT_EQ(bare[0].document, "A: hi");
  const auto array = read("a.json", R"({"data":[{"text":"Long.","abstract":"Short."}]})");
  EXPECT_EQ(array[0].summary, "Short.");
  const auto packed =
      folder_.write_gzip("test.jsonl.gz", R"({"document":"Long.","summary":"Short."})");
  EXPECT_EQ(read_summarization(packed).examples.size(), 1U);
  ReadOptions options;
  options.split = "test";
  const auto folder = read_summarization(folder_.path(), options);
  EXPECT_EQ(folder.files[0].filename(), "test.jsonl.gz");
}

TEST_F(Summarization, ColumnsCanBeNamed) {
  ReadOptions options;
  options.text_column = "Body";
  options.summary_column = "gist";
  EXPECT_EQ(read("a.csv", "body,gist,summary\nx,y,z\n", options)[0].summary, "y");
  options.summary_column = "tldr";
  EXPECT_TRUE(has(fault("b.csv", "body,gist\nx,y\n", options),
                  "b.csv:2: no column 'tldr' for the summary; the columns are: body, gist (name "
                  "one with --summary-column)"));
}

TEST_F(Summarization, FaultsNameFileAndLine) {
  EXPECT_TRUE(has(fault("a.jsonl", R"({"summary":"s"})"), "a.jsonl:1: no column for the document"));
  EXPECT_TRUE(has(fault("b.jsonl", R"({"document":"d","summary":"s"})"
                                   "\n"
                                   R"({"document":"d","summary":" \n"})"),
                  "b.jsonl:2: the summary is empty"));
  EXPECT_TRUE(has(fault("c.jsonl", R"({"document":"","summary":"s"})"), "the document is empty"));
  EXPECT_TRUE(has(fault("d.jsonl", R"({"document":["d"],"summary":"s"})"),
                  "d.jsonl:1: the document is not a string"));
  EXPECT_TRUE(has(fault("e.jsonl", R"({"document":"d","summary":null})"),
                  "e.jsonl:1: the summary is not a string"));
  EXPECT_TRUE(has(fault("f.csv", "document,summary\n"), "f.csv: has no rows"));
  EXPECT_TRUE(has(fault("g.csv", "document,summary\na\n"), "g.csv:2: 1 cells"));
  EXPECT_TRUE(has(fault("h.jsonl", "{\"document\":\"d"), "h.jsonl:1: not valid JSON"));
  EXPECT_TRUE(has(fault("i.jsonl", "{\"document\":\"\xFF\"}"), "i.jsonl:1: not valid UTF-8"));
  EXPECT_TRUE(has(fault("j.conll", "Ada B-PER\n"), "is in conll form"));
}

}  // namespace
}  // namespace jnlp
