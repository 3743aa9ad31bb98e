#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/seq2seq_options.h"

namespace jnlp {

/// One generated sequence.
struct GeneratedSequence {
  std::vector<int32_t> token_ids;  ///< without the start token; with the end token if it came
  float score = 0;  ///< sum of log-probabilities / length ^ length_penalty, the higher the better
};

/// A loaded model that turns source token ids into target token ids.
/// The result of a source has the same bits alone, in any batch, and at any place in it.
class Seq2SeqBackend {
 public:
  virtual ~Seq2SeqBackend() = default;

  /// What the model's own files ask for (generation_config.json, else config.json).
  virtual const Seq2SeqOptions& default_options() const = 0;
  /// Longest source in tokens; 0 where the model sets no limit.
  virtual int64_t max_source_length() const = 0;
  virtual int64_t vocab_size() const = 0;
  /// One line for people: for example "native fp32 avx2, 2 threads".
  virtual std::string description() const = 0;

  /// For each source its generations, best first: num_return_sequences of them, or fewer where the
  /// options leave no more. `sources`' type ids are not used.
  /// @throws Error invalid_input for a source that is empty or too long, an id outside the
  ///   vocabulary, or options that contradict each other or the model; deadline when it was given
  ///   up.
  virtual std::vector<std::vector<GeneratedSequence>> generate(const Batch& sources,
                                                               const Seq2SeqOptions& options) = 0;
};

}  // namespace jnlp
