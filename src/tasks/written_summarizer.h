#pragma once

#include <memory>
#include <utility>

#include "tasks/summarizer.h"
#include "tasks/summary_writer.h"

namespace jnlp {

/// Summaries in a model's own words, of documents of any length: one that the model cannot read at
/// once is summarized by sections, and the summaries of its sections together are the text of a
/// further pass, until one section is left.
class WrittenSummarizer : public Summarizer {
 public:
  /// `section_tokens`: longest section; 0 for as long as the model can read.
  /// @throws Error invalid_input when the model cannot read so much.
  explicit WrittenSummarizer(std::unique_ptr<SummaryWriter> writer, int64_t section_tokens = 0);

  std::string description() const override { return writer_->description(); }

  /// Of the options only the sequences of a batch and the progress count: how long its summaries
  /// are is the writer's to know. Where a pass makes a text hardly shorter, only its beginning goes
  /// into the last one, and `truncated` says so.
  std::vector<Summary> run(std::span<const std::string> documents,
                           const SummaryOptions& options) override;

 private:
  std::vector<WrittenSummary> write(std::span<const std::string> texts,
                                    const SummaryOptions& options);

  std::unique_ptr<SummaryWriter> writer_;
  int64_t section_tokens_;
};

}  // namespace jnlp
