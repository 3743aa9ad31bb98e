// Counts that the publishers of these data sets give; the sets are not part of the project.
#include <gtest/gtest.h>

#include <algorithm>

#include "evaluate/datasets/dataset.h"
#include "support/paths.h"

namespace jnlp {
namespace {

class SharedData : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = test::shared_data();
    if (!folder) GTEST_SKIP() << "the public data sets are not on this machine";
    folder_ = *folder;
  }

  std::filesystem::path folder_;
};

size_t entities(const std::vector<NerExample>& sentences) {
  size_t count = 0;
  for (const NerExample& sentence : sentences) {
    count += static_cast<size_t>(
        std::count_if(sentence.tags.begin(), sentence.tags.end(),
                      [](const std::string& tag) { return tag.starts_with("B-"); }));
  }
  return count;
}

size_t placed(const std::vector<QaExample>& examples) {
  return static_cast<size_t>(
      std::count_if(examples.begin(), examples.end(), [](const QaExample& example) {
        return !example.answers.empty() && example.answers[0].start >= 0;
      }));
}

TEST_F(SharedData, Sst2) {
  const auto dev = read_classification(folder_ / "sst2").examples;
  EXPECT_EQ(dev.size(), 872U);
  EXPECT_EQ(std::count_if(dev.begin(), dev.end(), [](const auto& e) { return e.label == "1"; }),
            444);
  EXPECT_EQ(read_classification(folder_ / "sst2/train.tsv.gz").examples.size(), 67349U);
}

TEST_F(SharedData, Imdb) {
  EXPECT_EQ(read_classification(folder_ / "imdb/train-10k.jsonl.gz").examples.size(), 9970U);
}

TEST_F(SharedData, OtherClassification) {
  EXPECT_EQ(read_classification(folder_ / "emotion").examples.size(), 2000U);
  EXPECT_EQ(read_classification(folder_ / "umsab-sentiment/german.val.tsv.gz").examples.size(),
            324U);
}

TEST_F(SharedData, Ner) {
  const auto english = read_ner(folder_ / "conll2003").examples;
  EXPECT_EQ(english.size(), 3250U);
  EXPECT_EQ(entities(english), 5942U);
  const auto spanish = read_ner(folder_ / "conll2002-es").examples;
  EXPECT_EQ(spanish.size(), 1915U);
  EXPECT_EQ(entities(spanish), 4351U);
  const auto german = read_ner(folder_ / "germeval2014").examples;
  EXPECT_EQ(german.size(), 2200U);
  EXPECT_EQ(entities(german), 2674U);
  const auto silver = read_ner(folder_ / "wikiann/de.dev.tsv.gz").examples;
  EXPECT_EQ(silver.size(), 10000U);
  EXPECT_EQ(entities(silver), 13818U);
}

TEST_F(SharedData, Qa) {
  EXPECT_EQ(read_qa(folder_ / "squad/dev-v1.1.shared.json.gz").examples.size(), 5350U);
  const auto second = read_qa(folder_ / "squad/dev-v2.0.shared.json.gz").examples;
  EXPECT_EQ(second.size(), 5839U);
  EXPECT_EQ(std::count_if(second.begin(), second.end(),
                          [](const QaExample& example) { return example.is_impossible; }),
            2966);
  const auto train = read_qa(folder_ / "squad/train-44articles.json.gz").examples;
  EXPECT_EQ(train.size(), 11877U);
  EXPECT_EQ(placed(train), 11877U);
}

TEST_F(SharedData, QaRows) {
  const auto tokenized = read_qa(folder_ / "squad/train-sample-tokenized.jsonl.gz").examples;
  EXPECT_EQ(tokenized.size(), 3790U);
  EXPECT_GT(placed(tokenized), 3790U * 99 / 100);
  const auto qamr = read_qa(folder_ / "qamr").examples;
  EXPECT_EQ(qamr.size(), 33071U);
  EXPECT_GT(placed(qamr), 33071U * 99 / 100);
}

TEST_F(SharedData, Summarization) {
  const auto news = read_summarization(folder_ / "cnn_dailymail").examples;
  EXPECT_EQ(news.size(), 492U);
  EXPECT_EQ(news[0].id, "a4942dd663020ca54575471657a0af38d82897d6");
  EXPECT_TRUE(news[0].document.starts_with("(CNN)Share, and your gift"));
  EXPECT_EQ(read_summarization(folder_ / "xsum").examples.size(), 500U);
  const auto chats = read_summarization(folder_ / "samsum").examples;
  EXPECT_EQ(chats.size(), 818U);
  EXPECT_TRUE(chats[0].document.starts_with("A: Hi Tom"));
}

}  // namespace
}  // namespace jnlp
