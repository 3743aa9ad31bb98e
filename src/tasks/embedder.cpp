#include "tasks/embedder.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"

namespace jnlp {
namespace {

// As torch.nn.functional.normalize: a vector shorter than 1e-12 is left as short as it is.
void scale_to_unit_length(std::vector<float>* values) {
  double sum = 0;
  for (const float value : *values) sum += static_cast<double>(value) * value;
  const double length = std::max(std::sqrt(sum), 1e-12);
  for (float& value : *values) value = static_cast<float>(value / length);
}

}  // namespace

Embedder::Embedder(LoadedModel model) : model_(std::move(model)) {
  require_head(model_, Head::embedding);
}

std::vector<Embedding> Embedder::run(std::span<const std::string> texts,
                                     const EmbedOptions& options) {
  return run_prepared(*model_.backend, prepare(texts, options));
}

Prepared<std::vector<Embedding>> Embedder::prepare(std::span<const std::string> texts,
                                                   const EmbedOptions& options) const {
  if (options.dimensions < 0 || options.dimensions > dimension()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} dimensions are not possible: the model's vectors have {}",
                            options.dimensions, dimension()));
  }
  const LengthOptions length{options.max_length, options.truncate, options.direction};
  std::vector<Embedding> results(texts.size());
  std::vector<Encoding> encodings(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    encodings[i] = encode_within(model_, length, texts[i], std::nullopt, &results[i].truncated);
    results[i].tokens = static_cast<int64_t>(encodings[i].size());
  }
  auto finish = [dimensions = options.dimensions, normalize = options.normalize,
                 results = std::move(results)](std::vector<Output> outputs) mutable {
    for (size_t i = 0; i < results.size(); ++i) {
      results[i].values = std::move(outputs[i].values);
      if (dimensions > 0) results[i].values.resize(static_cast<size_t>(dimensions));
      if (normalize) scale_to_unit_length(&results[i].values);
    }
    return std::move(results);
  };
  return {std::move(encodings), options.batch, std::move(finish)};
}

}  // namespace jnlp
