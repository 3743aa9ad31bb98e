#include "tasks/model.h"

#include <fmt/format.h>

#include "base/error.h"
#include "formats/model_dir.h"

namespace jnlp {

void require_head(const LoadedModel& model, Head head) {
  if (model.backend->head() == head) return;
  throw Error(ErrorCode::unsupported,
              fmt::format("the model {} was made for {}, this task needs one for {}",
                          model.path.string(), to_string(model.backend->head()), to_string(head)));
}

std::vector<std::string> checked_labels(const LoadedModel& model) {
  std::vector<std::string> labels = label_names(model.config);
  const auto outputs = static_cast<size_t>(model.backend->output_size());
  // transformers takes two labels for granted when config.json names none.
  if (labels.empty() || !model.config.contains("id2label")) {
    for (size_t i = labels.size(); i < outputs; ++i) labels.push_back(fmt::format("LABEL_{}", i));
  }
  if (labels.size() != outputs) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}: config.json names {} labels, but the model's head has {} outputs",
                            model.path.string(), labels.size(), outputs));
  }
  return labels;
}

int32_t checked_max_length(const LoadedModel& model, int64_t requested) {
  if (requested == 0) return static_cast<int32_t>(model.max_length);
  if (requested < 0 || requested > model.max_length) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("a length of {} tokens is not possible: the model {} takes 1 to {}",
                            requested, model.path.string(), model.max_length));
  }
  return static_cast<int32_t>(requested);
}

Encoding encode_within(const LoadedModel& model, const LengthOptions& options,
                       std::string_view text, const std::optional<std::string>& pair,
                       bool* truncated) {
  const int32_t limit = checked_max_length(model, options.max_length);
  const EncodeOptions encode{.max_length = options.truncate ? limit : 0,
                             .direction = options.direction};
  Encoding encoding = pair ? model.tokenizer->encode_pair(text, *pair, encode, truncated)
                           : model.tokenizer->encode(text, encode, truncated);
  if (encoding.size() > static_cast<size_t>(limit)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("a text has {} tokens and may not be cut; at most {} are taken",
                            encoding.size(), limit));
  }
  if (truncated != nullptr && *truncated && model.truncated != nullptr) {
    model.truncated->fetch_add(1, std::memory_order_relaxed);
  }
  return encoding;
}

int32_t checked_stride(int64_t requested, int64_t fallback, int64_t max_length) {
  const int64_t stride = requested < 0 ? fallback : requested;
  if (stride >= max_length) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("windows of {} tokens cannot share {} tokens; use a smaller stride",
                            max_length, stride));
  }
  return static_cast<int32_t>(stride);
}

}  // namespace jnlp
