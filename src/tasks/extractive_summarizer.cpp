#include "tasks/extractive_summarizer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tasks/document_sentences.h"

namespace jnlp {
namespace {

using Sentences = std::vector<DocumentSentence>;

// A document with no more sentences than wanted needs no choice, and no model.
bool needs_choice(const Sentences& sentences, const SummaryOptions& options) {
  return options.max_words > 0 || static_cast<int64_t>(sentences.size()) > options.max_sentences;
}

std::vector<size_t> all_of(const Sentences& sentences) {
  std::vector<size_t> numbers(sentences.size());
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  return numbers;
}

// In groups, so that progress is said while a long document is read. A backend behind a queue
// ends the run by itself when nobody waits for it any more.
std::vector<Embedding> embed(Embedder& embedder, std::span<const std::string> texts,
                             const SummaryOptions& options) {
  constexpr size_t kGroup = 256;
  std::vector<Embedding> embeddings;
  while (embeddings.size() < texts.size()) {
    if (options.progress) options.progress(std::ssize(embeddings), std::ssize(texts));
    const size_t count = std::min(kGroup, texts.size() - embeddings.size());
    for (Embedding& embedding :
         embedder.run(texts.subspan(embeddings.size(), count), {.batch = options.batch})) {
      embeddings.push_back(std::move(embedding));
    }
  }
  if (options.progress) options.progress(std::ssize(embeddings), std::ssize(texts));
  return embeddings;
}

}  // namespace

std::vector<Summary> ExtractiveSummarizer::run(std::span<const std::string> documents,
                                               const SummaryOptions& options) {
  check_options(options);
  std::vector<Sentences> sentences;
  std::vector<std::string> texts;  // of all documents that need a choice
  for (const std::string& document : documents) {
    check_given_up(options);
    sentences.push_back(document_sentences(document));
    if (!needs_choice(sentences.back(), options)) continue;
    for (const DocumentSentence& sentence : sentences.back()) {
      texts.push_back(plain_sentence(document, sentence.span));
    }
  }
  std::vector<Embedding> embeddings = embed(embedder_, texts, options);
  auto next = embeddings.begin();
  std::vector<Summary> summaries;
  for (size_t d = 0; d < documents.size(); ++d) {
    check_given_up(options);
    if (!needs_choice(sentences[d], options)) {
      summaries.push_back(summary_of(documents[d], sentences[d], all_of(sentences[d])));
      continue;
    }
    std::vector<CandidateSentence> candidates;
    int64_t tokens = 0;
    bool truncated = false;
    for (const DocumentSentence& sentence : sentences[d]) {
      tokens += next->tokens;
      truncated = truncated || next->truncated;
      candidates.push_back({std::move(next->values), sentence.words});
      ++next;
    }
    summaries.push_back(
        summary_of(documents[d], sentences[d], select_sentences(candidates, options, weights_)));
    summaries.back().tokens = tokens;
    summaries.back().truncated = truncated;
  }
  return summaries;
}

}  // namespace jnlp
