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
  return run_prepared(*model_.backend, prepare(texts, options));
}

std::vector<Classification> TextClassifier::run(std::span<const ClassifierInput> inputs,
                                                const ClassifyOptions& options) {
  return run_prepared(*model_.backend, prepare(inputs, options));
}

Prepared<std::vector<Classification>> TextClassifier::prepare(
    std::span<const std::string> texts, const ClassifyOptions& options) const {
  return prepare_each(
      texts.size(),
      [&](size_t i, const LengthOptions& length, bool* truncated) {
        return encode_within(model_, length, texts[i], std::nullopt, truncated);
      },
      options);
}

Prepared<std::vector<Classification>> TextClassifier::prepare(
    std::span<const ClassifierInput> inputs, const ClassifyOptions& options) const {
  return prepare_each(
      inputs.size(),
      [&](size_t i, const LengthOptions& length, bool* truncated) {
        return encode_within(model_, length, inputs[i].text, inputs[i].pair, truncated);
      },
      options);
}

Prepared<std::vector<Classification>> TextClassifier::prepare_each(
    size_t count, const EncodeInput& encode_input, const ClassifyOptions& options) const {
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
  auto finish = [this, function, top_k = options.top_k,
                 results = std::move(results)](std::vector<Output> outputs) mutable {
    for (size_t i = 0; i < results.size(); ++i) {
      apply_score_function(function, outputs[i].values);
      results[i].labels = best_labels(outputs[i].values, labels_, top_k);
    }
    return std::move(results);
  };
  return {std::move(encodings), options.batch, std::move(finish)};
}

}  // namespace jnlp
