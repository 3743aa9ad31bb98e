#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backends/seq2seq_backend.h"
#include "tasks/summary_writer.h"
#include "tokenize/tokenizer.h"

namespace jnlp {

/// What a task with an encoder and a decoder works with.
struct LoadedSeq2Seq {
  std::shared_ptr<const Tokenizer> tokenizer;
  std::shared_ptr<Seq2SeqBackend> backend;
  std::filesystem::path path;  ///< for messages
  /// Stands before every text: how T5 is told what to do ("summarize: ").
  std::string prefix;
  /// Longest source in tokens, special ones and the prefix's included.
  int64_t max_source_length = 512;
};

/// Summaries by a model with an encoder and a decoder. As generate() of transformers, but for where
/// a document is too long: there nothing is cut off.
class Seq2SeqWriter : public SummaryWriter {
 public:
  Seq2SeqWriter(LoadedSeq2Seq model, Seq2SeqOptions options);

  int64_t max_tokens() const override;
  int64_t count_tokens(std::string_view text) const override;
  std::string description() const override { return model_.backend->description(); }
  using SummaryWriter::write;
  std::vector<WrittenSummary> write(std::span<const std::string> texts,
                                    const std::function<bool()>& given_up) override;

 private:
  LoadedSeq2Seq model_;
  Seq2SeqOptions options_;
};

}  // namespace jnlp
