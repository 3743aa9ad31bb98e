#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tasks/batching.h"
#include "tasks/model.h"
#include "tasks/prepared.h"
#include "tasks/score_function.h"

namespace jnlp {

struct LabelScore {
  std::string label;
  float score = 0;
};

/// The labels of one text.
struct Classification {
  std::vector<LabelScore> labels;  ///< best first; labels of equal score in the model's order
  int64_t tokens = 0;              ///< tokens that the model saw, special ones included
  bool truncated = false;          ///< true when the end of the text did not fit
};

struct ClassifyOptions {
  int top_k = 1;                               ///< labels per text; 0 for all
  std::optional<ScoreFunction> function = {};  ///< default: what the model's config asks for
  int64_t max_length = 0;                      ///< tokens per text; 0: as many as the model allows
  bool truncate = true;                        ///< else a text that is too long is an Error
  std::optional<TruncationDirection> direction = {};  ///< unset: as the tokenizer's file says
  BatchLimits batch = {};
};

/// A text, or two that are judged together (for example premise and hypothesis).
struct ClassifierInput {
  std::string text;
  std::optional<std::string> pair;
};

/// Sentiment and every other classification of whole texts: the results of transformers'
/// TextClassificationPipeline. A text that is too long is cut and marked `truncated`.
/// One thread at a time.
class TextClassifier {
 public:
  /// @throws Error unsupported for a model with another head, invalid_input when config.json names
  ///   fewer or more labels than the head has.
  explicit TextClassifier(LoadedModel model);

  /// One result per text, in order. Texts must be well-formed UTF-8; an empty one is classified
  /// too.
  /// @throws Error invalid_input.
  std::vector<Classification> run(std::span<const std::string> texts,
                                  const ClassifyOptions& options = {});
  std::vector<Classification> run(std::span<const ClassifierInput> inputs,
                                  const ClassifyOptions& options = {});

  /// run() in two parts. What is given refers to the classifier, and may be finished by another
  /// thread while this one goes on with it.
  /// @throws Error invalid_input.
  Prepared<std::vector<Classification>> prepare(std::span<const std::string> texts,
                                                const ClassifyOptions& options = {}) const;
  Prepared<std::vector<Classification>> prepare(std::span<const ClassifierInput> inputs,
                                                const ClassifyOptions& options = {}) const;

  /// Label names in the model's order.
  const std::vector<std::string>& labels() const { return labels_; }
  const LoadedModel& model() const { return model_; }

 private:
  using EncodeInput = std::function<Encoding(size_t index, const LengthOptions&, bool* truncated)>;
  Prepared<std::vector<Classification>> prepare_each(size_t count, const EncodeInput& encode_input,
                                                     const ClassifyOptions& options) const;

  LoadedModel model_;
  std::vector<std::string> labels_;
};

}  // namespace jnlp
