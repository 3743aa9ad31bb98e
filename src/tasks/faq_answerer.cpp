#include "tasks/faq_answerer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "tasks/sentence_splitter.h"

namespace jnlp {
namespace {

// The sentences that a span of a text touches.
TextSpan sentences_around(std::string_view text, TextSpan span) {
  TextSpan around = span;
  for (const TextSpan sentence : split_sentences(text)) {
    if (sentence.begin < span.end && span.begin < sentence.end) {
      around = {std::min(around.begin, sentence.begin), std::max(around.end, sentence.end)};
    }
  }
  return around;
}

}  // namespace

std::string_view to_string(FaqAnswerKind kind) {
  switch (kind) {
    case FaqAnswerKind::none:
      return "none";
    case FaqAnswerKind::pair:
      return "pair";
    case FaqAnswerKind::extracted:
      return "extracted";
    case FaqAnswerKind::written:
      return "written";
  }
  return "unknown";
}

FaqAnswerer::FaqAnswerer(FaqRetriever retriever, std::unique_ptr<FaqReader> reader,
                         FaqOptions options)
    : retriever_(std::move(retriever)), reader_(std::move(reader)), options_(options) {
  if (options.sources < 1) {
    throw Error(ErrorCode::invalid_input, "at least one source is needed to answer from");
  }
  if (!(options.min_score >= -1 && options.min_score <= 1)) {
    throw Error(ErrorCode::invalid_input, "the least similarity must be from -1 to 1");
  }
}

FaqAnswer FaqAnswerer::answer(const std::string& question, const GenerationHooks& hooks) {
  if (question.find_first_not_of(" \t\r\n\f\v") == std::string::npos) {
    throw Error(ErrorCode::invalid_input, "the question is empty");
  }
  FaqAnswer answer;
  answer.matches = retriever_.find(question, static_cast<size_t>(options_.sources), &answer.tokens);
  const PassageMatch& nearest = answer.matches.front();
  if (nearest.similarity < options_.min_score) return answer;
  if (passage(nearest).is_pair()) {
    answer.kind = FaqAnswerKind::pair;
    answer.text = passage(nearest).text;
    return answer;
  }
  read_texts(question, hooks, &answer);
  return answer;
}

void FaqAnswerer::read_texts(const std::string& question, const GenerationHooks& hooks,
                             FaqAnswer* answer) {
  std::vector<const FaqPassage*> texts;
  std::vector<size_t> places;  // among the matches
  for (size_t i = 0; i < answer->matches.size(); ++i) {
    const PassageMatch& match = answer->matches[i];
    if (match.similarity < options_.min_score || passage(match).is_pair()) continue;
    texts.push_back(&passage(match));
    places.push_back(i);
  }
  FaqReading reading = reader_->read(question, texts, hooks);
  answer->tokens += reading.tokens;
  answer->generation = std::move(reading.generation);
  if (reading.text.empty()) return;
  answer->text = std::move(reading.text);
  answer->source = places[reading.passage];
  if (answer->generation) {
    answer->kind = FaqAnswerKind::written;
    return;
  }
  answer->kind = FaqAnswerKind::extracted;
  answer->span = reading.span;
  answer->score = reading.score;
  answer->sentence = sentences_around(texts[reading.passage]->text, reading.span);
}

std::string FaqAnswerer::description() const {
  const size_t passages = retriever_.documents().passages.size();
  const size_t documents = retriever_.documents().documents.size();
  return fmt::format("{} passage{} of {} document{}; {}; {}", passages, passages == 1 ? "" : "s",
                     documents, documents == 1 ? "" : "s",
                     retriever_.model().backend->description(), reader_->description());
}

}  // namespace jnlp
