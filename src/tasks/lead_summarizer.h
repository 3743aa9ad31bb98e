#pragma once

#include "tasks/summarizer.h"

namespace jnlp {

/// The first sentences of each document: needs no model, and is hard to beat on news. With
/// max_words it stops before the first sentence that has no room, but gives at least one.
class LeadSummarizer : public Summarizer {
 public:
  std::string description() const override { return "the first sentences of each text"; }
  std::vector<Summary> run(std::span<const std::string> documents,
                           const SummaryOptions& options) override;
};

}  // namespace jnlp
