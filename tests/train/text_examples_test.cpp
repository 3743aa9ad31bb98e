#include "train/text_examples.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

const Tokenizer& tokenizer() {
  static const Tokenizer kTokenizer =
      Tokenizer::from_directory(test::test_file("golden/tasks/ner_wordpiece"));
  return kTokenizer;
}

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(TextExamples, EveryTokenOfAWordHasItsTag) {
  LabelledData data;
  data.sentences.push_back(
      {{"Xylophonist", "Smith", "saw", "Qatar."}, {"B-PER", "I-PER", "O", "B-LOC"}});
  const auto labels = collect_labels(data, TrainTask::ner);
  EXPECT_EQ(labels, (std::vector<std::string>{"O", "B-LOC", "I-LOC", "B-PER", "I-PER"}));
  TrainOptions options;
  options.task = TrainTask::ner;
  options.max_length = 64;
  TokenizationCounts counts;
  const auto examples = tokenize_examples(data, tokenizer(), options, labels, &counts);
  ASSERT_EQ(examples.size(), 1U);
  const TrainExample& example = examples[0];
  ASSERT_EQ(example.labels.size(), example.ids.size());
  EXPECT_EQ(example.labels.front(), kIgnoredLabel);
  EXPECT_EQ(example.labels.back(), kIgnoredLabel);
  EXPECT_EQ(std::count(example.labels.begin(), example.labels.end(), 3), 1) << "one B-PER";
  EXPECT_EQ(std::count(example.labels.begin(), example.labels.end(), 1), 1) << "one B-LOC";
  EXPECT_GE(std::count(example.labels.begin(), example.labels.end(), 2), 1)
      << "the full stop of 'Qatar.' goes on with I-LOC";
}

TEST(TextExamples, LongSentencesGoIntoWindows) {
  LabelledData data;
  data.sentences.push_back(
      {std::vector<std::string>(80, "paris"), std::vector<std::string>(80, "B-LOC")});
  TrainOptions options;
  options.task = TrainTask::ner;
  options.max_length = 32;
  options.stride = 8;
  TokenizationCounts counts;
  const auto examples =
      tokenize_examples(data, tokenizer(), options, collect_labels(data, TrainTask::ner), &counts);
  EXPECT_GT(examples.size(), 1U);
  EXPECT_EQ(counts.windows, static_cast<int64_t>(examples.size()) - 1);
}

QaExample question(const std::string& context, const std::string& answer) {
  QaExample example;
  example.question = "who";
  example.context = context;
  example.answers.push_back({answer, static_cast<int64_t>(context.find(answer))});
  return example;
}

std::string marked_text(const TrainExample& example) {
  const std::vector<int32_t> ids(example.ids.begin() + example.labels[0],
                                 example.ids.begin() + example.labels[1] + 1);
  return tokenizer().decode(ids);
}

TEST(TextExamples, AnswersAreMarkedInEveryWindowThatHoldsThem) {
  std::string context;
  for (int i = 0; i < 40; ++i) context += "the cat sat on the mat. ";
  context += "london won. ";
  for (int i = 0; i < 40; ++i) context += "the cat sat on the mat. ";
  LabelledData data;
  data.questions.push_back(question(context, "london"));
  TrainOptions options;
  options.task = TrainTask::qa;
  options.max_length = 64;
  options.stride = 16;
  TokenizationCounts counts;
  const std::string whole =
      tokenizer().decode(tokenizer().encode("london", {.add_special_tokens = false}).ids);
  const auto all = tokenize_examples(data, tokenizer(), options, {}, &counts);
  int64_t marked = 0;
  for (const TrainExample& example : all) {
    if (example.labels[0] == 0) continue;
    ++marked;
    EXPECT_EQ(marked_text(example), whole);
  }
  EXPECT_GE(marked, 1);
  EXPECT_LT(marked, static_cast<int64_t>(all.size()));

  options.qa_windows = QaWindows::crop;
  const auto cropped = tokenize_examples(data, tokenizer(), options, {}, &counts);
  ASSERT_EQ(cropped.size(), 1U);
  EXPECT_EQ(marked_text(cropped[0]), whole);
}

TEST(TextExamples, QuestionsWithoutAPlaceForTheAnswerAreCountedAndLeftOut) {
  LabelledData data;
  data.questions.push_back(question("the cat sat on the mat", "cat"));
  data.questions.push_back(data.questions[0]);
  data.questions[1].answers[0].start = -1;
  TrainOptions options;
  options.task = TrainTask::qa;
  options.max_length = 64;
  TokenizationCounts counts;
  EXPECT_EQ(tokenize_examples(data, tokenizer(), options, {}, &counts).size(), 1U);
  EXPECT_EQ(counts.skipped, 1);
  data.questions.erase(data.questions.begin());
  EXPECT_THROW(tokenize_examples(data, tokenizer(), options, {}, &counts), Error);
}

TEST(TextExamples, ClassesAreOrderedByValue) {
  LabelledData data;
  for (const char* label : {"10", "2", "1"}) data.texts.push_back({"x", label});
  EXPECT_EQ(collect_labels(data, TrainTask::classification),
            (std::vector<std::string>{"1", "2", "10"}));
}

TEST(TextExamples, BadDataIsNamed) {
  LabelledData one, dev;
  one.texts.push_back({"x", "good"});
  EXPECT_NE(message_of([&] { collect_labels(one, TrainTask::classification); }).find("only"),
            std::string::npos);
  dev.texts.push_back({"x", "awful"});
  EXPECT_NE(message_of([&] {
              check_labels(dev, TrainTask::classification, {"bad", "good"});
            }).find("awful"),
            std::string::npos);
  const test::TemporaryDir directory;
  const auto file = directory.path() / "no_label.tsv";
  write_file(file, "text\tscore\nfine\t1\n");
  EXPECT_NE(message_of([&] {
              read_labelled_data({{file}}, TrainTask::classification, {});
            }).find("no_label.tsv"),
            std::string::npos);
  write_file(file, "");
  EXPECT_NE(message_of([&] {
              read_labelled_data({{file}}, TrainTask::classification, {});
            }).find("no_label.tsv"),
            std::string::npos);
}

}  // namespace
}  // namespace jnlp
