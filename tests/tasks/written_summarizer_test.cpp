#include "tasks/written_summarizer.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/load_model.h"
#include "cli/summary_flags.h"
#include "support/expect_error.h"
#include "support/paths.h"
#include "tasks/seq2seq_writer.h"
#include "tasks/text_chars.h"

namespace jnlp {
namespace {

// Its summary of a text: the first words, as many as it may write. A token is a word.
class FirstWords : public SummaryWriter {
 public:
  FirstWords(int64_t max_tokens, size_t words) : max_tokens_(max_tokens), words_(words) {}

  int64_t max_tokens() const override { return max_tokens_; }
  int64_t count_tokens(std::string_view text) const override { return count_words(text); }
  std::string description() const override { return "first words"; }
  using SummaryWriter::write;
  std::vector<WrittenSummary> write(std::span<const std::string> texts,
                                    const std::function<bool()>& /*given_up*/) override {
    ++calls;
    std::vector<WrittenSummary> written;
    for (const std::string& text : texts) {
      EXPECT_LE(count_words(text), max_tokens_);
      size_t end = 0;
      for (size_t i = 0; i < words_ && end < text.size(); ++i)
        end = text.find_first_of(" \n", end + 1);
      const std::string first = text.substr(0, end);
      written.push_back({first, count_words(text), count_words(first)});
    }
    return written;
  }

  int calls = 0;

 private:
  int64_t max_tokens_;
  size_t words_;
};

std::string sentences(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "Sentence " + std::to_string(i) + " is here. ";
  return text;
}

std::vector<Summary> run(WrittenSummarizer* summarizer, const std::vector<std::string>& documents,
                         const SummaryOptions& options = {}) {
  return summarizer->run(documents, options);
}

TEST(WrittenSummarizer, EndsWhenItIsGivenUp) {
  auto writer = std::make_unique<FirstWords>(10, 2);
  const FirstWords& words = *writer;
  WrittenSummarizer summarizer(std::move(writer));
  SummaryOptions options;
  options.given_up = [&] { return words.calls == 2; };
  options.batch.max_sequences = 1;
  EXPECT_ERROR(run(&summarizer, {sentences(40)}, options), ErrorCode::deadline, "given up");
  EXPECT_EQ(words.calls, 2);
}

TEST(WrittenSummarizer, ShortDocumentsAreOneSection) {
  WrittenSummarizer summarizer(std::make_unique<FirstWords>(100, 2));
  const auto summaries = run(&summarizer, {"One two three.", "", " ... ", "Four five six."});
  EXPECT_EQ(summaries[0].text, "One two");
  EXPECT_EQ(summaries[0].sections, 1);
  EXPECT_EQ(summaries[0].passes, 1);
  EXPECT_EQ(summaries[0].tokens, 3);
  EXPECT_EQ(summaries[0].generated_tokens, 2);
  EXPECT_EQ(summaries[1].text, "");
  EXPECT_EQ(summaries[2].text, "");
  EXPECT_EQ(summaries[3].text, "Four five");
}

TEST(WrittenSummarizer, LongDocumentsAreSummarizedBySectionsAndThenAgain) {
  WrittenSummarizer summarizer(std::make_unique<FirstWords>(20, 4));
  // 80 words: 4 sections of 20; their 4 summaries of 4 words fit a last pass.
  const Summary summary = run(&summarizer, {sentences(20)}).front();
  EXPECT_EQ(summary.sections, 4);
  EXPECT_EQ(summary.passes, 2);
  EXPECT_EQ(summary.text, "Sentence 0 is here.");
  EXPECT_EQ(summary.tokens, 80 + 16);
  EXPECT_EQ(summary.generated_tokens, 16 + 4);
  EXPECT_FALSE(summary.truncated);
  EXPECT_TRUE(summary.sentences.empty());
  EXPECT_EQ(summary.document_sentences, 20);
}

TEST(WrittenSummarizer, AsManyPassesAsItTakes) {
  WrittenSummarizer summarizer(std::make_unique<FirstWords>(20, 4));
  const Summary summary = run(&summarizer, {sentences(400)}).front();
  EXPECT_EQ(summary.sections, 80);
  EXPECT_EQ(summary.passes, 4);  // 80, 16, 4 and 1 sections
  EXPECT_FALSE(summary.truncated);
}

TEST(WrittenSummarizer, EndsWhereSummariesAreNoShorterThanTheText) {
  WrittenSummarizer summarizer(std::make_unique<FirstWords>(8, 1000));
  const Summary summary = run(&summarizer, {sentences(20)}).front();
  EXPECT_TRUE(summary.truncated);
  EXPECT_EQ(summary.passes, 2);
  EXPECT_EQ(summary.text, "Sentence 0 is here. Sentence 1 is here.");
}

TEST(WrittenSummarizer, DocumentsDoNotMindEachOther) {
  WrittenSummarizer summarizer(std::make_unique<FirstWords>(20, 4));
  const std::vector<std::string> documents = {sentences(3), sentences(50), "", sentences(20)};
  SummaryOptions one_by_one;
  one_by_one.batch.max_sequences = 1;
  const auto together = run(&summarizer, documents);
  const auto grouped = run(&summarizer, documents, one_by_one);
  for (size_t i = 0; i < documents.size(); ++i) {
    const Summary alone = run(&summarizer, {documents[i]}).front();
    for (const Summary* other : {&together[i], &grouped[i]}) {
      EXPECT_EQ(alone.text, other->text);
      EXPECT_EQ(alone.sections, other->sections);
      EXPECT_EQ(alone.passes, other->passes);
      EXPECT_EQ(alone.tokens, other->tokens);
    }
  }
}

TEST(WrittenSummarizer, ProgressGoesThroughTheSections) {
  WrittenSummarizer summarizer(std::make_unique<FirstWords>(20, 4));
  SummaryOptions options;
  options.batch.max_sequences = 2;
  std::vector<std::pair<int64_t, int64_t>> seen;
  options.progress = [&](int64_t done, int64_t total) { seen.emplace_back(done, total); };
  run(&summarizer, {sentences(20)}, options);
  const std::vector<std::pair<int64_t, int64_t>> expected = {
      {0, 4}, {2, 4}, {4, 4}, {0, 1}, {1, 1}};
  EXPECT_EQ(seen, expected);
}

TEST(WrittenSummarizer, SectionsCanBeShorterThanTheModelAllowsButNotLonger) {
  WrittenSummarizer summarizer(std::make_unique<FirstWords>(100, 4), 20);
  EXPECT_EQ(run(&summarizer, {sentences(20)}).front().sections, 4);
  EXPECT_THROW(WrittenSummarizer(std::make_unique<FirstWords>(100, 4), 101), Error);
}

class GoldenSummaries : public ::testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path directory() const {
    return test::test_file("golden/summaries") / GetParam();
  }
  std::unique_ptr<Seq2SeqWriter> load(const SummaryFlags& flags = {}) const {
    LoadedSeq2Seq model =
        load_seq2seq(directory().string(), "summarization", std::make_shared<ThreadPool>(2));
    Seq2SeqOptions options = seq2seq_options(flags, model.backend->default_options(),
                                             model.backend->max_source_length());
    return std::make_unique<Seq2SeqWriter>(std::move(model), std::move(options));
  }
};

TEST_P(GoldenSummaries, AreTransformers) {
  const Json expected = read_json_file(directory() / "expected.json");
  ASSERT_EQ(expected.size(), 5U);
  std::vector<std::string> documents;
  for (const Json& one : expected) documents.push_back(one.at("document"));
  const auto written = load()->write(documents);
  for (size_t i = 0; i < documents.size(); ++i) {
    EXPECT_EQ(written[i].text, without_outer_space(expected[i].at("summary")));
    EXPECT_EQ(written[i].tokens, std::ssize(expected[i].at("source")));
    EXPECT_EQ(written[i].generated_tokens, std::ssize(expected[i].at("ids")));
  }
}

TEST_P(GoldenSummaries, FlagsGoBeforeTheModelsFiles) {
  SummaryFlags flags;
  flags.max_length = 3;
  flags.min_length = 0;
  flags.num_beams = 1;
  const auto written = load(flags)->write(std::vector<std::string>{"The ferry is late."});
  EXPECT_EQ(written.front().generated_tokens, 3);
}

TEST_P(GoldenSummaries, LongDocumentsGoBySections) {
  SummaryFlags flags;
  flags.max_length = 20;
  auto writer = load(flags);
  const int64_t longest = writer->max_tokens();
  EXPECT_EQ(longest, 512);
  std::string document;
  while (writer->count_tokens(document) < 3 * longest) document += sentences(20);
  WrittenSummarizer summarizer(std::move(writer));
  const Summary summary = run(&summarizer, {document}).front();
  EXPECT_GE(summary.sections, 4);
  EXPECT_EQ(summary.passes, 2);
  EXPECT_FALSE(summary.truncated);
  EXPECT_FALSE(summary.text.empty());
}

INSTANTIATE_TEST_SUITE_P(All, GoldenSummaries, ::testing::Values("t5", "bart"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace jnlp
