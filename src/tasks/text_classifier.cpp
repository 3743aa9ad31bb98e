#include "tasks/text_classifier.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace jnlp {
namespace {

std::vector<LabelScore> best_labels(std::span<const float> scores,
                                    const std::vector<std::string>& labels, int top_k) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  if (top_k > 0) order.resize(std::min(order.size(), static_cast<size_t>(top_k)));
  std::vector<LabelScore> best;
  best.reserve(order.size());
  for (const size_t index : order) best.push_back({labels[index], scores[index]});
  return best;
}

}  // namespace

TextClassifier::TextClassifier(LoadedModel model) : model_(std::move(model)) {
  require_head(model_, Head::sequence_classification);
  labels_ = checked_labels(model_);
}

std::vector<Classification> TextClassifier::run(std::span<const std::string> texts,
                                                const ClassifyOptions& options) {
  return classify(
      texts.size(),
      [&](size_t i, const LengthOptions& length, bool* truncated) {
        return encode_within(model_, length, texts[i], std::nullopt, truncated);
      },
      options);
}

std::vector<Classification> TextClassifier::run(std::span<const ClassifierInput> inputs,
                                                const ClassifyOptions& options) {
  return classify(
      inputs.size(),
      [&](size_t i, const LengthOptions& length, bool* truncated) {
        return encode_within(model_, length, inputs[i].text, inputs[i].pair, truncated);
      },
      options);
}

std::vector<Classification> TextClassifier::classify(size_t count, const EncodeInput& encode_input,
                                                     const ClassifyOptions& options) {
  if (options.top_k < 0) {
    throw Error(ErrorCode::invalid_input, "top_k must be 0 (all labels) or greater");
  }
  const LengthOptions length{options.max_length, options.truncate, options.direction};
  const ScoreFunction function =
      options.function.value_or(default_score_function(model_.config, labels_.size()));
  std::vector<Classification> results(count);
  std::vector<Encoding> encodings(count);
  for (size_t i = 0; i < count; ++i) {
    encodings[i] = encode_input(i, length, &results[i].truncated);
    results[i].tokens = static_cast<int64_t>(encodings[i].size());
  }
  std::vector<Output> outputs = run_encodings(*model_.backend, encodings, options.batch);
  for (size_t i = 0; i < count; ++i) {
    apply_score_function(function, outputs[i].values);
    results[i].labels = best_labels(outputs[i].values, labels_, options.top_k);
  }
  return results;
}

}  // namespace jnlp
