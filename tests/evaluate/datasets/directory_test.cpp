#include "evaluate/datasets/directory.h"

#include <gtest/gtest.h>

#include "evaluate/datasets/class_names.h"
#include "evaluate/datasets/data_file.h"
#include "evaluate/datasets/dataset.h"

namespace jnlp {
namespace {

using test::has;
using test::message_of;

std::string chosen(const test::DataFolder& folder, const std::string& split) {
  std::string names;
  for (const auto& file : find_split_files(folder.path(), split)) {
    names += (names.empty() ? "" : " ") + file.filename().string();
  }
  return names;
}

TEST(DatasetDirectory, ValidationComesBeforeTestBeforeAnOnlyFile) {
  const test::DataFolder folder;
  folder.write("README.md", "words");
  folder.write("all.jsonl", "x");
  EXPECT_EQ(chosen(folder, ""), "all.jsonl");
  folder.write("train.jsonl", "x");
  folder.write("test.jsonl.gz", "x");
  EXPECT_EQ(chosen(folder, ""), "test.jsonl.gz");
  folder.write("dev.jsonl", "x");
  EXPECT_EQ(chosen(folder, ""), "dev.jsonl");
  EXPECT_EQ(chosen(folder, "validation"), "dev.jsonl");
  EXPECT_EQ(chosen(folder, "train"), "train.jsonl");
}

TEST(DatasetDirectory, AWordOfTheNameNamesTheSplit) {
  const test::DataFolder folder;
  folder.write("de.dev.tsv.gz", "x");
  folder.write("device.train.tsv", "x");
  EXPECT_EQ(chosen(folder, "dev"), "de.dev.tsv.gz");
  folder.write("en.dev.tsv.gz", "x");
  const std::string message = message_of([&] { find_split_files(folder.path(), "dev"); });
  EXPECT_TRUE(has(message, "de.dev.tsv.gz, en.dev.tsv.gz"));
  EXPECT_EQ(chosen(folder, "en.dev"), "en.dev.tsv.gz");
}

TEST(DatasetDirectory, ShardsAreReadInOrder) {
  const test::DataFolder folder;
  folder.write("data/validation-00001-of-00002.jsonl", "{\"text\":\"second\",\"label\":0}");
  folder.write("data/validation-00000-of-00002.jsonl", "{\"text\":\"first\",\"label\":1}");
  const auto data = read_classification(folder.path());
  ASSERT_EQ(data.examples.size(), 2U);
  EXPECT_EQ(data.files.size(), 2U);
  EXPECT_EQ(data.examples[0].text, "first");
  EXPECT_EQ(data.examples[1].text, "second");
}

TEST(DatasetDirectory, WhatCannotBeReadIsSaid) {
  const test::DataFolder folder;
  EXPECT_TRUE(has(message_of([&] { find_split_files(folder.path(), ""); }), "holds no data file"));
  folder.write("data/validation-00000-of-00001.parquet", "PAR1");
  EXPECT_TRUE(has(message_of([&] { find_split_files(folder.path(), ""); }), "only Parquet"));
  folder.write("train.csv", "x");
  folder.write("extra.csv", "x");
  const std::string message = message_of([&] { find_split_files(folder.path(), "test"); });
  EXPECT_TRUE(has(message, "no file for the split 'test'; it has extra.csv, train.csv"));
}

constexpr std::string_view kReadme =
    "---\n"
    "license: mit\n"
    "dataset_info:\n"
    "  features:\n"
    "  - name: sentence\n"
    "    dtype: string\n"
    "  - name: label\n"
    "    dtype:\n"
    "      class_label:\n"
    "        names:\n"
    "          '0': negative\n"
    "          '1': positive\n"
    "  - name: idx\n"
    "    dtype: int32\n"
    "---\n# A data set\n";

TEST(ClassNames, FromTheBlockOnTopOfTheReadme) {
  const test::DataFolder folder;
  folder.write("README.md", kReadme);
  const std::vector<std::string> expected = {"negative", "positive"};
  EXPECT_EQ(read_class_names(folder.path(), "label"), expected);
  EXPECT_TRUE(read_class_names(folder.path(), "sentence").empty());
  EXPECT_TRUE(read_class_names(folder.path(), "idx").empty());
  folder.write("validation.csv", "sentence,label,idx\nfine,1,0\n");
  EXPECT_EQ(read_classification(folder.path()).examples[0].label, "positive");
}

TEST(ClassNames, FromDatasetInfos) {
  const test::DataFolder folder;
  folder.write("dataset_infos.json",
               R"({"default": {"features": {"tokens": {"feature": {"dtype": "string"}},
                   "ner_tags": {"feature": {"names": ["O", "B-PER", "I-PER"]}}}}})");
  folder.write("validation.jsonl", R"({"tokens": ["Ada", "L.", "wrote"], "ner_tags": [1, 2, 0]})");
  const std::vector<std::string> expected = {"B-PER", "I-PER", "O"};
  EXPECT_EQ(read_ner(folder.path()).examples[0].tags, expected);
}

}  // namespace
}  // namespace jnlp
