#include "tasks/faq_retriever.h"

#include <span>
#include <utility>

namespace jnlp {
namespace {

// A question is compared with a pair's question and answer, each apart, and with a text under its
// headings.
std::vector<std::string> embedded_texts(const FaqPassage& passage) {
  if (passage.is_pair()) return {passage.question, passage.question + "\n" + passage.text};
  if (passage.heading.empty()) return {passage.text};
  return {passage.heading + "\n" + passage.text};
}

}  // namespace

FaqRetriever::FaqRetriever(FaqDocuments documents, Embedder embedder, const BatchLimits& batch)
    : documents_(std::move(documents)),
      embedder_(std::move(embedder)),
      index_(embedder_.dimension()) {
  std::vector<std::string> texts;
  std::vector<size_t> passages;  // that each text is of
  for (size_t i = 0; i < documents_.passages.size(); ++i) {
    for (std::string& text : embedded_texts(documents_.passages[i])) {
      texts.push_back(std::move(text));
      passages.push_back(i);
    }
  }
  const std::vector<Embedding> embeddings = embedder_.run(texts, {.batch = batch});
  for (size_t i = 0; i < texts.size(); ++i) index_.add(passages[i], embeddings[i].values);
}

std::vector<PassageMatch> FaqRetriever::find(const std::string& question, size_t count,
                                             int64_t* tokens) {
  const std::vector<Embedding> embedded = embedder_.run(std::span(&question, 1));
  *tokens += embedded.front().tokens;
  return index_.nearest(embedded.front().values, count);
}

CountTokens token_counter(const Embedder& embedder) {
  return [tokenizer = embedder.model().tokenizer](std::string_view text) {
    return static_cast<int64_t>(tokenizer->encode(text).size());
  };
}

}  // namespace jnlp
