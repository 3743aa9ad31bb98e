#pragma once

#include <utility>

#include "tasks/embedder.h"
#include "tasks/sentence_selection.h"
#include "tasks/summarizer.h"

namespace jnlp {

/// Chooses sentences that say what the whole document says and not the same twice, by their
/// embeddings. It says nothing that the document does not say, in no other words: the summarizer
/// for machines without room for a generator.
class ExtractiveSummarizer : public Summarizer {
 public:
  /// @throws Error unsupported for a model that gives no embeddings.
  explicit ExtractiveSummarizer(LoadedModel model, const SelectionWeights& weights = {})
      : embedder_(std::move(model)), weights_(weights) {}

  std::string description() const override { return model().backend->description(); }
  std::vector<Summary> run(std::span<const std::string> documents,
                           const SummaryOptions& options) override;

  const LoadedModel& model() const { return embedder_.model(); }

 private:
  Embedder embedder_;
  SelectionWeights weights_;
};

}  // namespace jnlp
