#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tasks/embedder.h"
#include "tasks/faq_documents.h"
#include "tasks/passage_index.h"

namespace jnlp {

/// Finds the passages that a question is about. One thread at a time.
class FaqRetriever {
 public:
  /// Embeds all passages and their parts; `progress` counts passages. @throws Error as
  /// Embedder::run().
  FaqRetriever(FaqDocuments documents, Embedder embedder, const BatchLimits& batch = {},
               const WindowProgress& progress = {});

  /// The passages most similar to a question, best first, at most `count`. The question's tokens
  /// are added to `tokens`. @throws Error as Embedder::run().
  std::vector<PassageMatch> find(const std::string& question, size_t count, int64_t* tokens);

  const FaqDocuments& documents() const { return documents_; }
  const FaqPassage& passage(const PassageMatch& match) const {
    return documents_.passages[match.passage];
  }
  const LoadedModel& model() const { return embedder_.model(); }

 private:
  void add(std::span<const FaqPassage> passages, const BatchLimits& batch);

  FaqDocuments documents_;
  Embedder embedder_;
  PassageIndex index_;
};

/// Counts tokens as the embedder's tokenizer does, for read_faq_documents().
CountTokens token_counter(const Embedder& embedder);

}  // namespace jnlp
