#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/batching.h"
#include "tasks/model.h"

namespace jnlp {

/// How tokens become entities; the names and meanings of transformers' AggregationStrategy.
enum class Aggregation {
  none,     ///< every token by itself, with its full label ("B-PER")
  simple,   ///< neighbouring tokens of one type, B- starts a new entity
  first,    ///< words take the label of their first token, then as simple
  average,  ///< words take the best label of their tokens' mean scores, then as simple
  max,      ///< words take the label of their most certain token, then as simple
};

/// @throws Error invalid_input for an unknown name.
Aggregation aggregation_from_name(std::string_view name);

struct Entity {
  std::string label;   ///< with aggregation the type ("PER"), else the token's label ("B-PER")
  float score = 0;     ///< mean of its words' (or tokens') probabilities
  TextSpan span;       ///< bytes of the text
  std::string text;    ///< that part of the text
  int64_t index = -1;  ///< aggregation none: the token's place in the encoded text ([CLS] is 0)
};

/// The entities of one text, by position.
struct Entities {
  std::vector<Entity> entities;
  int64_t tokens = 0;   ///< tokens of all windows, special ones and overlaps included
  int64_t windows = 1;  ///< more than one when the text is longer than the model
};

struct TagOptions {
  Aggregation aggregation = Aggregation::simple;
  std::vector<std::string> ignore_labels = {"O"};  ///< compared with Entity::label
  int64_t max_length = 0;  ///< tokens per window; 0: as many as the model allows
  /// Tokens that neighbouring windows share; -1: a quarter of max_length, at most 128.
  int64_t stride = -1;
  BatchLimits batch = {};
  WindowProgress progress = {};
};

/// The labels of one sentence that came as words.
struct WordTags {
  std::vector<std::string> labels;  ///< one per word
  std::vector<float> scores;        ///< probability of that label; 1 for a word without any token
  int64_t tokens = 0;
  int64_t windows = 1;
};

/// Named entities and every other labelling of tokens: the results of transformers'
/// TokenClassificationPipeline (its entities, scores and offsets). Texts of any length: a long one
/// is read in overlapping windows, whose entities are merged as the pipeline's `stride` does it;
/// nothing is cut, and scores are kept for one batch of windows only. One thread at a time.
class TokenClassifier {
 public:
  /// @throws Error unsupported for a model with another head, invalid_input when config.json names
  ///   fewer or more labels than the head has.
  explicit TokenClassifier(LoadedModel model);

  /// One result per text, in order. Texts must be well-formed UTF-8; an empty one has no entities.
  /// @throws Error invalid_input.
  std::vector<Entities> run(std::span<const std::string> texts, const TagOptions& options = {});

  /// Labels words as corpora in CoNLL format need it: a word has the label of its first token, "O"
  /// when it has none. A word that stands in two windows takes the label from the window where it
  /// is farther from the edge. `aggregation` and `ignore_labels` are not used.
  /// @throws Error invalid_input.
  std::vector<WordTags> tag_words(std::span<const std::vector<std::string>> sentences,
                                  const TagOptions& options = {});

  /// Label names in the model's order.
  const std::vector<std::string>& labels() const { return labels_; }
  const LoadedModel& model() const { return model_; }

 private:
  LoadedModel model_;
  std::vector<std::string> labels_;
};

}  // namespace jnlp
