#pragma once

#include <memory>
#include <optional>

#include "backends/backend.h"
#include "base/fair_mutex.h"
#include "base/thread_pool.h"
#include "formats/model_dir.h"
#include "models/encoder.h"
#include "models/head_layers.h"

namespace jnlp {

/// A whole model, from checked token ids to logits or embeddings. run() may be called from several
/// threads; calls take turns.
class EncoderModel {
 public:
  /// `head`: nothing for the one that the model was prepared for, else that config.json's
  /// `architectures` names. See open_layers().
  /// @throws Error unsupported or invalid_input, naming the field or tensor at fault.
  EncoderModel(const ModelDir& model, std::shared_ptr<ThreadPool> pool, std::optional<Head> head,
               const Kernels& kernels, const EngineOptions& options = {});

  const EncoderConfig& config() const { return encoder_->config(); }
  Head head() const { return head_layers_->head(); }
  int64_t output_size() const { return head_layers_->output_size(); }
  const EngineOptions& options() const { return options_; }
  const Kernels& kernels() const { return kernels_; }
  /// True when the weights are mapped from a prepared file.
  bool prepared() const { return prepared_; }
  int threads() const { return pool_->size(); }

  /// @throws Error invalid_input for an empty sequence, one that is too long, or an id that is not
  ///   in the vocabulary, naming the sequence.
  /// Callers get their turns in the order they came.
  Output run(const Batch& batch);

  /// Runs all tokens of a batch through all layers for an observer, without the head.
  /// @throws Error as run().
  void observe(const Batch& batch, InputObserver* observer);
  const Encoder& encoder() const { return *encoder_; }

 private:
  void check(const Batch& batch) const;

  const Kernels& kernels_;
  EngineOptions options_;
  std::shared_ptr<ThreadPool> pool_;
  bool prepared_ = false;
  std::unique_ptr<LayerSource> source_;  // the layers may be inside its mapping
  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<HeadLayers> head_layers_;

  FairMutex turn_;  // guards what follows
  EncoderScratch scratch_;
  FloatBuffer hidden_;
  HeadScratch head_scratch_;
};

}  // namespace jnlp
