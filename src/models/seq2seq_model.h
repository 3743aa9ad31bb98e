#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "backends/seq2seq_backend.h"
#include "base/thread_pool.h"
#include "formats/model_dir.h"
#include "generate/search.h"
#include "models/continuations.h"
#include "models/seq2seq_decoder.h"
#include "models/seq2seq_encoder.h"

namespace jnlp {

/// A whole model with encoder and decoder, from checked source ids to generated target ids.
/// generate() may be called from several threads; calls take turns.
class Seq2SeqModel {
 public:
  /// @throws Error unsupported, not_found or invalid_input, naming the field or tensor at fault.
  Seq2SeqModel(const ModelDir& model, std::shared_ptr<ThreadPool> pool, const Kernels& kernels,
               const EngineOptions& options = {});

  const Seq2SeqConfig& config() const { return config_; }
  const EngineOptions& options() const { return options_; }
  const Kernels& kernels() const { return kernels_; }
  int threads() const { return pool_->size(); }
  const Seq2SeqOptions& default_options() const { return defaults_; }

  /// As Seq2SeqBackend::generate.
  std::vector<std::vector<GeneratedSequence>> generate(const Batch& sources,
                                                       const Seq2SeqOptions& options);

 private:
  void check(const Batch& sources) const;
  std::vector<std::unique_ptr<Search>> search(const Batch& chunk, const Seq2SeqOptions& options,
                                              const ContinuationOptions& continuations);
  void advance(const ContinuationOptions& continuations, std::span<const QueryGroup> groups,
               std::span<std::unique_ptr<Search>> searches);

  Seq2SeqConfig config_;
  EngineOptions options_;
  const Kernels& kernels_;
  std::shared_ptr<ThreadPool> pool_;
  Seq2SeqOptions defaults_;
  std::unique_ptr<LayerSource> source_;  // the word embeddings may be inside its mapping
  std::unique_ptr<EmbeddingTable> word_;
  std::unique_ptr<Seq2SeqEncoder> encoder_;
  std::unique_ptr<Seq2SeqDecoder> decoder_;

  std::mutex turn_;  // guards what follows
  SourceScratch source_scratch_;
  DecoderState state_;
  FloatBuffer encoded_;
  FloatBuffer logits_;
};

}  // namespace jnlp
