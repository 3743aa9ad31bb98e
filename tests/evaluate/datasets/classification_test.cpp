#include <gtest/gtest.h>

#include "evaluate/datasets/data_file.h"
#include "evaluate/datasets/dataset.h"

namespace jnlp {
namespace {

using test::has;
using test::message_of;

class Classification : public testing::Test {
 protected:
  Dataset<ClassificationExample> read(const std::string& name, std::string_view content,
                                      const ReadOptions& options = {}) {
    return read_classification(folder_.write(name, content), options);
  }
  std::string fault(const std::string& name, std::string_view content,
                    const ReadOptions& options = {}) {
    return message_of([&] { read(name, content, options); });
  }

  test::DataFolder folder_;
};

TEST_F(Classification, Sst2KeepsQuotesAndTrailingSpaces) {
  const auto data = read("dev.tsv", "sentence\tlabel\n\"auto \" focus \t1\nflat \t0\n");
  EXPECT_EQ(data.format, DatasetFormat::tsv);
  ASSERT_EQ(data.examples.size(), 2U);
  EXPECT_EQ(data.examples[0].text, "\"auto \" focus ");
  EXPECT_EQ(data.examples[0].label, "1");
  EXPECT_EQ(data.examples[1].label, "0");
}

TEST_F(Classification, ByteOrderMarkAndCrlfAreNotText) {
  const auto data = read("x.tsv", "\xEF\xBB\xBFsentence\tlabel\r\ngood\t1\r\nbad\t0");
  ASSERT_EQ(data.examples.size(), 2U);
  EXPECT_EQ(data.examples[0].label, "1");
  EXPECT_EQ(data.examples[1].text, "bad");
}

TEST_F(Classification, CsvQuotesCommasAndLineEnds) {
  const auto data = read("imdb.csv",
                         "review,sentiment\n"
                         "\"Said \"\"no\"\", then\nleft.\",negative\r\n"
                         "\n"
                         "plain,positive\n");
  ASSERT_EQ(data.examples.size(), 2U);
  EXPECT_EQ(data.examples[0].text, "Said \"no\", then\nleft.");
  EXPECT_EQ(data.examples[0].label, "negative");
  EXPECT_EQ(data.examples[1].text, "plain");
}

TEST_F(Classification, CsvFaultsNameTheLine) {
  EXPECT_TRUE(has(fault("a.csv", "text,label\nok,1\n\"open,1\nmore\n"), "a.csv:3: the quote"));
  EXPECT_TRUE(has(fault("a.csv", "text,label\n\"a\"b,1\n"), "a.csv:2: text behind a closing"));
  EXPECT_TRUE(has(fault("a.csv", "text,label\n\"two\nlines\",1\na,b,1\n"), "a.csv:4: 3 cells"));
}

TEST_F(Classification, RaggedTsvRowIsNamed) {
  EXPECT_TRUE(has(fault("a.tsv", "sentence\tlabel\nok\t1\nno label\n"),
                  "a.tsv:3: 1 cells, but the header has 2"));
}

TEST_F(Classification, JsonlWithIntegerBooleanAndFloatLabels) {
  const auto data = read("a.jsonl",
                         "{\"text\": \"a\", \"label\": 1}\n\n{\"text\": \"b\", \"label\": 0.0}\n"
                         "{\"text\": \"c\\u0000d\", \"label\": true}");
  ASSERT_EQ(data.examples.size(), 3U);
  EXPECT_EQ(data.examples[0].label, "1");
  EXPECT_EQ(data.examples[1].label, "0");
  EXPECT_EQ(data.examples[2].label, "true");
  EXPECT_EQ(data.examples[2].text, std::string("c\0d", 3));
}

TEST_F(Classification, JsonlFaultsNameTheLine) {
  EXPECT_TRUE(has(fault("a.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\n"), "a.jsonl:2: "));
  EXPECT_TRUE(has(fault("a.jsonl", "[1]\n"), "a.jsonl:1: a JSON object is needed"));
  EXPECT_TRUE(has(fault("a.jsonl", "{\"text\":1,\"label\":1}"), "a.jsonl:1: the text is not"));
  EXPECT_TRUE(has(fault("a.jsonl", "{\"text\":\"a\",\"label\":[0,1]}"), "multi-label"));
}

TEST_F(Classification, UnlabelledRowsAreRefused) {
  for (const char* label : {"-1", "null", "\"\""}) {
    const std::string row = std::string("{\"text\":\"a\",\"label\":") + label + "}";
    EXPECT_TRUE(has(fault("a.jsonl", row), "a.jsonl:1: this row has no label")) << label;
  }
}

TEST_F(Classification, JsonDocumentsOverManyLines) {
  const std::string rows = "[\n {\"text\": \"a\",\n  \"label\": 1}\n]";
  EXPECT_EQ(read("a.json", rows).format, DatasetFormat::json_array);
  EXPECT_EQ(read("a.json", "{\n\"data\": " + rows + "}").examples.size(), 1U);
  EXPECT_EQ(read("b.json", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":0}\n").format,
            DatasetFormat::jsonl);
}

TEST_F(Classification, ColumnsCanBeNamedInAnyCase) {
  ReadOptions options;
  options.text_column = "Title";
  options.label_column = "stars";
  const auto data = read("a.csv", "title,text,Stars\nshort,long,5\n", options);
  ASSERT_EQ(data.examples.size(), 1U);
  EXPECT_EQ(data.examples[0].text, "short");
  EXPECT_EQ(data.examples[0].label, "5");
}

TEST_F(Classification, MissingColumnsListWhatIsThere) {
  const std::string message = fault("a.csv", "title,label\nx,1\n");
  EXPECT_TRUE(has(message, "a.csv:2: no column for the text; the columns are: label, title"));
  EXPECT_TRUE(has(message, "--text-column"));
  ReadOptions options;
  options.label_column = "stars";
  EXPECT_TRUE(has(fault("a.csv", "text,label\nx,1\n", options), "no column 'stars'"));
}

TEST_F(Classification, LabelNamesTranslateIndices) {
  ReadOptions options;
  options.label_names = {"negative", "positive"};
  EXPECT_EQ(read("a.tsv", "text\tlabel\nx\t1\n", options).examples[0].label, "positive");
  EXPECT_TRUE(has(fault("a.tsv", "text\tlabel\nx\t2\n", options), "a.tsv:2: label 2 is outside"));
}

TEST_F(Classification, BytesThatAreNoTextAreRefused) {
  EXPECT_TRUE(has(fault("a.tsv", std::string_view("text\tlabel\nx\0y\t1\n", 17)),
                  "a.tsv:2: holds a NUL byte"));
  EXPECT_TRUE(has(fault("a.tsv", "text\tlabel\nok\t1\nna\xEFve\t1\n"), "a.tsv:3: not valid UTF-8"));
  EXPECT_TRUE(has(fault("a.tsv", ""), "a.tsv: the file is empty"));
  EXPECT_TRUE(has(fault("a.tsv", " \n\n"), "nothing but white space"));
  EXPECT_TRUE(has(fault("a.tsv", "text\tlabel\n"), "a.tsv: has no rows"));
  EXPECT_TRUE(has(fault("a.csv", "\n\n"), "white space"));
  EXPECT_TRUE(has(fault("a.bin", "PAR1xxxx"), "Parquet"));
  EXPECT_TRUE(has(fault("a.dat", "some words\n"), "cannot tell what kind of data"));
}

TEST_F(Classification, FormatCanBeForced) {
  ReadOptions options;
  options.format = dataset_format_from("csv");
  EXPECT_EQ(read("data.txt", "text,label\nx,1\n", options).examples.size(), 1U);
  EXPECT_TRUE(has(message_of([] { dataset_format_from("xml"); }), "auto, tsv, csv, jsonl"));
}

TEST_F(Classification, OtherTasksFilesAreRefused) {
  EXPECT_TRUE(has(fault("a.txt", "Rome B-LOC\nis O\n"), "is in conll form"));
}

TEST_F(Classification, GzipIsReadWhateverItsName) {
  const auto path = folder_.write_gzip("a.jsonl.gz", "{\"text\":\"a\",\"label\":1}\n");
  EXPECT_EQ(read_classification(path).examples.size(), 1U);
  const std::string bytes = read_file(path);
  const auto cut = folder_.write("cut.jsonl.gz", bytes.substr(0, bytes.size() - 9));
  EXPECT_TRUE(has(message_of([&] { read_classification(cut); }), "cut.jsonl.gz"));
}

TEST_F(Classification, OneLineOfTenMegabytes) {
  const std::string text(10 << 20, 'x');
  const auto data = read("a.jsonl", "{\"label\":1,\"text\":\"" + text + "\"}");
  EXPECT_EQ(data.examples[0].text.size(), text.size());
  EXPECT_EQ(read("a.tsv", "text\tlabel\n" + text + "\t1\n").examples[0].text.size(), text.size());
}

TEST_F(Classification, MissingFileIsNamed) {
  EXPECT_TRUE(
      has(message_of([&] { read_classification(folder_.path() / "none.tsv"); }), "none.tsv"));
}

}  // namespace
}  // namespace jnlp
