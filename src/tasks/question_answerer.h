#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tasks/batching.h"
#include "tasks/model.h"

namespace jnlp {

struct QuestionContext {
  std::string question;
  std::string context;
};

struct Answer {
  std::string text;  ///< part of the context; empty for "the context does not say"
  float score = 0;   ///< probability; equal answers from several places or windows are added up
  TextSpan span;     ///< bytes of the context

  bool is_null() const { return span.begin == span.end; }
};

/// The answers to one question.
struct Answers {
  /// Best first. Empty when the context has no word to answer with.
  std::vector<Answer> answers;
  int64_t tokens = 0;   ///< tokens of all windows, the repeated question and overlaps included
  int64_t windows = 1;  ///< more than one when question and context are longer than max_length
};

/// Over which tokens the logits of a long context are made into probabilities.
enum class AnswerNormalization {
  /// Over all windows together. Ranks answers of different windows by their logits, as the SQuAD
  /// script run_squad does, so a window without the answer cannot win by being sure of its best
  /// guess. Same as `window` when there is one window.
  joint,
  /// In each window alone, as transformers' QuestionAnsweringPipeline does it.
  window,
};

struct AnswerOptions {
  int top_k = 1;                          ///< answers per question
  int max_answer_length = 15;             ///< tokens
  int64_t max_length = 0;                 ///< tokens per window; 0: 384, or the model's own limit
  int64_t doc_stride = -1;                ///< tokens that windows share; -1: 128, at most half
  bool handle_impossible_answer = false;  ///< the empty answer competes too (SQuAD 2.0)
  bool align_to_words = true;             ///< answers begin and end at words
  AnswerNormalization normalization = AnswerNormalization::joint;
  BatchLimits batch = {};
  WindowProgress progress = {};
};

/// Extractive question answering with the results of transformers' QuestionAnsweringPipeline, on a
/// context of any length. One thread at a time.
class QuestionAnswerer {
 public:
  /// @throws Error unsupported for a model with another head.
  explicit QuestionAnswerer(LoadedModel model);

  /// One result per input, in order.
  /// @throws Error invalid_input for ill-formed UTF-8, an empty question or context, a question
  /// that
  ///   leaves no room for the context, or impossible options.
  std::vector<Answers> run(std::span<const QuestionContext> inputs,
                           const AnswerOptions& options = {});

  const LoadedModel& model() const { return model_; }

 private:
  LoadedModel model_;
};

}  // namespace jnlp
