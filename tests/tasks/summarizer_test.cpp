#include "tasks/summarizer.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "golden_model.h"
#include "tasks/extractive_summarizer.h"
#include "tasks/lead_summarizer.h"
#include "tasks/sentence_selection.h"

namespace jnlp {
namespace {

const std::string kDocument =
    "The ferry is late. It has two engines. One of them broke on Monday. The captain waits for a "
    "part from Oslo. Nobody is angry.";

SummaryOptions limits(int64_t sentences, int64_t max_words = 0, int64_t min_words = 0) {
  SummaryOptions options;
  options.max_sentences = sentences;
  options.max_words = max_words;
  options.min_words = min_words;
  return options;
}

std::string lead(const std::string& document, const SummaryOptions& options) {
  return LeadSummarizer().run(std::vector<std::string>{document}, options).front().text;
}

TEST(LeadSummarizer, TakesTheFirstSentences) {
  EXPECT_EQ(lead(kDocument, limits(2)), "The ferry is late. It has two engines.");
  EXPECT_EQ(lead(kDocument, limits(99)), kDocument);
  EXPECT_EQ(lead("", limits(3)), "");
  EXPECT_EQ(lead("...\n\n***", limits(3)), "");
}

TEST(LeadSummarizer, KeepsLengths) {
  EXPECT_EQ(lead(kDocument, limits(3, 9)), "The ferry is late. It has two engines.");
  EXPECT_EQ(lead(kDocument, limits(3, 2)), "The ferry is late.");  // never nothing
  EXPECT_EQ(lead(kDocument, limits(1, 0, 7)), "The ferry is late. It has two engines.");
}

TEST(LeadSummarizer, SaysWhereItsSentencesStand) {
  const std::string document = "Zoë  left\nfor home. Ève stayed.";
  const Summary summary =
      LeadSummarizer().run(std::vector<std::string>{document}, limits(2)).front();
  EXPECT_EQ(summary.text, "Zoë left for home. Ève stayed.");
  EXPECT_EQ(summary_lines(summary, document), "Zoë left for home.\nÈve stayed.");
  ASSERT_EQ(summary.sentences.size(), 2U);
  EXPECT_EQ(summary.sentences[1].begin, document.find("Ève"));
  EXPECT_EQ(summary.document_sentences, 2);
}

TEST(Summarizer, WrongOptionsAndTextsAreRefused) {
  EXPECT_THROW(lead(kDocument, limits(0)), Error);
  EXPECT_THROW(lead(kDocument, limits(3, 5, 6)), Error);
  EXPECT_THROW(lead(kDocument, limits(3, -1)), Error);
  EXPECT_THROW(lead("broken \xFF", limits(3)), Error);
}

TEST(Summarizer, LinesOfGeneratedTextAreItsSentences) {
  Summary generated;
  generated.text = "One came. Two\nleft.";
  EXPECT_EQ(summary_lines(generated, "whatever"), "One came.\nTwo left.");
}

// Two sentences that say the same, one that says something else, one that says nothing of it.
const std::vector<CandidateSentence> kCandidates = {
    {{1, 0.1F, 0}, 10}, {{1, 0, 0}, 6}, {{0, 1, 0}, 8}, {{-1, -1, 0.5F}, 2}};

TEST(SentenceSelection, PrefersWhatIsCentralAndNotSaidYet) {
  const SelectionWeights no_diversity{0, 0};
  EXPECT_EQ(select_sentences(kCandidates, limits(2), no_diversity), (std::vector<size_t>{0, 1}));
  const SelectionWeights diverse{0.5, 0};
  EXPECT_EQ(select_sentences(kCandidates, limits(2), diverse), (std::vector<size_t>{0, 2}));
}

TEST(SentenceSelection, PositionCanDecide) {
  const std::vector<CandidateSentence> same = {{{1, 0}, 5}, {{1, 0}, 5}, {{0.9F, 0.1F}, 5}};
  EXPECT_EQ(select_sentences(same, limits(1), {0, 0}).front(), 0U);  // of equals the first
  const std::vector<CandidateSentence> later = {{{0.8F, 0.6F}, 5}, {{1, 0}, 5}, {{1, 0}, 5}};
  EXPECT_EQ(select_sentences(later, limits(1), {0, 0}).front(), 1U);
  EXPECT_EQ(select_sentences(later, limits(1), {0, 1}).front(), 0U);
}

TEST(SentenceSelection, KeepsLengths) {
  const SelectionWeights weights{0.5, 0};
  EXPECT_EQ(select_sentences(kCandidates, limits(3, 9), weights), (std::vector<size_t>{1, 3}));
  EXPECT_EQ(select_sentences(kCandidates, limits(3, 1), weights), (std::vector<size_t>{3}));
  EXPECT_EQ(select_sentences(kCandidates, limits(1, 0, 11), weights), (std::vector<size_t>{0, 2}));
  EXPECT_TRUE(select_sentences({}, limits(3), weights).empty());
}

TEST(SentenceSelection, VectorsWithoutLengthAreNoFault) {
  const std::vector<CandidateSentence> zeros = {{{0, 0}, 1}, {{0, 0}, 1}};
  EXPECT_EQ(select_sentences(zeros, limits(2), {}), (std::vector<size_t>{0, 1}));
}

TEST(ExtractiveSummarizer, KeepsTheOrderOfTheDocumentAndItsWords) {
  ExtractiveSummarizer summarizer(test::golden_model("embed"));
  const std::vector<std::string> documents = {kDocument, "", "Only one here."};
  const auto summaries = summarizer.run(documents, limits(3));
  ASSERT_EQ(summaries.size(), 3U);
  ASSERT_EQ(summaries[0].sentences.size(), 3U);
  uint32_t end = 0;
  for (const TextSpan span : summaries[0].sentences) {
    EXPECT_GE(span.begin, end);
    end = span.end;
    EXPECT_NE(summaries[0].text.find(kDocument.substr(span.begin, span.end - span.begin)),
              std::string::npos);
  }
  EXPECT_GT(summaries[0].tokens, 20);
  EXPECT_EQ(summaries[0].document_sentences, 5);
  EXPECT_EQ(summaries[1].text, "");
  EXPECT_EQ(summaries[2].text, "Only one here.");
  EXPECT_EQ(summaries[2].tokens, 0);  // no choice, no model
}

TEST(ExtractiveSummarizer, BatchesChangeNothing) {
  ExtractiveSummarizer summarizer(test::golden_model("embed"));
  const std::vector<std::string> documents = {kDocument, test::long_text(50) + ". " + kDocument};
  SummaryOptions one_by_one = limits(2);
  one_by_one.batch.max_sequences = 1;
  const auto together = summarizer.run(documents, limits(2));
  const auto alone = summarizer.run(documents, one_by_one);
  for (size_t i = 0; i < documents.size(); ++i) {
    EXPECT_EQ(together[i].sentences, alone[i].sentences);
  }
}

TEST(ExtractiveSummarizer, SaysHowFarItIsAndCanBeEnded) {
  ExtractiveSummarizer summarizer(test::golden_model("embed"));
  std::vector<std::string> documents = {""};
  for (int i = 0; i < 600; ++i) documents[0] += "Number " + std::to_string(i) + " is here. ";
  std::vector<int64_t> done;
  SummaryOptions options = limits(2);
  options.progress = [&](int64_t count, int64_t total) {
    EXPECT_EQ(total, 600);
    done.push_back(count);
  };
  const auto whole = summarizer.run(documents, options);
  EXPECT_EQ(done, (std::vector<int64_t>{0, 256, 512, 600}));
  EXPECT_EQ(summarizer.run(documents, limits(2)).front().text, whole.front().text);
  options.progress = [](int64_t count, int64_t) {
    if (count > 0) throw Error(ErrorCode::deadline, "over");
  };
  EXPECT_THROW(summarizer.run(documents, options), Error);
}

TEST(ExtractiveSummarizer, SaysWhenASentenceWasTooLongForTheModel) {
  ExtractiveSummarizer summarizer(test::golden_model("embed"));
  const std::vector<std::string> documents = {test::long_text(200) + ". A. B. C! D!"};
  EXPECT_TRUE(summarizer.run(documents, limits(1)).front().truncated);
}

TEST(ExtractiveSummarizer, NeedsAModelOfEmbeddings) {
  EXPECT_THROW(ExtractiveSummarizer(test::golden_model("qa")), Error);
}

}  // namespace
}  // namespace jnlp
