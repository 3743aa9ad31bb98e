#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluate/datasets/dataset.h"
#include "tokenize/tokenizer.h"
#include "train/example.h"
#include "train/options.h"

namespace jnlp {

/// Labelled data of one task, as read. Only the vector of the task at hand is filled.
struct LabelledData {
  std::vector<ClassificationExample> texts;
  std::vector<NerExample> sentences;
  std::vector<QaExample> questions;

  size_t size() const { return texts.size() + sentences.size() + questions.size(); }
};

/// Reads and joins the files. @throws Error as the readers of evaluate/datasets do.
LabelledData read_labelled_data(std::span<const std::filesystem::path> files, TrainTask task,
                                const std::vector<std::string>& label_names);

/// The labels of the training data, in the order that the model will have: classes sorted (numbers
/// by value), NER tags "O" first, then B- and I- of each type. Empty for QA.
/// @throws Error invalid_input when there are fewer than two classes.
std::vector<std::string> collect_labels(const LabelledData& data, TrainTask task);

/// Checks that the development data uses no other label.
/// @throws Error invalid_input that names the label and the known ones.
void check_labels(const LabelledData& dev, TrainTask task, const std::vector<std::string>& labels);

/// What became of the data on its way to the model.
struct TokenizationCounts {
  int64_t tokens = 0;
  int64_t truncated = 0;  ///< texts that were cut (classification)
  int64_t windows = 0;    ///< sequences made from texts longer than one
  int64_t skipped = 0;    ///< questions whose answer has no place in a window of the context
};

/// Tokenizes. A text to classify is cut at max_length; sentences and contexts that are longer go
/// into windows. Every token of a tagged word has a label: its first the word's own, those behind
/// it the I- tag of its type. A question's answer is its first one with a place.
/// @throws Error invalid_input when nothing is left to learn from.
std::vector<TrainExample> tokenize_examples(const LabelledData& data, const Tokenizer& tokenizer,
                                            const TrainOptions& options,
                                            const std::vector<std::string>& labels,
                                            TokenizationCounts* counts);

}  // namespace jnlp
