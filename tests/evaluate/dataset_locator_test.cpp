#include "evaluate/dataset_locator.h"

#include <gtest/gtest.h>

#include "evaluate/datasets/data_file.h"
#include "evaluate/datasets/dataset.h"

namespace jnlp {
namespace {

TEST(DatasetLocator, SmokeSetsAreFoundByTask) {
  const std::vector<std::filesystem::path> dirs = {test::source_dir() / "data"};
  EXPECT_EQ(
      read_classification(locate_dataset("sentiment", "smoke", dirs, "").path).examples.size(),
      260U);
  EXPECT_EQ(read_ner(locate_dataset("ner", "smoke", dirs, "").path).examples.size(), 162U);
  EXPECT_EQ(read_qa(locate_dataset("qa", "smoke", dirs, "").path).examples.size(), 102U);
  EXPECT_EQ(
      read_summarization(locate_dataset("summarization", "smoke", dirs, "").path).examples.size(),
      12U);
}

TEST(DatasetLocator, NamesAreFoldersOfTheDataDirs) {
  const test::DataFolder folder;
  folder.write("sst2/dev.tsv", "x");
  folder.write("squad/dev-v1.1.json", "x");
  folder.write("squad/dev-v2.0.json.gz", "x");
  const std::vector<std::filesystem::path> dirs = {folder.path() / "none", folder.path()};
  EXPECT_EQ(locate_dataset("sentiment", "SST-2", dirs, "").path, folder.path() / "sst2");
  EXPECT_EQ(locate_dataset("qa", "squad", dirs, "").split, "dev-v1.1");
  EXPECT_EQ(locate_dataset("qa", "squad_v2", dirs, "").split, "dev-v2.0");
  EXPECT_EQ(locate_dataset("qa", "squad", dirs, "train").split, "train");
}

TEST(DatasetLocator, AFileIsItself) {
  const test::DataFolder folder;
  const auto file = folder.write("mine.csv", "x");
  const LocatedDataset located = locate_dataset("sentiment", file.string(), {}, "");
  EXPECT_EQ(located.path, file);
  EXPECT_EQ(located.name, "mine.csv");
  EXPECT_FALSE(locate_dataset("sentiment", folder.path().string() + "/", {}, "").name.empty());
}

TEST(DatasetLocator, WhatIsMissingIsNamedWithWhatIsThere) {
  const test::DataFolder folder;
  folder.write("sst2/dev.tsv", "x");
  const std::string message =
      test::message_of([&] { locate_dataset("ner", "conll2003", {folder.path()}, ""); });
  EXPECT_TRUE(test::has(message, "no data set 'conll2003' for ner")) << message;
  EXPECT_TRUE(test::has(message, "hold(s) sst2")) << message;
  EXPECT_TRUE(test::has(message, "--data-dir")) << message;
}

}  // namespace
}  // namespace jnlp
