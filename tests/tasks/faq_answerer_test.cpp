// From a question to an answer with its source. The embeddings of a random model say nothing, but
// equal texts have equal ones.
#include "tasks/faq_answerer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "golden_model.h"
#include "tasks/faq_extractor.h"
#include "tasks/faq_writer.h"

namespace jnlp {
namespace {

// Answers with the last word of the last passage that it is given, or with nothing.
class LastWord : public FaqReader {
 public:
  std::string description() const override { return "last word"; }
  FaqReading read(const std::string& /*question*/, std::span<const FaqPassage* const> passages,
                  const GenerationHooks& /*hooks*/) override {
    FaqReading reading;
    reading.tokens = 100;
    passages_read = passages.size();
    if (finds_nothing) return reading;
    reading.passage = passages.size() - 1;
    const std::string& text = passages.back()->text;
    const auto begin = static_cast<uint32_t>(text.rfind(' ') + 1);
    reading.span = {begin, static_cast<uint32_t>(text.size() - 1)};
    reading.text = text.substr(begin, text.size() - 1 - begin);
    reading.score = 0.5F;
    return reading;
  }

  size_t passages_read = 0;
  bool finds_nothing = false;
};

FaqPassage text_passage(const std::string& text) {
  FaqPassage passage;
  passage.text = text;
  return passage;
}

FaqDocuments documents() {
  FaqDocuments documents;
  documents.documents.push_back({"doc.txt", ""});
  FaqPassage pair;
  pair.question = "the old harbour";
  pair.text = "An answer, word for word.";
  documents.passages = {pair, text_passage("First one. It was built in Porto."),
                        text_passage("Maria Silva of 12 the harbour.")};
  return documents;
}

FaqAnswerer answerer(std::unique_ptr<FaqReader> reader, FaqOptions options,
                     FaqDocuments from = documents()) {
  return {FaqRetriever(std::move(from), Embedder(test::golden_model("embed"))), std::move(reader),
          options};
}

TEST(FaqAnswerer, GivesThePairsAnswerWordForWord) {
  FaqDocuments pairs = documents();
  pairs.passages.resize(1);
  auto reader = std::make_unique<LastWord>();
  const LastWord& last_word = *reader;
  FaqAnswerer faq = answerer(std::move(reader), {.sources = 3, .min_score = -1}, pairs);
  const FaqAnswer answer = faq.answer("the old harbour");
  EXPECT_EQ(answer.kind, FaqAnswerKind::pair);
  EXPECT_EQ(answer.text, "An answer, word for word.");
  EXPECT_EQ(answer.matches.size(), 1U);
  EXPECT_GT(answer.tokens, 2);
  EXPECT_EQ(last_word.passages_read, 0U);
}

TEST(FaqAnswerer, SaysWhenNothingIsSimilarEnough) {
  FaqAnswerer faq = answerer(std::make_unique<LastWord>(), {.sources = 2, .min_score = 1});
  const FaqAnswer answer = faq.answer("entirely something else 7");
  EXPECT_EQ(answer.kind, FaqAnswerKind::none);
  EXPECT_EQ(answer.text, "");
  EXPECT_EQ(answer.matches.size(), 2U);
}

TEST(FaqAnswerer, HasTextsReadAndQuotesTheSentence) {
  auto reader = std::make_unique<LastWord>();
  const LastWord& last_word = *reader;
  FaqAnswerer faq = answerer(std::move(reader), {.sources = 1, .min_score = -1});
  const FaqAnswer answer = faq.answer("First one. It was built in Porto.");
  EXPECT_EQ(answer.kind, FaqAnswerKind::extracted);
  EXPECT_EQ(answer.text, "Porto");
  EXPECT_EQ(answer.score, 0.5F);
  const std::string& text = faq.passage(answer.matches[answer.source]).text;
  EXPECT_EQ(text.substr(answer.sentence.begin, answer.sentence.end - answer.sentence.begin),
            "It was built in Porto.");
  EXPECT_EQ(last_word.passages_read, 1U);
  EXPECT_GT(answer.tokens, 100);
}

TEST(FaqAnswerer, TheSourceIsThePassageThatWasChosen) {
  FaqAnswerer faq = answerer(std::make_unique<LastWord>(), {.sources = 3, .min_score = -1});
  const FaqAnswer answer = faq.answer("Maria Silva of 12 the harbour.");
  ASSERT_EQ(answer.kind, FaqAnswerKind::extracted);
  // The reader took the last text among the matches; the pair between them, if any, was not read.
  const FaqPassage& source = faq.passage(answer.matches[answer.source]);
  EXPECT_FALSE(source.is_pair());
  EXPECT_NE(source.text.find(answer.text + "."), std::string::npos);
}

TEST(FaqAnswerer, AReaderMayFindNothing) {
  auto reader = std::make_unique<LastWord>();
  reader->finds_nothing = true;
  FaqAnswerer faq = answerer(std::move(reader), {.sources = 1, .min_score = -1});
  EXPECT_EQ(faq.answer("Maria Silva of 12 the harbour.").kind, FaqAnswerKind::none);
}

TEST(FaqAnswerer, RefusesImpossibleOptionsAndEmptyQuestions) {
  EXPECT_THROW(answerer(std::make_unique<LastWord>(), {.sources = 0}), Error);
  EXPECT_THROW(answerer(std::make_unique<LastWord>(), {.min_score = 1.5F}), Error);
  FaqAnswerer faq = answerer(std::make_unique<LastWord>(), {});
  EXPECT_THROW(faq.answer(" \n"), Error);
}

TEST(FaqExtractor, ALessSimilarPassageMustBeMuchSurer) {
  const auto chosen = [](const std::vector<float>& scores) { return passage_to_quote(scores); };
  EXPECT_EQ(chosen({0.3F, 0.9F}), 0U);
  EXPECT_EQ(chosen({0.1F, 0.9F, 0.9F}), 1U);
  EXPECT_EQ(chosen({0.01F, 0.1F, 0.9F}), 2U);
  EXPECT_EQ(chosen({0, 0, 0.1F}), 2U);  // the first two have no word to answer with
  EXPECT_EQ(chosen({0}), 0U);
}

TEST(FaqExtractor, AnswersWithWordsOfOneOfThePassages) {
  FaqExtractor extractor{QuestionAnswerer(test::golden_model("qa"))};
  const FaqPassage one = text_passage("Maria Silva of Porto.");
  const FaqPassage two = text_passage("The old harbour 12.");
  const std::vector<const FaqPassage*> passages = {&one, &two};
  const FaqReading reading = extractor.read("Who?", passages, {});
  ASSERT_LT(reading.passage, 2U);
  EXPECT_EQ(reading.text, passages[reading.passage]->text.substr(
                              reading.span.begin, reading.span.end - reading.span.begin));
  EXPECT_GT(reading.score, 0);
  EXPECT_FALSE(reading.generation.has_value());
}

// A model whose tokens are bytes, that keeps its prompt.
class Scribe : public TextGenerator {
 public:
  explicit Scribe(std::string* prompt) : prompt_(prompt) {}
  std::string description() const override { return "scribe"; }
  int64_t context_size() const override { return 400; }
  int64_t count_tokens(std::string_view prompt) const override { return std::ssize(prompt); }
  std::string apply_chat_template(std::span<const ChatMessage> messages) const override {
    std::string prompt;
    for (const ChatMessage& message : messages) prompt += message.role + ":" + message.content;
    return prompt;
  }
  Generation generate(std::string_view prompt, const GenerateOptions& /*options*/,
                      const GenerationHooks& /*hooks*/) override {
    *prompt_ = prompt;
    Generation answer;
    answer.text = "Yes.";
    answer.stats.prompt_tokens = std::ssize(prompt);
    return answer;
  }
  void forget() override {}

 private:
  std::string* prompt_;
};

TEST(FaqWriter, ShowsTheModelThePassagesThatFit) {
  std::string prompt;
  FaqWriter writer(std::make_unique<Scribe>(&prompt), {.max_tokens = 50}, "Be kind.");
  const FaqPassage near = text_passage("near");
  const FaqPassage far = text_passage("far");
  const FaqPassage long_one = text_passage(std::string(400, 'x'));
  const std::vector<const FaqPassage*> passages = {&near, &far, &long_one};
  const FaqReading reading = writer.read("Which?", passages, {});
  EXPECT_EQ(prompt, "system:Be kind.user:Text:\nfar\n\nnear\n\nQuestion: Which?");
  EXPECT_EQ(reading.text, "Yes.");
  EXPECT_EQ(reading.passage, 0U);
  EXPECT_EQ(reading.tokens, std::ssize(prompt));
  EXPECT_TRUE(reading.generation.has_value());
}

}  // namespace
}  // namespace jnlp
