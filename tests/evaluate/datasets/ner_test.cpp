#include <gtest/gtest.h>

#include "evaluate/datasets/data_file.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/tag_schemes.h"

namespace jnlp {
namespace {

using test::has;
using test::message_of;
using Tags = std::vector<std::string>;

class Ner : public testing::Test {
 protected:
  std::vector<NerExample> read(const std::string& name, std::string_view content,
                               const ReadOptions& options = {}) {
    return read_ner(folder_.write(name, content), options).examples;
  }
  std::string fault(const std::string& name, std::string_view content,
                    const ReadOptions& options = {}) {
    return message_of([&] { read(name, content, options); });
  }

  test::DataFolder folder_;
};

TEST_F(Ner, Conll2003TakesFirstAndLastColumn) {
  const auto sentences = read("dev.txt",
                              "-DOCSTART- -X- -X- O\n\nLondon NNP B-NP B-LOC\nwon VBD B-VP O\n\n\n"
                              "Yes UH O O\n");
  ASSERT_EQ(sentences.size(), 2U);
  EXPECT_EQ(sentences[0].words, (Tags{"London", "won"}));
  EXPECT_EQ(sentences[0].tags, (Tags{"B-LOC", "O"}));
}

TEST_F(Ner, AnotherColumnCanBeNamed) {
  ReadOptions options;
  options.tag_column = 3;
  EXPECT_EQ(read("dev.txt", "London NNP B-NP B-LOC\n", options)[0].tags, Tags{"B-NP"});
  options.tag_column = -2;
  EXPECT_EQ(read("dev.txt", "London NNP B-NP B-LOC\n", options)[0].tags, Tags{"B-NP"});
  options.tag_column = 7;
  EXPECT_TRUE(has(fault("dev.txt", "London NNP B-NP B-LOC\n", options), "dev.txt:1: column 7"));
}

TEST_F(Ner, WordsOfTabSeparatedFilesMayHoldSpaces) {
  const auto sentences = read("en.tsv", "New York\tB-LOC\r\n#\tO\r\n\r\nx\tO\r\n");
  ASSERT_EQ(sentences.size(), 2U);
  EXPECT_EQ(sentences[0].words, (Tags{"New York", "#"}));
}

TEST_F(Ner, GermEvalTakesTheOuterTags) {
  EXPECT_EQ(read("dev.tsv", "Uni\tB-ORG\tO\nBonn\tI-ORG\tB-LOC\n")[0].tags,
            (Tags{"B-ORG", "I-ORG"}));
  const auto original = read("dev.tsv",
                             "#\thttp://x [2009]\n1\tUni\tB-ORG\tO\n2\t#\tI-ORG\tO\n\n"
                             "#\thttp://y\n1\tJa\tO\tO\n");
  ASSERT_EQ(original.size(), 2U);
  EXPECT_EQ(original[0].words, (Tags{"Uni", "#"}));
}

TEST_F(Ner, FaultsNameTheLine) {
  EXPECT_TRUE(has(fault("a.conll", "London B-LOC\nlost\n"), "a.conll:2: a word and a tag"));
  EXPECT_TRUE(has(fault("a.conll", "London NNP\n"), "a.conll:1: 'NNP' is no tag"));
  EXPECT_TRUE(has(fault("a.conll", "-DOCSTART- O\n\n"), "a.conll: has no sentences"));
  EXPECT_TRUE(has(fault("a.conll", "\tO\n"), "a.conll:1: the word is empty"));
}

TEST_F(Ner, RowsWithArrays) {
  ReadOptions options;
  options.label_names = {"O", "B-PER"};
  const auto sentences = read("a.jsonl", R"({"tokens":["Ada","ran"],"ner_tags":[1,0]})", options);
  EXPECT_EQ(sentences[0].tags, (Tags{"B-PER", "O"}));
  EXPECT_EQ(read("a.jsonl", R"({"words":["Ada"],"tags":["B-PER"]})")[0].tags, Tags{"B-PER"});
  EXPECT_TRUE(has(fault("a.jsonl", R"({"tokens":["Ada"],"ner_tags":[1]})"), "--label-names"));
  EXPECT_TRUE(has(fault("a.jsonl", R"({"tokens":["Ada"],"ner_tags":["O","O"]})"),
                  "a.jsonl:1: 1 words but 2 tags"));
  EXPECT_TRUE(has(fault("a.jsonl", R"({"tokens":"Ada","ner_tags":"O"})"), "must be arrays"));
}

Tags in_iob2(Tags tags) {
  to_iob2(scheme_of({tags}), &tags);
  return tags;
}

TEST(TagSchemes, Iob1) {
  EXPECT_EQ(in_iob2({"I-PER", "I-PER", "B-PER", "I-LOC", "O", "I-LOC"}),
            (Tags{"B-PER", "I-PER", "B-PER", "B-LOC", "O", "B-LOC"}));
}

TEST(TagSchemes, IobesAndBilou) {
  const Tags expected = {"B-PER", "B-LOC", "I-LOC", "I-LOC"};
  EXPECT_EQ(in_iob2({"S-PER", "B-LOC", "I-LOC", "E-LOC"}), expected);
  EXPECT_EQ(in_iob2({"U-PER", "B-LOC", "I-LOC", "L-LOC"}), expected);
}

TEST(TagSchemes, Iob2StaysWithItsFaults) {
  const Tags faulty = {"B-PER", "I-PER", "O", "I-LOC"};
  EXPECT_EQ(scheme_of({faulty}), TagScheme::iob2);
  EXPECT_EQ(in_iob2(faulty), faulty);
}

}  // namespace
}  // namespace jnlp
