#include "tasks/faq_retriever.h"

#include <algorithm>
#include <span>
#include <utility>

#include "tasks/sentence_splitter.h"

namespace jnlp {
namespace {

// The whole of a passage, and then its parts: a pair's question and answer, or the sentences of a
// text, which also stands under its headings.
std::vector<std::string> embedded_texts(const FaqPassage& passage) {
  const std::string& text = passage.text;
  if (passage.is_pair()) return {passage.question + "\n" + text, passage.question, text};
  std::vector<std::string> texts = {passage.heading.empty() ? text : passage.heading + "\n" + text};
  for (const TextSpan sentence : split_sentences(text)) {
    texts.push_back(text.substr(sentence.begin, sentence.end - sentence.begin));
  }
  return texts;
}

}  // namespace

FaqRetriever::FaqRetriever(FaqDocuments documents, Embedder embedder, const BatchLimits& batch,
                           const WindowProgress& progress)
    : documents_(std::move(documents)),
      embedder_(std::move(embedder)),
      index_(embedder_.dimension()) {
  const std::span<const FaqPassage> passages = documents_.passages;
  constexpr size_t kPassagesAtOnce = 64;
  for (size_t begin = 0; begin < passages.size(); begin += kPassagesAtOnce) {
    const size_t count = std::min(kPassagesAtOnce, passages.size() - begin);
    add(passages.subspan(begin, count), batch);
    if (progress) progress(static_cast<int64_t>(index_.size()), std::ssize(passages));
  }
}

void FaqRetriever::add(std::span<const FaqPassage> passages, const BatchLimits& batch) {
  std::vector<std::string> texts;
  std::vector<size_t> ends;  // behind each passage's texts
  for (const FaqPassage& passage : passages) {
    for (std::string& text : embedded_texts(passage)) texts.push_back(std::move(text));
    ends.push_back(texts.size());
  }
  std::vector<std::vector<float>> vectors;
  for (Embedding& embedding : embedder_.run(texts, {.batch = batch})) {
    vectors.push_back(std::move(embedding.values));
  }
  const std::span<const std::vector<float>> all = vectors;
  size_t begin = 0;
  for (const size_t end : ends) {
    index_.add(all[begin], all.subspan(begin + 1, end - begin - 1));
    begin = end;
  }
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
